"""Weekends and public holidays of a country."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays

SATURDAY = 5  # as Python counts weekdays


def is_day_off(country: str, day: dt.date) -> bool:
    """True on weekends and public holidays of a country (ISO 3166-1 alpha-2).

    Weekends are the country's own; a Sunday on which its people work for a holiday is no day off.
    Without a country, or with one whose holidays nobody has listed: Saturdays and Sundays.
    """
    listed = _holidays(country.upper(), day.year)
    return day.weekday() >= SATURDAY if listed is None else not listed.is_working_day(day)


@lru_cache(maxsize=1024)
def _holidays(country: str, year: int) -> holidays.HolidayBase | None:
    if country not in holidays.list_supported_countries(include_aliases=False):
        return None
    return holidays.country_holidays(country, years=year)
