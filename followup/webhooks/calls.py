"""What a receiver is to be told: entered by a query at each run, and asked again before sending.

A receiver is told when a visit reaches a stage of the protocol's reminders; and of a visit that it
was told of, when it moves, is done, is missed, or is not expected any more.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from followup.models import (
    CallKind,
    CallState,
    ExpectedVisit,
    ReminderKind,
    VisitState,
    Webhook,
    WebhookCall,
)
from followup.models.webhook import ENDINGS
from followup.needs import stages
from followup.rules import reminder_policies
from registry.protocols.types import ReminderPolicy

BATCH = 500  # rows of one statement

_ENDED = {
    VisitState.DONE: CallKind.DONE,
    VisitState.MISSED: CallKind.MISSED,
}
"""What a visit that is not open any more is told as; in all other states as cancelled."""

_FACTS = (
    "pk",
    "state",
    "target",
    "window_start",
    "window_end",
    "enrolment__protocol_version_id",
    "enrolment__patient__centre_id",
    "enrolment__voided_at",
    "enrolment__patient__voided_at",
)


class Told(NamedTuple):
    """What a call says: its kind, its round, and the date that it speaks of."""

    kind: str
    round: int
    target: dt.date | None


@dataclass(frozen=True)
class Facts:
    """A visit as it stands."""

    visit_id: int
    state: str
    target: dt.date | None
    window_start: dt.date | None
    window_end: dt.date | None
    version_id: int
    centre_id: int
    enrolment_voided_at: dt.datetime | None
    patient_voided_at: dt.datetime | None

    @property
    def is_void(self) -> bool:
        """True when patient or enrolment was taken back."""
        return self.enrolment_voided_at is not None or self.patient_voided_at is not None


def enter_calls(*, today: dt.date, now: dt.datetime) -> int:
    """One call for everything that a receiver has not been told yet; returns how many.

    A fixed number of queries. Of two runs at once, the unique number of a call lets one enter it.
    Runs in the scope in force.
    """
    hooks = defaultdict(list)
    for pk, centre_id in Webhook.objects.filter(is_active=True).values_list("pk", "centre_id"):
        hooks[centre_id].append(pk)
    if not hooks:
        return 0
    policies = reminder_policies(today)
    facts = {row.visit_id: row for row in _within_reach(hooks, policies.values(), today)}
    last = _last_calls()
    missing = {visit_id for _hook, visit_id in last} - set(facts)
    facts |= {row.visit_id: row for row in _facts(ExpectedVisit.objects.filter(pk__in=missing))}
    told = _told(last)
    centre_of = {hook: centre_id for centre_id, ids in hooks.items() for hook in ids}
    pairs = {(hook, row.visit_id) for row in facts.values() for hook in hooks[row.centre_id]}
    new, replaced = [], []
    for hook, visit_id in sorted(pairs | set(last)):
        row = facts[visit_id]
        wanted = to_tell(
            row, told.get((hook, visit_id)), centre_of[hook], policies.get(row.version_id), today
        )
        if wanted is None:
            continue
        before = last.get((hook, visit_id))
        number = 1 if before is None else before.number + 1
        if before is not None:
            replaced.append(before.pk)
        new.append(_call(hook, visit_id, number, wanted, now))
    _store(new, replaced)
    return len(new)


def to_tell(
    visit: Facts, told: Told | None, centre_id: int, policy: ReminderPolicy | None, today: dt.date
) -> Told | None:
    """What a receiver of a centre is to be told next of a visit, None when it knows all.

    Args:
        told: what it was told last, None for nothing.
    """
    is_here = visit.centre_id == centre_id and not visit.is_void
    if not is_here or visit.state != VisitState.OPEN:
        return _ending(visit, told, is_here)
    if told is not None and told.kind not in ENDINGS and told.target != visit.target:
        return Told(CallKind.MOVED, 1, visit.target)
    stage = _stage(visit, policy, today)
    return None if stage == told else stage


def still_holds(call: WebhookCall, *, today: dt.date) -> bool:
    """True when what the call says is what its receiver is to be told now.

    Runs in the scope in force.
    """
    assert call.visit_id is not None, "a test call says nothing of a visit"
    before = (
        WebhookCall.objects.filter(
            webhook=call.webhook_id, visit=call.visit_id, number__lt=call.number, attempts__gt=0
        )
        .order_by("-number")
        .first()
    )
    (visit,) = _facts(ExpectedVisit.objects.filter(pk=call.visit_id))
    policy = reminder_policies(today).get(visit.version_id)
    wanted = to_tell(visit, before and _says(before), call.webhook.centre_id, policy, today)
    return wanted == _says(call)


def _ending(visit: Facts, told: Told | None, is_here: bool) -> Told | None:
    """The end of a visit that the receiver was told of; of one that has left, once."""
    if told is None:
        return None
    kind = _ENDED.get(VisitState(visit.state), CallKind.CANCELLED) if is_here else None
    if told.kind in ENDINGS and kind in (None, told.kind):
        return None
    return Told(kind or CallKind.CANCELLED, 1, told.target)


def _stage(visit: Facts, policy: ReminderPolicy | None, today: dt.date) -> Told | None:
    if policy is None or visit.window_start is None or visit.window_end is None:
        return None
    for kind, round_ in stages(policy, visit.window_start, visit.window_end, today):
        if kind != ReminderKind.ESCALATION:  # which is between the registry's own people
            return Told(CallKind(kind.value), round_, visit.target)
    return None


def _within_reach(
    centres: Iterable[int], policies: Iterable[ReminderPolicy], today: dt.date
) -> Iterator[Facts]:
    """Open visits of these centres that may have reached a stage."""
    ahead_days = max((policy.ahead_days for policy in policies), default=0)
    return _facts(
        ExpectedVisit.objects.filter(
            state=VisitState.OPEN,
            window_start__lte=today + dt.timedelta(days=ahead_days),
            enrolment__patient__centre__in=list(centres),
            enrolment__voided_at__isnull=True,
            enrolment__patient__voided_at__isnull=True,
        )
    )


def _facts(visits: QuerySet[ExpectedVisit]) -> Iterator[Facts]:
    rows = visits.order_by().values_list(*_FACTS)
    return (Facts(*row) for row in rows.iterator(chunk_size=2000))


def _last_calls() -> dict[tuple[int, int], WebhookCall]:
    """The last call of each visit by webhook and visit, where there may be something new to tell.

    Of visits that have ended, and not changed since that was told, there is not.
    """
    is_open_or_changed = (
        Q(visit__state=VisitState.OPEN)
        | ~Q(kind__in=ENDINGS)
        | Q(visit__changed_at__gt=F("created_at"))
    )
    rows = WebhookCall.objects.filter(
        is_open_or_changed, webhook__is_active=True, is_last=True, visit__isnull=False
    ).only("webhook_id", "visit_id", "number", "kind", "round", "target", "state", "attempts")
    return {(row.webhook_id, row.visit_id or 0): row for row in rows.iterator(chunk_size=2000)}


def _told(last: dict[tuple[int, int], WebhookCall]) -> dict[tuple[int, int], Told]:
    """What receivers were told last; calls that were held back before they were sent said nothing.

    A pending call counts: it is asked again before it goes out.
    """
    told = {key: _says(row) for key, row in last.items() if not _is_unsaid(row)}
    silent = [visit_id for (hook, visit_id), row in last.items() if _is_unsaid(row)]
    if silent:
        earlier = WebhookCall.objects.filter(visit__in=silent).exclude(
            state=CallState.HELD, attempts=0
        )
        for row in earlier.order_by("number"):
            key = (row.webhook_id, row.visit_id or 0)
            if key in last and _is_unsaid(last[key]):
                told[key] = _says(row)
    return told


def _is_unsaid(call: WebhookCall) -> bool:
    return call.state == CallState.HELD and call.attempts == 0


def _says(call: WebhookCall) -> Told:
    return Told(call.kind, call.round, call.target)


def _call(hook: int, visit_id: int, number: int, says: Told, now: dt.datetime) -> WebhookCall:
    """The row of a call. Its key follows from what it says, so that after a restore of an older
    backup the same message has the same key, and another one has another.
    """
    name = f"{settings.SITE_URL} {hook} {visit_id} {number} {says.kind} {says.round} {says.target}"
    return WebhookCall(
        webhook_id=hook,
        visit_id=visit_id,
        number=number,
        key=uuid.uuid5(uuid.NAMESPACE_URL, name),
        created_at=now,
        **says._asdict(),
    )


def _store(new: list[WebhookCall], replaced: list[int]) -> None:
    if not new:
        return
    with transaction.atomic():
        for start in range(0, len(replaced), BATCH):
            batch = replaced[start : start + BATCH]
            WebhookCall.objects.filter(pk__in=batch).update(is_last=False)
        WebhookCall.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
