"""Runs at chosen times, and what the calls are after them."""

from __future__ import annotations

import datetime as dt

from followup.models import WebhookCall
from followup.webhooks import sending
from registry.scope import system_scope
from tests.followup.sweeping import DUE_DAY

NOON = dt.datetime(DUE_DAY.year, DUE_DAY.month, DUE_DAY.day, 12, tzinfo=dt.UTC)


def run_at(now: dt.datetime) -> sending.Summary:
    """One run, by a clock that stands still."""
    return sending.run(today=now.date(), clock=lambda: now)


def run_on(day: dt.date) -> sending.Summary:
    """One run at noon of that day."""
    return run_at(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC))


def calls() -> list[tuple[str, str]]:
    """Kind and state of every call."""
    with system_scope():
        return list(WebhookCall.objects.order_by("pk").values_list("kind", "state"))


def only_call() -> WebhookCall:
    """The one call there is."""
    with system_scope():
        call: WebhookCall = WebhookCall.objects.get()
    return call
