"""From the facts of one enrolment to the rows that its expected visits should be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from followup import schedules
from followup.columns import Columns, StoredVisit
from followup.facts import PatientFacts, anchors, later_courses
from followup.models import ExpectedVisit, VisitState
from followup.models.visit import stored_note
from followup.rules import Rules
from followup.schedules import Contact, Ending, Note, NoteCode, Override, VisitStatus
from followup.schedules.settling import end_day
from registry.models import Enrolment
from registry.protocols.vocabulary import Item

_OPEN = {VisitStatus.PLANNED, VisitStatus.DUE, VisitStatus.OVERDUE}
_STATES: dict[VisitStatus, str] = {
    status: (VisitState.OPEN if status in _OPEN else VisitState(status)).value
    for status in VisitStatus
}
"""What is stored of a status: plain texts, which go to the database as they are."""
_SUPERSEDED: str = VisitState.SUPERSEDED.value


@dataclass
class Plan:
    """What has to be written so that the stored visits are the expected ones.

    Attributes:
        stored: the visits as they are in the database.
        added: columns of the visits that are not stored yet, by key.
        changed: stored visits as they have to be, where they are not so.
    """

    enrolment: Enrolment
    stored: Sequence[StoredVisit] = ()
    added: dict[str, Columns] = field(default_factory=dict)
    changed: list[StoredVisit] = field(default_factory=list)

    @property
    def new(self) -> list[ExpectedVisit]:
        """The visits that are not stored yet."""
        return [
            ExpectedVisit(enrolment=self.enrolment, key=key, **columns._asdict())
            for key, columns in self.added.items()
        ]

    @property
    def visits(self) -> list[ExpectedVisit]:
        """All visits as they would be once the plan is written."""
        now = {visit.pk: visit for visit in (*self.stored, *self.changed)}
        return [*(visit.row(self.enrolment) for visit in now.values()), *self.new]


def plan_of(
    enrolment: Enrolment,
    rules: Rules | None,
    facts: PatientFacts,
    stored: Sequence[StoredVisit],
    overrides: Sequence[Override],
    *,
    today: dt.date,
) -> Plan:
    """What has to be written for one enrolment; empty when the stored visits are right.

    Nothing is expected without rules: the study has no schedule, or its dates carry no calendar.
    """
    expected: dict[str, Columns] = {}
    kept: set[str] = set()
    if rules is not None:
        expected, kept = _expected(rules, enrolment, facts, stored, overrides, today)
    plan = Plan(enrolment, stored)
    known = {visit.key for visit in stored}
    plan.added = {key: columns for key, columns in expected.items() if key not in known}
    for visit in stored:
        if visit.key in kept:
            continue
        columns = expected.get(visit.key) or visit.columns._replace(state=_SUPERSEDED)
        if columns != visit.columns:
            plan.changed.append(visit.changed_to(columns))
    return plan


def _expected(
    rules: Rules,
    enrolment: Enrolment,
    facts: PatientFacts,
    stored: Sequence[StoredVisit],
    overrides: Sequence[Override],
    today: dt.date,
) -> tuple[dict[str, Columns], set[str]]:
    """Columns by visit key, and the keys of done visits that stay as they are."""
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
        used = {pk for visit in kept.values() for pk in visit.columns.provided_by}
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
        visit.key: _columns(visit, _end_of(visit, rules, endings) if endings else None, days)
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
    stored: Iterable[StoredVisit],
    visits: Iterable[schedules.ExpectedVisit],
    contacts: Iterable[Contact],
) -> dict[str, StoredVisit]:
    """Done visits that would move or go now (a corrected anchor, an amendment): they stay.

    Not so when what made them done was voided or dated anew. A done visit whose target stays
    is computed like any other, so that the order of entry plays no part.
    """
    done = [visit for visit in stored if visit.columns.state == VisitState.DONE]
    if not done:
        return {}
    by_key = {visit.key: visit for visit in visits}
    days = {contact.id: contact.date for contact in contacts}
    kept = {}
    for before in done:
        visit = by_key.get(before.key)
        if (
            visit is not None
            and visit.target == before.columns.target
            and visit.status is not VisitStatus.CANCELLED
        ):
            continue
        if before.columns.provided_by:
            still = [days.get(pk) for pk in before.columns.provided_by]
            last = max((day for day in still if day), default=None)
            holds = None not in still and last == before.columns.done_on
        else:  # a treatment step: done as long as its own date is known
            holds = visit is not None and visit.status == VisitStatus.DONE
        if holds:
            kept[before.key] = before
    return kept


def _columns(
    visit: schedules.ExpectedVisit, end: Ending | None, days: dict[int | str, dt.date]
) -> Columns:
    """Columns of one visit.

    A visit that is still open after the follow-up has ended (``end``) will never take place: its
    window had closed before. It is missed, or done as far as it went. Nobody is asked for it.
    """
    state = _STATES[visit.status]
    why = visit.why
    done_on = visit.done_on
    if end is not None and visit.status in _OPEN:
        state = _STATES[VisitStatus.DONE if visit.done_by else VisitStatus.MISSED]
        done_on = max((days[pk] for pk in visit.done_by), default=None)
        why = (*why, Note(NoteCode.ENDED, about=(end.kind,), on=end.date))
    return Columns(
        anchor=visit.anchor.value,
        offset_count=visit.offset.count if visit.offset else None,
        offset_unit=visit.offset.unit.value if visit.offset else "",
        target=visit.target,
        window_start=visit.window_start,
        window_end=visit.window_end,
        state=state,
        done_on=done_on,
        requirements=_in_order(visit.requirements),
        outstanding=_in_order(visit.outstanding),
        why=tuple(stored_note(note) for note in why) if why else (),
        provided_by=visit.done_by,
    )


@lru_cache(maxsize=1024)
def _in_order(items: frozenset[Item]) -> tuple[str, ...]:
    """Shared by all visits that ask for the same."""
    return tuple(sorted(item.value for item in items))
