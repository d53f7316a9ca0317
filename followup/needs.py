"""Whom the protocols' reminder policies want told about which visit on a given day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple

from followup.models import ExpectedVisit, HeldReason, ReminderKind, VisitState
from followup.people import People
from followup.rules import reminder_policies
from registry.protocols.types import ReminderPolicy


class Need(NamedTuple):
    """A person must have been told about a visit at this stage: the key of a reminder."""

    visit_id: int
    target: dt.date
    kind: str
    round: int
    recipient_id: int


def stages(
    policy: ReminderPolicy, window_start: dt.date, window_end: dt.date, today: dt.date
) -> Iterator[tuple[ReminderKind, int]]:
    """The stage that an open visit has reached, as (kind, round), and the escalation beside it.

    Only the last stage reached counts, so that nobody is told of earlier ones after an outage.
    Overdue rounds and escalation count in days from the end of the window.
    """
    days_over = (today - window_end).days
    rounds = sum(days_over >= limit for limit in policy.overdue_rounds_days)
    if rounds:
        yield ReminderKind.OVERDUE, rounds
    elif today >= window_start:
        yield ReminderKind.DUE, 1
    elif (window_start - today).days <= policy.ahead_days:
        yield ReminderKind.AHEAD, 1
    if days_over >= policy.escalate_after_days:
        yield ReminderKind.ESCALATION, 1


def needs(people: People, *, visit_ids: Collection[int] | None = None) -> dict[Need, str]:
    """What people must have been told by now, over all visits or over some.

    Each need comes with "", or with the code of the :class:`HeldReason` for which the person is not
    told now. A visit's stage is that of the day at the patient's centre. The data managers of the
    centre are told, and of escalations the coordinators of the study; :class:`People` knows who is
    told in whose place. Runs in the scope in force.
    """
    policies = reminder_policies(people.latest_day())
    ahead_days = max((policy.ahead_days for policy in policies.values()), default=0)
    visits = ExpectedVisit.objects.filter(
        state=VisitState.OPEN,
        window_start__lte=people.latest_day() + dt.timedelta(days=ahead_days),
        enrolment__voided_at__isnull=True,
        enrolment__patient__voided_at__isnull=True,
    )
    if visit_ids is not None:
        visits = visits.filter(pk__in=visit_ids)
    columns = (
        "pk",
        "target",
        "window_start",
        "window_end",
        "enrolment__protocol_version_id",
        "enrolment__study_id",
        "enrolment__patient__centre_id",
    )
    told = _Recipients(people)
    found: dict[Need, str] = {}
    for pk, target, start, end, version_id, study_id, centre_id in (
        visits.order_by().values_list(*columns).iterator(chunk_size=2000)
    ):
        policy = policies.get(version_id)
        if policy is None:
            continue
        for kind, round_ in stages(policy, start, end, people.day_of_centre(centre_id)):
            for person, held in told.of(kind, centre_id, study_id):
                found[Need(pk, target, kind.value, round_, person)] = held
    return found


class _Recipients:
    """Who gets a kind of reminder about the patients of a centre in a study; worked out once."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._known: dict[tuple[str, int, int], list[tuple[int, str]]] = {}

    def of(self, kind: ReminderKind, centre_id: int, study_id: int) -> list[tuple[int, str]]:
        """Persons, each with "" or why they are not told."""
        key = (kind.value, centre_id, study_id)
        if key not in self._known:
            if kind == ReminderKind.ESCALATION:
                told = self._people.of_escalations(study_id)
            else:
                told = self._people.of_visits(centre_id, study_id)
            self._known[key] = [
                *((pk, self._unwanted(pk, kind)) for pk in told.now),
                *((pk, HeldReason.ON_LEAVE.value) for pk in told.away),
            ]
        return self._known[key]

    def _unwanted(self, pk: int, kind: ReminderKind) -> str:
        person = self._people.person(pk)
        if kind == ReminderKind.ESCALATION:
            return ""
        if person.is_unsubscribed or (kind == ReminderKind.AHEAD and not person.wants_ahead):
            return HeldReason.NOT_WANTED.value
        return ""
