"""Headings that stand above several columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from analytics.artefacts.parts import Column


def spans(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """The groups of neighbouring columns with how many there are; [] where no column has one."""
    if not any(column.group for column in columns):
        return []
    return [(group, len(list(same))) for group, same in groupby(columns, key=lambda c: c.group)]


def full_labels(columns: Sequence[Column]) -> list[str]:
    """One heading per column, with its group before it."""
    return [f"{one.group}: {one.label}" if one.group else one.label for one in columns]
