"""Figures of the suite that people are shown at its end, also when several processes ran it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def of_matrix(addresses: int, answers: int, unexpected: int) -> list[Any]:
    """What one person was answered, for ``record_property("shown", …)``."""
    return ["matrix", addresses, answers, unexpected]


def of_canaries(looked_at: dict[str, int], found: int) -> list[Any]:
    """What one collection of canaries looked at, by kind."""
    return ["canaries", looked_at, found]


def summed(shown: Iterable[list[Any]]) -> Iterator[str]:
    """One line for each title."""
    rows = list(shown)
    matrix = [row[1:] for row in rows if row[0] == "matrix"]
    if matrix:
        answers, wrong = sum(row[1] for row in matrix), sum(row[2] for row in matrix)
        yield (
            f"Access matrix: {matrix[0][0]} routes, {len(matrix)} people: {answers} answers, "
            f"unexpected {wrong}"
        )
    canaries = [row[1:] for row in rows if row[0] == "canaries"]
    if canaries:
        looked: dict[str, int] = {}
        for kinds, _found in canaries:
            for kind, count in kinds.items():
                looked[kind] = looked.get(kind, 0) + count
        kinds_said = ", ".join(f"{count} {kind}" for kind, count in sorted(looked.items()))
        yield f"Canaries: {kinds_said}; found {sum(found for _looked, found in canaries)}"
