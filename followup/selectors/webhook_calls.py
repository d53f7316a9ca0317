"""The webhooks of a centre and their last calls, as those who keep accounts may see them.

They see no clinical data by that role: of a call its key, its type, its times and its state, not
whom it is about, and never what was sent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from followup.models import CallError, CallKind, CallState, Webhook, WebhookCall
from followup.models.webhook import UNSETTLED
from registry.models import Centre
from registry.scope import system_scope

CALLS_SHOWN = 50

_STATUS = {
    CallState.PENDING: "planned",
    CallState.SENDING: "planned",
    CallState.DELIVERED: "sent",
    CallState.FAILED: "due",
    CallState.GIVEN_UP: "failed",
    CallState.HELD: "cancelled",
}
"""Shapes of the states, see STATES of registry/templatetags/ui.py."""


@dataclass(frozen=True)
class WebhookLine:
    """A webhook with what became of its calls."""

    webhook: Webhook
    waiting: int
    given_up: int
    last_delivered_at: dt.datetime | None


@dataclass(frozen=True)
class CallLine:
    """A call without what it is about; ``shape`` is that of its state, ``why`` its last error."""

    key: str
    webhook: str
    type: str
    created_at: dt.datetime
    shape: str
    state: str
    attempts: int
    answer: str
    retry_at: dt.datetime | None
    delivered_at: dt.datetime | None


def webhook_lines(centre: Centre) -> list[WebhookLine]:
    """All webhooks of the centre, the active ones first; two queries."""
    hooks = Webhook.objects.filter(centre=centre).order_by("-is_active", "name")
    with system_scope():
        rows = (
            WebhookCall.objects.filter(webhook__centre=centre)
            .order_by()
            .values("webhook")
            .annotate(
                waiting=Count("pk", filter=Q(state__in=UNSETTLED)),
                given_up=Count("pk", filter=Q(state=CallState.GIVEN_UP)),
                last=Max("delivered_at"),
            )
        )
        counts = {row["webhook"]: row for row in rows}
    nothing = {"waiting": 0, "given_up": 0, "last": None}
    return [
        WebhookLine(hook, row["waiting"], row["given_up"], row["last"])
        for hook in hooks
        for row in [counts.get(hook.pk, nothing)]
    ]


def last_calls(centre: Centre) -> list[CallLine]:
    """The last calls to webhooks of the centre, the newest first; one query."""
    columns = (
        "key",
        "webhook__name",
        "kind",
        "created_at",
        "state",
        "attempts",
        "status_code",
        "error",
        "retry_at",
        "delivered_at",
    )
    with system_scope():
        calls = WebhookCall.objects.filter(webhook__centre=centre).order_by("-pk")
        rows = list(calls.values_list(*columns)[:CALLS_SHOWN])
    return [
        CallLine(
            key=str(key),
            webhook=name,
            type=CallKind(kind).type,
            created_at=created_at,
            shape=_STATUS[CallState(state)],
            state=str(CallState(state).label),
            attempts=attempts,
            answer=_answer(status_code, error),
            retry_at=retry_at if state == CallState.FAILED else None,
            delivered_at=delivered_at,
        )
        for (
            key,
            name,
            kind,
            created_at,
            state,
            attempts,
            status_code,
            error,
            retry_at,
            delivered_at,
        ) in rows
    ]


def _answer(status_code: int | None, error: str) -> str:
    """The HTTP status of the last attempt, or why there was none."""
    if status_code is not None:
        return str(status_code)
    return str(CallError(error).label) if error else ""
