"""The next day on which a person's digest can come, by what they wish; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from followup.days_off import is_day_off
from followup.models import Leave, ReminderWish, Rhythm

LOOKED_AHEAD = 3 * 366
"""Days in which there is a day for a mail: longer than any leave that may be entered."""


def next_digest_day(
    wish: ReminderWish, *, country: str, earliest: dt.date, leaves: Collection[Leave]
) -> dt.date | None:
    """The first day from ``earliest`` on that fits the wishes and lies in no leave.

    A weekly digest whose day is a day off for a person who rests comes on the next working day.
    None for who gets no digests, and where no day is found within three years.

    Args:
        country: ISO 3166-1 alpha-2, whose days off count; "" for weekends alone.
        leaves: those that are not cancelled.
    """
    if wish.unsubscribed_at is not None:
        return None
    for day in _days(wish, country, earliest):
        if not any(leave.first_day <= day <= leave.last_day for leave in leaves):
            return day
    return None


def _days(wish: ReminderWish, country: str, earliest: dt.date) -> Iterator[dt.date]:
    """Days of digests from ``earliest`` on, without a thought of leave."""
    is_weekly = wish.rhythm == Rhythm.WEEKLY
    # A week before: its day may have been put off to this week.
    first = earliest - dt.timedelta(days=7) if is_weekly else earliest
    for ahead in range(LOOKED_AHEAD):
        day = first + dt.timedelta(days=ahead)
        if is_weekly and day.weekday() != wish.weekday:
            continue
        while wish.rests_on_days_off and is_day_off(country, day):
            day += dt.timedelta(days=1)
        if day >= earliest:
            yield day
