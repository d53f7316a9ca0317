"""From the facts of one enrolment to the rows that its expected visits should be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils import timezone

from followup import schedules
from followup.facts import PatientFacts, anchors, later_courses
from followup.models import ExpectedVisit, VisitState
from followup.models.visit import stored_note
from followup.rules import Rules
from followup.schedules import Contact, Ending, Note, NoteCode, Override, VisitStatus
from followup.schedules.settling import end_day
from registry.models import Enrolment

COLUMNS = (
    "anchor",
    "offset_count",
    "offset_unit",
    "target",
    "window_start",
    "window_end",
    "requirements",
    "outstanding",
    "state",
    "why",
    "done_on",
    "provided_by",
)
"""Columns of an expected visit that a recomputation decides."""

WRITTEN = (*COLUMNS, "revision", "changed_at")
"""Those, and what tells calendars that the visit has changed."""

_OPEN = {VisitStatus.PLANNED, VisitStatus.DUE, VisitStatus.OVERDUE}


Values = dict[str, Any]
"""Columns of an expected visit by name."""


@dataclass
class Plan:
    """What has to be written so that the stored visits are the expected ones.

    Attributes:
        added: columns of the visits that are not stored yet, by key.
        changed: stored visits with their new columns.
    """

    enrolment: Enrolment
    added: dict[str, Values] = field(default_factory=dict)
    changed: list[ExpectedVisit] = field(default_factory=list)

    @property
    def new(self) -> list[ExpectedVisit]:
        """The visits that are not stored yet."""
        return [
            ExpectedVisit(enrolment=self.enrolment, key=key, **values)
            for key, values in self.added.items()
        ]


def plan_of(
    enrolment: Enrolment,
    rules: Rules | None,
    facts: PatientFacts,
    stored: Sequence[ExpectedVisit],
    overrides: Sequence[Override],
    *,
    today: dt.date,
) -> Plan:
    """What has to be written for one enrolment; empty when the stored visits are right.

    Nothing is expected without rules: the study has no schedule, or its dates carry no calendar.
    """
    expected: dict[str, Values] = {}
    kept: set[str] = set()
    if rules is not None:
        expected, kept = _expected(rules, enrolment, facts, stored, overrides, today)
    plan = Plan(enrolment)
    by_key = {row.key: row for row in stored}
    for key, values in expected.items():
        row = by_key.get(key)
        if row is None:
            plan.added[key] = values
        elif _change(row, values):
            plan.changed.append(row)
    for key, row in by_key.items():
        gone = key not in expected and key not in kept
        if gone and _change(row, {"state": VisitState.SUPERSEDED}):
            plan.changed.append(row)
    return plan


def _expected(
    rules: Rules,
    enrolment: Enrolment,
    facts: PatientFacts,
    stored: Sequence[ExpectedVisit],
    overrides: Sequence[Override],
    today: dt.date,
) -> tuple[dict[str, Values], set[str]]:
    """Column values by visit key, and the keys of done visits that stay as they are."""
    events = facts.events(enrolment, rules.follow_up_ends_on)
    compute = partial(
        schedules.expected_visits,
        rules.schedule,
        anchors(facts, enrolment, rules.newest),
        today=today,
        overrides=overrides,
        later_courses=later_courses(facts),
        amendments=rules.amendments,
        is_day_off=rules.is_day_off,
    )
    visits = compute([*facts.contacts, *events])
    kept = _done_elsewhere(stored, visits, facts.contacts)
    if kept:
        # What made a visit done cannot count for another one as well.
        used = {pk for row in kept.values() for pk in row.provided_by}
        free = [contact for contact in facts.contacts if contact.id not in used]
        visits = compute([*free, *events])
    days = {contact.id: contact.date for contact in facts.contacts}
    endings = [
        event
        for event in events
        # The end of a study may lie ahead. Somewhere it is tomorrow already.
        if isinstance(event, Ending) and end_day(event) <= today + dt.timedelta(days=1)
    ]
    expected = {
        visit.key: _values(visit, _end_of(visit, rules, endings), days)
        for visit in visits
        if visit.key not in kept
    }
    return expected, set(kept)


def _end_of(
    visit: schedules.ExpectedVisit, rules: Rules, endings: Iterable[Ending]
) -> Ending | None:
    """What has ended the follow-up under the version of the protocol that governs the visit."""
    schedule = rules.on(visit.target)
    ends = [ending for ending in endings if schedule.is_ended_by(ending.kind)]
    return min(ends, key=end_day, default=None)


def _done_elsewhere(
    stored: Iterable[ExpectedVisit],
    visits: Iterable[schedules.ExpectedVisit],
    contacts: Iterable[Contact],
) -> dict[str, ExpectedVisit]:
    """Done visits that would move or go now (a corrected anchor, an amendment): they stay.

    Not so when what made them done was voided or dated anew. A done visit whose target stays
    is computed like any other, so that the order of entry plays no part.
    """
    by_key = {visit.key: visit for visit in visits}
    days = {contact.id: contact.date for contact in contacts}
    kept = {}
    for row in stored:
        if row.state != VisitState.DONE:
            continue
        visit = by_key.get(row.key)
        if (
            visit is not None
            and visit.target == row.target
            and visit.status is not VisitStatus.CANCELLED
        ):
            continue
        if row.provided_by:
            still = [days.get(pk) for pk in row.provided_by]
            holds = None not in still and max(day for day in still if day) == row.done_on
        else:  # a treatment step: done as long as its own date is known
            holds = visit is not None and visit.status == VisitStatus.DONE
        if holds:
            kept[row.key] = row
    return kept


def _values(
    visit: schedules.ExpectedVisit, end: Ending | None, days: dict[int | str, dt.date]
) -> Values:
    """Columns of one visit.

    A visit that is still open after the follow-up has ended (``end``) will never take place: its
    window had closed before. It is missed, or done as far as it went. Nobody is asked for it.
    """
    state = VisitState.OPEN if visit.status in _OPEN else VisitState(visit.status)
    why = list(visit.why)
    done_on = visit.done_on
    if state == VisitState.OPEN and end is not None:
        state = VisitState.DONE if visit.done_by else VisitState.MISSED
        done_on = max((days[pk] for pk in visit.done_by), default=None)
        why.append(Note(NoteCode.ENDED, about=(end.kind,), on=end.date))
    return {
        "anchor": str(visit.anchor),
        "offset_count": visit.offset.count if visit.offset else None,
        "offset_unit": str(visit.offset.unit) if visit.offset else "",
        "target": visit.target,
        "window_start": visit.window_start,
        "window_end": visit.window_end,
        "requirements": sorted(visit.requirements),
        "outstanding": sorted(visit.outstanding),
        "state": state,
        "why": [stored_note(note) for note in why],
        "done_on": done_on,
        "provided_by": list(visit.done_by),
    }


def _change(row: ExpectedVisit, values: Values) -> bool:
    """Set the columns; True when one of them was different."""
    differs = any(getattr(row, name) != value for name, value in values.items())
    if differs:
        for name, value in values.items():
            setattr(row, name, value)
        row.revision += 1
        row.changed_at = timezone.now()
    return differs
