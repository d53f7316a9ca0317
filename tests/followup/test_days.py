"""The local day and hour at an instant, and the days of weekly digests."""

import datetime as dt

import pytest

from followup.days import day_at, hour_at, weekly_day, working_day_from
from tests.followup.sweeping import instant

D = dt.date


@pytest.mark.parametrize(
    ("moment", "zone", "day", "hour"),
    [
        ("2024-04-15 15:00", "Asia/Tokyo", D(2024, 4, 16), 0),
        ("2024-04-15 14:59", "Asia/Tokyo", D(2024, 4, 15), 23),
        # Clocks in Rome go from 2:00 to 3:00, and from 3:00 back to 2:00.
        ("2024-03-31 00:59", "Europe/Rome", D(2024, 3, 31), 1),
        ("2024-03-31 01:00", "Europe/Rome", D(2024, 3, 31), 3),
        ("2024-10-27 00:30", "Europe/Rome", D(2024, 10, 27), 2),
        ("2024-10-27 01:30", "Europe/Rome", D(2024, 10, 27), 2),
        # In Cairo midnight is skipped, and the last hour of a day comes twice.
        ("2024-04-25 21:59", "Africa/Cairo", D(2024, 4, 25), 23),
        ("2024-04-25 22:00", "Africa/Cairo", D(2024, 4, 26), 1),
        ("2024-10-31 20:30", "Africa/Cairo", D(2024, 10, 31), 23),
        ("2024-10-31 21:30", "Africa/Cairo", D(2024, 10, 31), 23),
        ("2018-11-04 03:00", "America/Sao_Paulo", D(2018, 11, 4), 1),
        # Apia had no 30 December 2011.
        ("2011-12-30 09:59", "Pacific/Apia", D(2011, 12, 29), 23),
        ("2011-12-30 10:00", "Pacific/Apia", D(2011, 12, 31), 0),
    ],
)
def test_the_day_and_the_hour_are_those_of_the_zone(moment, zone, day, hour):
    assert (day_at(instant(moment), zone), hour_at(instant(moment), zone)) == (day, hour)


@pytest.mark.parametrize(
    "zone", ["", "Europe/Atlantis", "Europe", "../etc/passwd", "a\0b", "x" * 300]
)
def test_a_zone_that_is_none_counts_as_utc(zone):
    assert day_at(instant("2024-04-15 23:59"), zone) == D(2024, 4, 15)


def test_the_working_day_after_easter_in_italy_is_tuesday():
    assert working_day_from(D(2024, 3, 30), "IT") == D(2024, 4, 2)
    assert working_day_from(D(2024, 4, 2), "IT") == D(2024, 4, 2)


@pytest.mark.parametrize(
    ("today", "weekday", "resting_in", "day"),
    [
        (D(2024, 4, 15), 0, None, D(2024, 4, 15)),  # a Monday itself
        (D(2024, 4, 21), 0, None, D(2024, 4, 15)),  # Sunday: the Monday before
        (D(2024, 4, 15), 4, None, D(2024, 4, 12)),
        (D(2024, 4, 1), 0, None, D(2024, 4, 1)),  # Easter Monday, and no wish to rest
        (D(2024, 4, 1), 0, "IT", D(2024, 3, 25)),  # not before Tuesday
        (D(2024, 4, 2), 0, "IT", D(2024, 4, 2)),
        (D(2024, 4, 3), 0, "IT", D(2024, 4, 2)),
        (D(2024, 4, 21), 5, "IT", D(2024, 4, 15)),  # Saturdays are told on Mondays
    ],
)
def test_the_last_day_of_a_weekly_digest(today, weekday, resting_in, day):
    assert weekly_day(today, weekday, resting_in=resting_in) == day
