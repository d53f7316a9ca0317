"""The next day on which a person's digest can come, by what they wish; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from followup.days import weekly_day
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
    for ahead in range(LOOKED_AHEAD):
        day = earliest + dt.timedelta(days=ahead)
        is_away = any(leave.first_day <= day <= leave.last_day for leave in leaves)
        if _is_turn(wish, country, day) and not is_away:
            return day
    return None


def _is_turn(wish: ReminderWish, country: str, day: dt.date) -> bool:
    """True on the days of the person's digests, without a thought of leave."""
    resting_in = country if wish.rests_on_days_off else None
    if wish.rhythm == Rhythm.WEEKLY:
        return weekly_day(day, wish.weekday, resting_in=resting_in) == day
    return resting_in is None or not is_day_off(resting_in, day)
