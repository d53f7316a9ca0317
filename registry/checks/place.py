"""Where a check found something, and in which words; and what several checks ask of a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from registry.case import Case
from registry.fields import PartialDateField
from registry.models import ClinicalRow, Course, Phase, Surgery, Target, TargetLesion
from registry.operation import NOT_THE_OPERATION
from registry.partial_date import PartialDate


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


@cache
def date_fields(model: type[ClinicalRow]) -> tuple[str, ...]:
    """Names of the columns of a table that hold dates."""
    return tuple(
        field.name for field in model.content_fields() if isinstance(field, PartialDateField)
    )


def precedes(one: PartialDate | None, other: PartialDate | None) -> bool:
    """True when both dates are known and the first is certainly earlier."""
    return one is not None and other is not None and one.before(other)


def days_between(earlier: PartialDate, later: PartialDate) -> int:
    """Days that certainly lie between two dates; negative when they may lie the other way."""
    return (later.earliest - earlier.latest).days


def earliest(dates: Iterable[PartialDate | None]) -> PartialDate | None:
    """The first of the known dates."""
    return min((date for date in dates if date is not None), default=None)


def operations(case: Case) -> list[Surgery]:
    """The operations that took out the tumour, or meant to."""
    return [row for row in case.of(Surgery) if row.procedure not in NOT_THE_OPERATION]


def phases_by_course(case: Case) -> dict[int, list[Phase]]:
    """Phases of each course, by :func:`row_key`, in their order."""
    found: dict[int, list[Phase]] = {}
    for row in sorted(case.of(Phase), key=lambda phase: phase.number):
        found.setdefault(row_key(row.course), []).append(row)
    return found


def courses_of_lesions(case: Case) -> Iterator[tuple[TargetLesion, Target, Course]]:
    """Every lesion of a target with the target and its course."""
    for link in case.of(TargetLesion):
        yield link, link.target, link.target.course
