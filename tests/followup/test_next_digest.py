"""The next day of a digest, against the calendar of July and August 2024.

1 July 2024 is a Monday; Thursday 15 August is a public holiday in Italy and none in Sweden.
"""

import datetime as dt
from typing import Any

import pytest

from followup.models import Leave, ReminderWish
from followup.next_digest import next_digest_day

THURSDAY, SUNDAY, MONDAY = 3, 6, 0


def next_day(earliest: str, *leaves: tuple[str, str], country: str = "IT", **wishes: Any) -> str:
    away = [
        Leave(first_day=dt.date.fromisoformat(first), last_day=dt.date.fromisoformat(last))
        for first, last in leaves
    ]
    day = next_digest_day(
        ReminderWish(**wishes),
        country=country,
        earliest=dt.date.fromisoformat(earliest),
        leaves=away,
    )
    return str(day)


def test_who_has_said_nothing_gets_one_on_any_day():
    assert next_day("2024-07-06") == "2024-07-06"


def test_who_rests_on_days_off_gets_none_on_weekends_and_holidays():
    assert next_day("2024-07-06", rests_on_days_off=True) == "2024-07-08"
    assert next_day("2024-08-15", rests_on_days_off=True) == "2024-08-16"
    assert next_day("2024-08-15", rests_on_days_off=True, country="SE") == "2024-08-15"


def test_without_a_country_only_weekends_are_days_off():
    assert next_day("2024-08-15", rests_on_days_off=True, country="") == "2024-08-15"
    assert next_day("2024-08-17", rests_on_days_off=True, country="") == "2024-08-19"


@pytest.mark.parametrize(
    ("earliest", "expected"),
    [("2024-08-12", "2024-08-15"), ("2024-08-15", "2024-08-15"), ("2024-08-16", "2024-08-22")],
)
def test_a_weekly_one_comes_on_its_day_of_the_week(earliest, expected):
    assert next_day(earliest, rhythm="weekly", weekday=THURSDAY) == expected


@pytest.mark.parametrize(
    ("earliest", "expected"),
    [("2024-08-12", "2024-08-16"), ("2024-08-16", "2024-08-16"), ("2024-08-17", "2024-08-22")],
)
def test_a_weekly_one_whose_day_is_off_comes_on_the_next_working_day(earliest, expected):
    wishes: dict[str, Any] = {"rhythm": "weekly", "weekday": THURSDAY, "rests_on_days_off": True}

    assert next_day(earliest, **wishes) == expected


def test_a_weekly_one_of_sundays_comes_on_mondays_for_who_rests():
    wishes: dict[str, Any] = {"rhythm": "weekly", "weekday": SUNDAY, "rests_on_days_off": True}

    assert next_day("2024-07-01", **wishes) == "2024-07-01"
    assert next_day("2024-07-02", **wishes) == "2024-07-08"


def test_none_comes_during_a_leave():
    assert next_day("2024-07-01", ("2024-07-01", "2024-07-14")) == "2024-07-15"
    assert next_day("2024-07-01", ("2024-07-02", "2024-07-14")) == "2024-07-01"


def test_two_leaves_on_end_and_a_weekend_are_passed_over():
    leaves = [("2024-07-01", "2024-07-03"), ("2024-07-04", "2024-07-05")]

    assert next_day("2024-07-01", *leaves, rests_on_days_off=True) == "2024-07-08"


def test_a_weekly_one_whose_day_lies_in_a_leave_comes_a_week_later():
    wishes: dict[str, Any] = {"rhythm": "weekly", "weekday": MONDAY}

    assert next_day("2024-07-01", ("2024-06-24", "2024-07-01"), **wishes) == "2024-07-08"


def test_who_has_unsubscribed_gets_none():
    assert next_day("2024-07-01", unsubscribed_at=dt.datetime.now(dt.UTC)) == "None"
