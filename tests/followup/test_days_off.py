"""Days on which nobody works, by country."""

import datetime as dt

import pytest

from followup.days_off import is_day_off

D = dt.date


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("IT", D(2024, 4, 25)),  # Thursday: liberation day
        ("IT", D(2024, 4, 1)),  # Easter Monday
        ("IT", D(2024, 4, 20)),  # Saturday
        ("it", D(2024, 4, 21)),  # Sunday
        ("JP", D(2024, 5, 6)),  # Monday: children's day was a Sunday
        ("CN", D(2024, 10, 4)),  # Friday of the national holiday week
        ("IL", D(2024, 4, 19)),  # Friday: the weekend of Israel
    ],
)
def test_weekends_and_public_holidays_are_days_off(country, day):
    assert is_day_off(country, day)


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("IT", D(2024, 4, 24)),
        ("DE", D(2024, 4, 25)),
        ("IL", D(2024, 4, 21)),  # Sunday
        ("CN", D(2024, 4, 28)),  # Sunday, worked for the days off in May
    ],
)
def test_other_days_are_not(country, day):
    assert not is_day_off(country, day)


@pytest.mark.parametrize("country", ["", "XX", "HolidayBase", "\0"])
def test_without_a_known_country_only_saturdays_and_sundays(country):
    week = [D(2024, 12, 23) + dt.timedelta(days=n) for n in range(7)]
    assert [day.day for day in week if is_day_off(country, day)] == [28, 29]
