"""Whom the protocols' reminder policies want told about which visit on a given day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from followup.models import ExpectedVisit, ReminderKind, VisitState
from registry.models import Membership, ProtocolVersion
from registry.models.choices import Role
from registry.protocols.types import ReminderPolicy


class Need(NamedTuple):
    """A person must have been told about a visit at this stage: the key of a reminder."""

    visit_id: int
    target: dt.date
    kind: str
    round: int
    recipient_id: int


@dataclass(frozen=True)
class Responsible:
    """Active people by what they look after today."""

    data_managers: dict[int, list[int]]  # by centre
    coordinators: dict[int, list[int]]  # by study

    @classmethod
    def on(cls, today: dt.date) -> Responsible:
        """The people of a day; deactivated persons and ended memberships do not count."""
        found = cls(defaultdict(list), defaultdict(list))
        rows = Membership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            role__in=[Role.DATA_MANAGER, Role.COORDINATOR],
            user__is_active=True,
        ).values_list("role", "centre_id", "study_id", "user_id")
        for role, centre_id, study_id, user_id in rows:
            if role == Role.DATA_MANAGER:
                found.data_managers[centre_id].append(user_id)
            else:
                found.coordinators[study_id].append(user_id)
        return found


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


def needs(*, today: dt.date, visit_ids: Collection[int] | None = None) -> set[Need]:
    """What people must have been told by today, over all visits or over some.

    The data managers of the patient's centre are told, and of escalations the coordinators of
    the study; where a centre has no data manager the coordinators are told everything.
    Runs in the scope in force.
    """
    policies = _policies()
    people = Responsible.on(today)
    ahead_days = max((policy.ahead_days for policy in policies.values()), default=0)
    visits = ExpectedVisit.objects.filter(
        state=VisitState.OPEN,
        window_start__lte=today + dt.timedelta(days=ahead_days),
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
    wanted: set[Need] = set()
    for pk, target, start, end, version_id, study_id, centre_id in (
        visits.order_by().values_list(*columns).iterator(chunk_size=2000)
    ):
        policy = policies.get(version_id)
        if policy is None:
            continue
        coordinators = people.coordinators.get(study_id, [])
        at_centre = people.data_managers.get(centre_id, []) or coordinators
        for kind, round_ in stages(policy, start, end, today):
            told = coordinators if kind == ReminderKind.ESCALATION else at_centre
            wanted.update(Need(pk, target, kind.value, round_, person) for person in told)
    return wanted


def _policies() -> dict[int, ReminderPolicy]:
    """Reminder policies by the id of the protocol version."""
    return {
        version.pk: version.protocol.reminders
        for version in ProtocolVersion.objects.select_related("study")
        if version.protocol.reminders is not None
    }
