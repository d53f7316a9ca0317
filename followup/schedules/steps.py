"""Treatment steps whose timing is tracked: surgery after radiotherapy, or the other way round."""

from __future__ import annotations

import datetime as dt

from followup.schedules.notes import Note, NoteCode
from followup.schedules.targets import Target
from followup.schedules.types import ExpectedVisit, VisitStatus
from registry.partial_date import PartialDate
from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.schedule import Step


def step_target(step: Step, anchor_day: dt.date) -> Target:
    """The step as a target: the middle of its window, which the protocol states in days."""
    offset = _middle(step)
    return Target(
        key=_key(step),
        anchor=step.anchor,
        anchor_day=anchor_day,
        offset=offset,
        day=offset.after(anchor_day),
        window_start=anchor_day + dt.timedelta(days=step.from_days),
        window_end=anchor_day + dt.timedelta(days=step.until_days),
        requirements=frozenset({step.item}),
    )


def step_visit(step: Step, happened: PartialDate, anchor_day: dt.date | None) -> ExpectedVisit:
    """A step that took place; early or late only where that is certain."""
    target = step_target(step, anchor_day) if anchor_day is not None else None
    why = []
    if not happened.is_complete:
        why.append(Note(NoteCode.DAY_UNKNOWN, about=(step.event,), on=happened))
    if target and happened.latest < target.window_start:
        why.append(Note(NoteCode.EARLY, on=happened))
    if target and happened.earliest > target.window_end:
        why.append(Note(NoteCode.LATE, on=happened))
    return ExpectedVisit(
        key=_key(step),
        anchor=step.anchor,
        offset=_middle(step),
        target=target.day if target else None,
        window_start=target.window_start if target else None,
        window_end=target.window_end if target else None,
        requirements=frozenset({step.item}),
        status=VisitStatus.DONE,
        why=tuple(why),
        done_on=happened.to_date() if happened.is_complete else None,
    )


def _key(step: Step) -> str:
    return f"step-{step.name}"


def _middle(step: Step) -> Offset:
    return Offset((step.from_days + step.until_days) // 2, OffsetUnit.DAYS)
