"""Which day and hour it is somewhere, and on which days somebody's digest goes out.

Pure functions of an instant or a day: clocks that jump change what they answer, never how often.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from followup.days_off import is_day_off
from registry.time_zones import zone

Clock = Callable[[], dt.datetime]
"""Gives the time of each step, aware."""

ONE_DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


def day_at(now: dt.datetime, zone_name: str) -> dt.date:
    """The local date at an instant; a zone that nobody knows counts as UTC."""
    return now.astimezone(zone(zone_name)).date()


def hour_at(now: dt.datetime, zone_name: str) -> int:
    """The local hour at an instant, 0 to 23."""
    return now.astimezone(zone(zone_name)).hour


def working_day_from(day: dt.date, country: str) -> dt.date:
    """The day itself, or the first one after it that is no day off there."""
    while is_day_off(country, day):
        day += ONE_DAY
    return day


def weekly_day(today: dt.date, weekday: int, *, resting_in: str | None) -> dt.date:
    """The last day, up to today, of a weekly digest that is wished on a day of the week.

    ``weekday`` counts from Monday, 0. Whoever rests on the days off of a country (``resting_in``)
    gets it on the next working day.
    """
    wished = today - dt.timedelta(days=(today.weekday() - weekday) % 7)
    while True:
        day = wished if resting_in is None else working_day_from(wished, resting_in)
        if day <= today:
            return day
        wished -= WEEK
