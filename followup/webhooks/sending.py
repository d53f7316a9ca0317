"""Delivers the calls that wait: claim, look again whether they hold, sign, send, mark."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from dataclasses import asdict, dataclass

from followup.days import Clock
from followup.models import CallError, CallKind, CallState, Webhook, WebhookCall
from followup.services.visits import recompute
from followup.webhooks import queue
from followup.webhooks.calls import enter_calls, still_holds
from followup.webhooks.messages import body_of
from followup.webhooks.signing import headers
from followup.webhooks.transport import NotAnswered, post
from registry.scope import system_scope

CALLS_PER_RUN = 50
TIME_PER_RUN = dt.timedelta(seconds=15)
"""Of one webhook in one run: a slow receiver leaves the rest for the next run."""

REFUSALS_PER_RUN = 3
"""Answers in a row that are errors; after these the receiver is left alone until the next run."""

GONE = 410

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Summary:
    """What one run did; ``given_up`` counts those that were given up in it."""

    entered: int
    delivered: int
    failed: int
    given_up: int
    held: int

    def as_dict(self) -> dict[str, int]:
        """For the result of a task."""
        return asdict(self)


def run(*, today: dt.date, clock: Clock) -> Summary:
    """Enter what receivers are to be told, and send what waits. Safe to repeat, to interrupt, to
    run twice at once. ``clock`` gives the time of each step, since leases count from it.
    """
    with system_scope():
        queue.settle_stale(now=clock())
        entered = enter_calls(today=today, now=clock())
        outcomes: Counter[CallState] = Counter()
        for webhook_id in _waiting(clock()):
            _send_some(webhook_id, today, clock, outcomes)
    return Summary(
        entered=entered,
        delivered=outcomes[CallState.DELIVERED],
        failed=outcomes[CallState.FAILED],
        given_up=outcomes[CallState.GIVEN_UP],
        held=outcomes[CallState.HELD],
    )


def _waiting(now: dt.datetime) -> list[int]:
    """Webhooks with something that may be sent now."""
    calls = WebhookCall.objects.filter(queue.ready_at(now)).values("webhook")
    hooks = Webhook.objects.filter(is_active=True, pk__in=calls).order_by("pk")
    return list(hooks.values_list("pk", flat=True))


def _send_some(webhook_id: int, today: dt.date, clock: Clock, outcomes: Counter[CallState]) -> None:
    """Send calls of one webhook until nothing waits, its time is over, or it does not answer."""
    ends = clock() + TIME_PER_RUN
    refusals = 0
    for _ in range(CALLS_PER_RUN):
        claim = queue.claim(webhook_id, now=clock())
        if claim is None:
            return
        try:
            state, error = _deliver(claim, today, clock)
        except queue.ClaimLost:
            continue
        outcomes[state] += 1
        refusals = refusals + 1 if error == CallError.REFUSED else 0
        if error in queue.UNREACHABLE or refusals == REFUSALS_PER_RUN or clock() >= ends:
            return


def _deliver(
    claim: queue.Claim, today: dt.date, clock: Clock
) -> tuple[CallState, CallError | None]:
    """Send one call; the state that it ended in, and why it was not delivered.

    Never raises for a call that cannot be made or sent: one bad row does not stop the others.
    """
    try:
        call = _prepared(claim, today)
    except queue.ClaimLost:
        raise
    except Exception:
        logger.exception("webhook call %s could not be made", claim.call_id)
        return queue.mark_failed(claim, CallError.FAULT, now=clock()), CallError.FAULT
    if call is None:
        queue.mark_held(claim)
        return CallState.HELD, None
    body = call.body.encode()
    signed = headers(call.webhook.secret, key=str(call.key), at=clock(), body=body)
    try:
        status = post(
            call.webhook.url,
            body=body,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "Sarcoma-RT-Registry",
                **signed,
            },
        )
    except NotAnswered as failure:
        return _failed(claim, failure.error, None, clock)
    if 200 <= status < 300:
        queue.mark_delivered(claim, status=status, now=clock())
        return CallState.DELIVERED, None
    if status == GONE:
        queue.mark_gone(claim, call.webhook_id, status=status, now=clock())
        logger.warning("webhook %s is gone and is disabled", call.webhook_id)
        return CallState.GIVEN_UP, CallError.REFUSED
    return _failed(claim, CallError.REFUSED, status, clock)


def _prepared(claim: queue.Claim, today: dt.date) -> WebhookCall | None:
    """The call with its body, by the facts of this moment; None when it does not hold any more."""
    calls = WebhookCall.objects.select_related(
        "webhook__centre", "visit__enrolment__study", "visit__enrolment__patient"
    )
    call: WebhookCall = calls.get(pk=claim.call_id)
    if call.kind != CallKind.PING:
        assert call.visit is not None
        recompute([call.visit.enrolment.patient_id], today=today)
        call = calls.get(pk=claim.call_id)
        if not still_holds(call, today=today):
            return None
    if not call.body:
        call.body = body_of(call, today=today)
        queue.keep_body(claim, call.body)
    return call


def _failed(
    claim: queue.Claim, error: CallError, status: int | None, clock: Clock
) -> tuple[CallState, CallError]:
    state = queue.mark_failed(claim, error, now=clock(), status=status)
    # Neither the address, which may hold a secret of the receiver, nor what was sent.
    logger.warning("webhook call %s: %s %s, %s", claim.call_id, error, status or "", state)
    return state, error
