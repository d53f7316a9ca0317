"""Where a check found something, and in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from registry.case import Case
from registry.models import ClinicalRow


@dataclass(frozen=True)
class Place:
    """A row, the field in question ("" for the row as a whole), and what is wrong there."""

    row: ClinicalRow
    field: str
    message: str


def row_key(row: ClinicalRow) -> int:
    """What tells rows of one table apart: the key, or for unsaved rows the object itself."""
    return row.pk if row.pk is not None else -id(row)


Run = Callable[[Case, dt.date], Iterator[Place]]
"""A check: looks at a case on a day and yields the places where something is wrong."""
