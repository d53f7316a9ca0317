"""Less is asked for after some events: what is left of a visit that lies after them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from followup.schedules.notes import Note, NoteCode
from followup.schedules.settling import end_day
from followup.schedules.targets import Target
from followup.schedules.types import Ending
from registry.protocols.calendar import OffsetUnit
from registry.protocols.schedule import Schedule, Thinning
from registry.protocols.vocabulary import Item


@dataclass(frozen=True, slots=True)
class ThinnedFrom:
    """From the day after the event on, only what the rule says is asked for."""

    day: dt.date
    event: Ending
    rule: Thinning


def thinnings(schedule: Schedule, events: Iterable[Ending]) -> list[ThinnedFrom]:
    """What thins the schedule: of each kind the first event, by date."""
    rules = dict(schedule.thinned)
    first: dict[str, ThinnedFrom] = {}
    for event in sorted(events, key=lambda event: (end_day(event), event.kind)):
        if event.kind in rules and event.kind not in first:
            first[event.kind] = ThinnedFrom(end_day(event), event, rules[event.kind])
    return list(first.values())


def thinned(target: Target, rules: Sequence[ThinnedFrom]) -> Target:
    """The target with what is left of it; closed, asking for the same, when nothing is."""
    left, why = target.requirements, None
    for one in rules:
        if target.day <= one.day:
            continue
        remaining = _left(target, left, one.rule)
        if not remaining:
            return target._replace(closed=_note(NoteCode.NOT_ASKED, one.event))
        if remaining != left:
            left, why = remaining, _note(NoteCode.THINNED, one.event)
    return target if why is None else target._replace(requirements=left, thinned=why)


def _left(target: Target, asked: frozenset[Item], rule: Thinning) -> frozenset[Item]:
    every, offset = rule.every_months, target.offset
    if every and (offset.unit is not OffsetUnit.MONTHS or offset.count % every):
        return frozenset()
    # Vital status stands for a visit that would ask for more.
    return (asked & rule.items) | (rule.items & {Item.VITAL_STATUS})


def _note(code: NoteCode, event: Ending) -> Note:
    return Note(code, about=(event.kind,), on=event.date)
