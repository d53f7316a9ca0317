"""Sweeps at chosen times, and what the mailbox holds after them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from followup.models import Digest, Mail, Reminder
from followup.sweep import Summary, sweep
from registry.scope import system_scope

DUE_DAY = dt.date(2024, 4, 20)
"""A day on which month 3 of a patient whose radiotherapy ended on 31 January 2024 is due."""


def at(day: dt.date, hour: int = 8, minute: int = 0) -> Callable[[], dt.datetime]:
    """A clock that stands still."""
    return lambda: dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.UTC)


def sweep_on(day: dt.date, hour: int = 8, minute: int = 0) -> Summary:
    """One sweep at that time of that day, UTC."""
    return sweep(clock=at(day, hour, minute))


def instant(text: str) -> dt.datetime:
    """A moment written as "2024-04-20 08:00", UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def sweep_at(moment: str | dt.datetime) -> Summary:
    """One sweep at that moment, UTC."""
    now = instant(moment) if isinstance(moment, str) else moment
    return sweep(clock=lambda: now)


def mails_to(address: str) -> list[Mail]:
    """The mails of a person in the order in which they came."""
    mails = Mail.objects.order_by("pk")
    return [mail for mail in mails if address in mail.recipients]


def digests() -> list[tuple[dt.date, str]]:
    """Day and state of every digest."""
    return list(Digest.objects.order_by("day", "pk").values_list("day", "state"))


def reminders() -> list[tuple[str, int, str]]:
    """Kind, round and state of every reminder."""
    with system_scope():
        rows = Reminder.objects.select_related("digest").order_by("pk")
        return [(row.kind, row.round, str(row.state)) for row in rows]
