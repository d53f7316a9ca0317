"""The status of one expected visit, from what was provided, said about it, and ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from followup.schedules.matching import Provided, contact_order
from followup.schedules.notes import Note, NoteCode
from followup.schedules.targets import Target, course_prefix
from followup.schedules.types import (
    Contact,
    Ending,
    ExpectedVisit,
    Gap,
    Override,
    OverrideKind,
    VisitStatus,
)
from registry.partial_date import PartialDate
from registry.protocols.vocabulary import Item, TimePoint


def end_day(end: Ending) -> dt.date:
    """The first day on which the end may have been."""
    return end.date if isinstance(end.date, dt.date) else end.date.earliest


def postponed(target: Target, override: Override | None) -> Target:
    """The target on the day it was postponed to, with a window as wide as before."""
    if override is None or override.to is None:
        return target
    shift = override.to - target.day
    return target._replace(
        day=override.to,
        window_start=target.window_start + shift,
        window_end=target.window_end + shift,
    )


def settled(
    original: Target,
    provided: Provided,
    override: Override | None,
    end: Ending | None,
    today: dt.date,
    gaps: Sequence[Gap] = (),
) -> ExpectedVisit:
    """The visit as it stands today.

    Everything provided: done. Otherwise missed, not applicable, not asked for any more, ended on
    or before the last day of its window, or lost when it closed: closed, and done where a part was
    provided. Otherwise planned before the window opens, due within the window (both its days
    included), overdue after it.
    """
    if not provided and override is None:
        return _untouched(original, end, today, gaps)
    target = postponed(original, override)
    outstanding = target.requirements.difference(provided)
    contacts = sorted(set(provided.values()), key=contact_order)
    status, reason = _status(target, outstanding, override, end, gaps, today)
    if contacts and status in (VisitStatus.MISSED, VisitStatus.CANCELLED):
        # It took place in part, and the rest will not come any more.
        status = VisitStatus.DONE
    why: list[Note] = []
    if target.thinned is not None:
        why.append(target.thinned)
    if override is not None and override.kind == OverrideKind.POSTPONED:
        why.append(Note(NoteCode.POSTPONED, on=original.day, reason=override.reason))
    if status is VisitStatus.DONE:
        why += _timing(target, contacts)
    if contacts and outstanding:
        why.append(Note(NoteCode.PARTIAL, about=tuple(sorted(outstanding))))
    if reason is not None:
        why.append(reason)
    return _visit(target, status, why, outstanding)._replace(
        done_on=contacts[-1].date if status is VisitStatus.DONE else None,
        done_by=tuple(contact.id for contact in contacts),
    )


def _untouched(
    target: Target, end: Ending | None, today: dt.date, gaps: Sequence[Gap]
) -> ExpectedVisit:
    """A visit of which nothing took place and nothing was said, as most visits are."""
    status, reason = _status(target, target.requirements, None, end, gaps, today)
    why = (note for note in (target.thinned, reason) if note is not None)
    return _visit(target, status, why, target.requirements)


def _visit(
    target: Target, status: VisitStatus, why: Iterable[Note], outstanding: frozenset[Item]
) -> ExpectedVisit:
    return ExpectedVisit(
        key=target.key,
        anchor=target.anchor,
        offset=target.offset,
        target=target.day,
        window_start=target.window_start,
        window_end=target.window_end,
        requirements=target.requirements,
        status=status,
        why=tuple(why),
        outstanding=outstanding,
    )


def waiting(
    point: TimePoint,
    known: PartialDate | None,
    override: Override | None,
    end: Ending | None,
    course: int = 1,
) -> ExpectedVisit:
    """The entry that stands for all visits counted from a day that is not known."""
    status, note = VisitStatus.WAITING, Note(NoteCode.WAITING_FOR_DATE, about=(point,))
    if override is not None and override.kind != OverrideKind.POSTPONED:
        status = VisitStatus.CANCELLED
        note = Note(NoteCode.NOT_APPLICABLE, reason=override.reason)
    elif end is not None:
        status, note = VisitStatus.CANCELLED, _ended(end)
    elif known is not None:
        note = Note(NoteCode.DAY_UNKNOWN, about=(point,), on=known)
    return ExpectedVisit(
        key=waiting_key(point, course),
        anchor=point,
        offset=None,
        target=None,
        window_start=None,
        window_end=None,
        requirements=frozenset(),
        status=status,
        why=(note,),
    )


def waiting_key(point: TimePoint, course: int = 1) -> str:
    """Key of the waiting entry of an anchor."""
    return f"{course_prefix(point, course)}-waiting"


def _status(
    target: Target,
    outstanding: frozenset[Item],
    override: Override | None,
    end: Ending | None,
    gaps: Sequence[Gap],
    today: dt.date,
) -> tuple[VisitStatus, Note | None]:
    """Status without regard to a part that was provided, and why a visit is closed."""
    if not outstanding:
        return VisitStatus.DONE, None
    if override is not None and override.kind == OverrideKind.MISSED:
        return VisitStatus.MISSED, Note(NoteCode.MISSED, reason=override.reason)
    if override is not None and override.kind == OverrideKind.NOT_APPLICABLE:
        return VisitStatus.CANCELLED, Note(NoteCode.NOT_APPLICABLE, reason=override.reason)
    if end is not None and end_day(end) <= target.window_end:
        return VisitStatus.CANCELLED, _ended(end)
    if target.closed is not None:
        return VisitStatus.CANCELLED, target.closed
    for gap in gaps:
        if gap.start <= target.window_end < gap.end:
            return VisitStatus.MISSED, Note(NoteCode.LOST, on=gap.end)
    if today < target.window_start:
        return VisitStatus.PLANNED, None
    if today <= target.window_end:
        return VisitStatus.DUE, None
    return VisitStatus.OVERDUE, None


def _timing(target: Target, contacts: list[Contact]) -> list[Note]:
    notes = []
    if contacts[0].date < target.window_start:
        notes.append(Note(NoteCode.EARLY, on=contacts[0].date))
    if contacts[-1].date > target.window_end:
        notes.append(Note(NoteCode.LATE, on=contacts[-1].date))
    return notes


def _ended(end: Ending) -> Note:
    return Note(NoteCode.ENDED, about=(end.kind,), on=end.date)
