"""Days of an analysis: what is imputed, and how far an imputed day may move."""

import datetime as dt

import pytest

from analytics.extract.days import day_of, known_day


@pytest.mark.parametrize(
    ("text", "day", "flag", "earliest", "latest"),
    [
        ("2024-02-29", "2024-02-29", "", "2024-02-29", "2024-02-29"),
        ("2024-02", "2024-02-15", "D", "2024-02-01", "2024-02-29"),
        ("2023", "2023-07-01", "M", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_partial_date_stands_for_its_middle_and_says_what_was_imputed(
    text, day, flag, earliest, latest
):
    found = day_of(text)
    assert [found.day.isoformat(), found.flag] == [day, flag]
    assert [found.earliest.isoformat(), found.latest.isoformat()] == [earliest, latest]


@pytest.mark.parametrize(
    ("text", "first", "last", "day"),
    [
        ("2024-02-10", "2024-02-20", None, "2024-02-10"),  # a known day never moves
        ("2024-02-10", None, "2024-02-01", "2024-02-10"),
        ("2024-02", None, None, "2024-02-15"),
        ("2024-02", "2024-02-10", "2024-02-20", "2024-02-15"),  # within already
        ("2024-02", "2024-02-20", None, "2024-02-20"),  # not before the first
        ("2024-02", None, "2024-02-03", "2024-02-03"),  # not after the last
        ("2024-02", "2024-03-01", None, "2024-02-15"),  # a contradiction moves nothing
        ("2024-02", None, "2024-01-31", "2024-02-15"),
        ("2024-02", "2024-02-29", None, "2024-02-29"),  # the border of the month is possible
        ("2024", "2024-09-30", None, "2024-09-30"),
        ("2024-02", "2024-02-25", "2024-02-03", "2024-02-25"),  # bounds crossed: the first prevails
    ],
)
def test_an_imputed_day_moves_into_its_bounds_as_far_as_the_date_allows(text, first, last, day):
    bounds = [None if bound is None else dt.date.fromisoformat(bound) for bound in (first, last)]
    moved = day_of(text).within(*bounds)
    assert moved.day.isoformat() == day
    assert moved.flag == day_of(text).flag


def test_one_date_is_before_another_only_when_that_is_certain():
    assert day_of("2024-01").before(day_of("2024-02-01"))
    assert not day_of("2024-01").before(day_of("2024-01-31"))
    assert not day_of("2024").before(day_of("2024-03"))


def test_a_known_day_has_no_flag():
    day = known_day(dt.date(2024, 5, 3))
    assert (day.flag, day.earliest, day.latest) == ("", dt.date(2024, 5, 3), dt.date(2024, 5, 3))


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="2024-13"):
        day_of("2024-13")
