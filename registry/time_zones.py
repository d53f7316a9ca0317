"""Time zones of centres: the day that somebody has, and the day of the installation."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone


@lru_cache(maxsize=1024)
def zone(name: str) -> dt.tzinfo:
    """The time zone of an IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # no such name, a folder of names, no name at all
        return dt.UTC


def installation_day() -> dt.date:
    """Today in the zone of the settings: roles and accounts begin and end everywhere at once.

    Facts about patients go by the day of the reader, :func:`django.utils.timezone.localdate`.
    """
    return timezone.localdate(timezone=timezone.get_default_timezone())


def end_of_day(day: dt.date) -> dt.datetime:
    """The last moment of a day in the zone of the settings."""
    midnight = dt.datetime.combine(
        day + dt.timedelta(days=1), dt.time(), timezone.get_default_timezone()
    )
    return midnight - dt.timedelta(microseconds=1)
