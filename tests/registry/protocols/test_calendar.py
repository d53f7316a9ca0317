"""Calendar months do not drift and respect the length of months."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.protocols.calendar import Offset, OffsetUnit, add_months, months_between

days = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 2, "2024-03-31"),
        ("2024-01-31", 3, "2024-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2023-12-31", 6, "2024-06-30"),
        ("2024-03-15", -3, "2023-12-15"),
        ("2024-03-31", -1, "2024-02-29"),
    ],
)
def test_months_are_counted_on_the_calendar(start, months, expected):
    assert add_months(dt.date.fromisoformat(start), months) == dt.date.fromisoformat(expected)


@given(days, st.integers(0, 600))
def test_the_day_of_the_month_is_kept_or_is_the_last_of_a_shorter_month(start, months):
    later = add_months(start, months)
    next_day = later + dt.timedelta(days=1)
    assert later.day == start.day or (later.day < start.day and next_day.day == 1)
    assert (later.year - start.year) * 12 + later.month - start.month == months


@given(days, days)
def test_the_months_between_two_days_reach_the_later_one(one, other):
    start, end = min(one, other), max(one, other)
    assert add_months(start, months_between(start, end)) >= end
    assert add_months(start, months_between(start, end) - 1) < end or start == end


def test_months_between_counts_a_begun_month_as_whole():
    assert months_between(dt.date(2024, 1, 31), dt.date(2024, 4, 30)) == 3
    assert months_between(dt.date(2024, 1, 15), dt.date(2024, 4, 16)) == 4
    assert months_between(dt.date(2024, 4, 16), dt.date(2024, 1, 15)) == 0


def test_offsets_have_short_stable_codes():
    assert Offset(6, OffsetUnit.MONTHS).code == "m06"
    assert Offset(120, OffsetUnit.MONTHS).code == "m120"
    assert Offset(90, OffsetUnit.DAYS).code == "d090"


def test_an_offset_in_days_counts_days():
    assert Offset(90, OffsetUnit.DAYS).after(dt.date(2025, 2, 1)) == dt.date(2025, 5, 2)
    assert Offset(14, OffsetUnit.DAYS).before(dt.date(2024, 3, 5)) == dt.date(2024, 2, 20)
