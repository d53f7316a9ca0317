"""Dates known to the year, the month or the day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.partial_date import PartialDate, analysis_date

DAYS = st.dates(dt.date(1880, 1, 1), dt.date(2199, 12, 31))
PARTIALS = st.builds(
    lambda day, parts: PartialDate(*(day.year, day.month, day.day)[:parts]),
    DAYS,
    st.integers(1, 3),
)


@pytest.mark.parametrize(
    ("text", "precision"), [("2021", "year"), ("2021-03", "month"), ("2021-03-14", "day")]
)
def test_text_is_kept_as_it_was_written(text: str, precision: str) -> None:
    date = PartialDate.parse(text)

    assert str(date) == text
    assert date.precision == precision


@pytest.mark.parametrize(
    "text",
    ["", "21", "2021-3", "2021-13", "2021-02-30", "2023-02-29", "0001-01-01", "2999", "14.03.2021"],
)
def test_what_is_no_date_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=text or "YYYY"):
        PartialDate.parse(text)


def test_a_month_is_not_before_a_day_within_it() -> None:
    assert not PartialDate(2021, 3).before(PartialDate(2021, 3, 14))
    assert not PartialDate(2021, 3, 14).before(PartialDate(2021, 3))
    assert PartialDate(2021, 2).before(PartialDate(2021, 3, 1))


def test_a_partial_date_has_no_day_to_give() -> None:
    with pytest.raises(ValueError, match="known only to the month"):
        PartialDate(2021, 3).to_date()


@pytest.mark.parametrize(
    ("text", "day", "flag"),
    [
        ("2021-03-14", dt.date(2021, 3, 14), ""),
        ("2021-03", dt.date(2021, 3, 15), "D"),
        ("2021", dt.date(2021, 7, 1), "M"),
    ],
)
def test_analysis_takes_the_middle_of_what_is_possible(text: str, day: dt.date, flag: str) -> None:
    assert analysis_date(PartialDate.parse(text)) == (day, flag)


@given(PARTIALS)
def test_the_analysis_date_is_one_that_the_date_may_stand_for(date: PartialDate) -> None:
    day, _flag = analysis_date(date)

    assert date.earliest <= day <= date.latest


@given(PARTIALS, PARTIALS)
def test_before_holds_for_every_day_that_the_dates_may_stand_for(
    first: PartialDate, second: PartialDate
) -> None:
    assert first.before(second) == (first.latest < second.earliest)


@given(DAYS)
def test_text_order_is_date_order_for_complete_dates(day: dt.date) -> None:
    later = day + dt.timedelta(days=1)
    if later.year < 2200:
        assert PartialDate.of(day) < PartialDate.of(later)
