"""Moves calls from state to state, safely against other senders and against kills.

Every step is a conditional UPDATE, as in :mod:`followup.ledger`. A claim left behind by a crash is
sent again when its lease is over: the receiver knows a message by its key, so twice does no harm.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from followup.models import CallError, CallKind, CallState, DisabledReason, Webhook, WebhookCall

LEASE = dt.timedelta(minutes=3)
"""Longer than resolving a name, connecting and waiting for an answer can take together."""

PAUSES = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
    dt.timedelta(hours=12),
    dt.timedelta(hours=24),
    dt.timedelta(hours=24),
)
"""Between attempts; after the last of them, nearly three days after the first, it is given up."""

MOST_ATTEMPTS = len(PAUSES) + 1

UNREACHABLE = (
    CallError.ADDRESS,
    CallError.NO_HOST,
    CallError.NOT_REACHED,
    CallError.NOT_TRUSTED,
    CallError.TOO_SLOW,
    CallError.BROKEN,
)
"""Errors that the next call would meet as well."""


class ClaimLost(Exception):
    """The lease was over and somebody else took the call."""


@dataclass(frozen=True)
class Claim:
    """The right to send one call until the lease is over."""

    call_id: int
    token: str


def claim(webhook_id: int, *, now: dt.datetime) -> Claim | None:
    """Take the next call of a webhook; None when there is none that may be sent now.

    While the receiver was not reached, only test calls go out until the next attempt is due.
    """
    ready = WebhookCall.objects.filter(ready_at(now), webhook=webhook_id, webhook__is_active=True)
    if _is_paused(webhook_id, now):
        ready = ready.filter(kind=CallKind.PING)
    tests_first = Case(When(kind=CallKind.PING, then=0), default=1)
    while True:
        pk = ready.order_by(tests_first, "pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        token = uuid.uuid4().hex
        taken = WebhookCall.objects.filter(ready_at(now), pk=pk).update(
            state=CallState.SENDING,
            claim=token,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
        if taken:
            return Claim(pk, token)


def ready_at(now: dt.datetime) -> Q:
    """Condition: may be claimed now."""
    return Q(state=CallState.PENDING) | Q(state=CallState.FAILED, retry_at__lte=now)


def keep_body(mine: Claim, body: str) -> None:
    """Note what is sent, so that a later attempt sends the same.

    Raises:
        ClaimLost: when the claim is not this sender's any more.
    """
    _step(mine, body=body)


def mark_delivered(mine: Claim, *, status: int, now: dt.datetime) -> None:
    """The receiver took the call."""
    _step(mine, state=CallState.DELIVERED, status_code=status, error="", delivered_at=now)


def mark_held(mine: Claim) -> None:
    """The facts have changed: this call is not sent, and the attempt does not count."""
    _step(mine, state=CallState.HELD, attempts=F("attempts") - 1)


def mark_failed(
    mine: Claim, error: CallError, *, now: dt.datetime, status: int | None = None
) -> CallState:
    """To be tried again after a growing pause, or given up; the state that it has now."""
    attempts = WebhookCall.objects.values_list("attempts", flat=True).get(pk=mine.call_id)
    found = {"error": error, "status_code": status}
    if attempts >= MOST_ATTEMPTS:
        _step(mine, state=CallState.GIVEN_UP, **found)
        return CallState.GIVEN_UP
    _step(mine, state=CallState.FAILED, retry_at=now + PAUSES[attempts - 1], **found)
    return CallState.FAILED


def mark_gone(mine: Claim, webhook_id: int, *, status: int, now: dt.datetime) -> None:
    """The receiver is gone for good: nothing is sent there until a person enables it again."""
    with transaction.atomic():
        _step(mine, state=CallState.GIVEN_UP, error=CallError.REFUSED, status_code=status)
        Webhook.objects.filter(pk=webhook_id, is_active=True).update(
            is_active=False, disabled_at=now, disabled_reason=DisabledReason.GONE
        )


def settle_stale(*, now: dt.datetime) -> int:
    """Take up claims whose lease is over: their sender was killed, or hangs. Returns how many.

    Whether the receiver got the call, nobody knows: it is sent again, under the same key.
    """
    stale = _sending().filter(lease_until__lt=now)
    given_up = stale.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=CallState.GIVEN_UP, error=CallError.INTERRUPTED
    )
    return given_up + stale.update(
        state=CallState.FAILED, error=CallError.INTERRUPTED, retry_at=now
    )


def _is_paused(webhook_id: int, now: dt.datetime) -> bool:
    return WebhookCall.objects.filter(
        webhook=webhook_id, state=CallState.FAILED, error__in=UNREACHABLE, retry_at__gt=now
    ).exists()


def _sending() -> QuerySet[WebhookCall]:
    return WebhookCall.objects.filter(state=CallState.SENDING)


def _step(mine: Claim, **columns: object) -> None:
    """Write to the call as long as the claim holds."""
    if not _sending().filter(pk=mine.call_id, claim=mine.token).update(**columns):
        raise ClaimLost
