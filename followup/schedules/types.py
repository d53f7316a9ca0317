"""What goes into the schedule engine and what comes out of it: plain, immutable data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from followup.schedules.notes import Note
from registry.partial_date import PartialDate
from registry.protocols.calendar import Offset
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import EndKind, Item, TimePoint

AnchorDate = PartialDate | dt.date | None

Anchors = Mapping[TimePoint, AnchorDate]
"""The days that visits count from, of one course of radiotherapy."""

IsDayOff = Callable[[dt.date], bool]
"""True for a weekend or a public holiday of the centre's country."""


class VisitStatus(StrEnum):
    """Status of an expected visit on a given day; derived, never stored by hand.

    waiting: its target is unknown until a date is entered.
    planned: the window has not opened. due: the window is open. overdue: the window is over;
    in each of these something required has not been provided.
    done: everything required was provided, or something was and the rest is closed.
    missed: somebody said so, with a reason. cancelled: it is not expected any more.
    """

    WAITING = "waiting"
    PLANNED = "planned"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Contact:
    """An assessment that took place on a day, and the items that it provides.

    Of an assessment whose date is partial the caller gives the analysis date.
    """

    date: dt.date
    provides: frozenset[Item]
    id: int | str


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that may end or thin the follow-up; the schedule says which kinds do.

    A partial date ends it at the first day that it may stand for, so that nothing is asked for
    which may lie after the end. Of a loss to follow-up, the date is the last one known alive.
    """

    kind: EndKind
    date: PartialDate | dt.date


@dataclass(frozen=True, slots=True)
class Gap:
    """Lost to follow-up from the last day known alive, and found again on the first day after it.

    Visits whose window closed in between can never be made up for: they are missed.
    """

    start: dt.date
    end: dt.date


Event = Contact | Ending | Gap


@dataclass(frozen=True, slots=True)
class Amendment:
    """A later version of the schedule, which governs the targets from that day on."""

    schedule: Schedule
    from_day: dt.date


class OverrideKind(StrEnum):
    """What a person said about one expected visit."""

    MISSED = "missed"
    POSTPONED = "postponed"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word on the visit of that key; ``to`` is the new target when postponed.

    Raises:
        ValueError: when the reason is blank, or ``to`` and postponement do not go together.
    """

    key: str
    kind: OverrideKind
    reason: str
    to: dt.date | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError(f"visit {self.key}: a {self.kind} visit needs a reason")
        if (self.to is not None) != (self.kind == OverrideKind.POSTPONED):
            raise ValueError(f"visit {self.key}: a new date belongs to a postponed visit")


class ExpectedVisit(NamedTuple):
    """One expected visit (or treatment step) on the day that it was computed for.

    ``key`` stays the same over recomputations ("last_rt_day-m06"). The dates are None while
    waiting. ``outstanding`` is the part of ``requirements`` that nothing has provided;
    ``done_by`` are the ids of the assessments that provided the rest, the last on ``done_on``.
    """

    key: str
    anchor: TimePoint
    offset: Offset | None
    target: dt.date | None
    window_start: dt.date | None
    window_end: dt.date | None
    requirements: frozenset[Item]
    status: VisitStatus
    why: tuple[Note, ...] = ()
    outstanding: frozenset[Item] = frozenset()
    done_on: dt.date | None = None
    done_by: tuple[int | str, ...] = ()
