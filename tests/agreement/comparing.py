"""Comparing figures with the stored answers of R, and summing up how far they differ.

A statistic is added by a module ``compare_<name>.py`` in this folder with one generator,
``comparisons()``, and where it needs answers by a script ``tests/data/r/<name>.R`` with its
``.json``.
"""

import functools
import importlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
R_FOLDER = HERE.parent / "data" / "r"
MODULES = sorted(path.stem.removeprefix("compare_") for path in HERE.glob("compare_*.py"))
# Answers nearer to 0 than this have no relative difference worth a figure.
NEXT_TO_ZERO = 1e-12


@dataclass(frozen=True)
class Comparison:
    """Our figures beside R's.

    Attributes:
        statistic: what is compared, as the table of docs/validation.md calls it.
        against: the function of R that gave the answers.
        case: the data set.
        ours: a number or an array.
        answer: of the same shape; None and NaN mean that R knows no answer, and so must we.
        tolerance: largest difference allowed, absolute plus relative.
    """

    statistic: str
    against: str
    case: str
    ours: Any
    answer: Any
    tolerance: float = 1e-10


@dataclass(frozen=True)
class Agreement:
    """One line of the table: all comparisons of a statistic with one function of R."""

    statistic: str
    against: str
    data_sets: int
    figures: int
    absolute: float
    relative: float
    tolerance: float


def stored(name: str, part: str = "data_sets") -> dict[str, Any]:
    """R's answers to tests/data/r/<name>.R, by data set (or another part of them)."""
    text = (R_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    answers: dict[str, Any] = json.loads(text)[part]
    return answers


def scattered(n: int, size: int, factor: int, start: int = 0) -> np.ndarray:
    """The formula of the same name in tests/data/r/common.R."""
    return (np.arange(n) + start) * factor % 10007 % size


@functools.cache
def comparisons_of(module: str) -> tuple[Comparison, ...]:
    """Everything that ``compare_<module>.py`` compares."""
    found: Iterator[Comparison] = importlib.import_module(
        f"tests.agreement.compare_{module}"
    ).comparisons()
    return tuple(found)


def numbers(values: Any) -> np.ndarray:
    """R's answers as an array of floats, null as NaN."""
    return np.array(values, dtype=np.float64)


def check(comparison: Comparison) -> None:
    """Raise AssertionError with the place where the figures differ by more than allowed."""
    ours, answer = numbers(comparison.ours), numbers(comparison.answer)
    np.testing.assert_allclose(
        ours,
        answer,
        rtol=comparison.tolerance,
        atol=comparison.tolerance,
        err_msg=f"{comparison.statistic}, {comparison.case}",
    )


def agreements(comparisons: Iterable[Comparison]) -> list[Agreement]:
    """One line per statistic and function of R, in the order in which they first occur."""
    lines: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in comparisons:
        lines.setdefault((comparison.statistic, comparison.against), []).append(comparison)
    return [_line(*key, members) for key, members in lines.items()]


def _line(statistic: str, against: str, members: list[Comparison]) -> Agreement:
    ours = np.concatenate([numbers(member.ours).ravel() for member in members])
    answer = np.concatenate([numbers(member.answer).ravel() for member in members])
    absolute = np.abs(ours - answer)
    large = np.abs(answer) > NEXT_TO_ZERO
    relative = absolute[large] / np.abs(answer[large])
    return Agreement(
        statistic,
        against,
        data_sets=len({member.case for member in members}),
        figures=answer.size,
        absolute=float(np.max(absolute, initial=0.0, where=~np.isnan(absolute))),
        relative=float(np.max(relative, initial=0.0, where=~np.isnan(relative))),
        tolerance=max(member.tolerance for member in members),
    )


def every_agreement() -> list[Agreement]:
    """The whole table."""
    return [line for module in MODULES for line in agreements(comparisons_of(module))]


def same_numbers(one: Any, other: Any, tolerance: float = 1e-9) -> bool:
    """Whether two answers of R agree, keys and all; versions and lines of text must be equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same_numbers(one[key], other[key], tolerance) for key in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            same_numbers(a, b, tolerance) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return one == other
