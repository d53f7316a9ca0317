"""How long before, within or after a course something was, in words."""

import pytest

from registry.entry.intervals import since_course
from registry.models import Course
from registry.partial_date import PartialDate


def course(started_on: str | None = "2024-01-15", ended_on: str | None = "2024-01-31") -> Course:
    return Course(
        started_on=PartialDate.parse(started_on) if started_on else None,
        ended_on=PartialDate.parse(ended_on) if ended_on else None,
    )


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2024-01-05", "10 days before the first fraction"),
        ("2024-01-14", "1 day before the first fraction"),
        ("2024-01-15", "day 1 of the course"),
        ("2024-01-31", "day 17 of the course"),
        ("2024-02-01", "1 day after the last fraction"),
        # 2024 is a leap year: 29 days of February and 31 of March.
        ("2024-03-31", "60 days after the last fraction"),
    ],
)
def test_days_are_counted_from_the_nearer_end_of_the_course(on, words):
    assert since_course(PartialDate.parse(on), course()) == words


@pytest.mark.parametrize(
    ("on", "of"),
    [
        (None, course()),
        (PartialDate(2024, 2, 1), None),
        (PartialDate(2024, 2), course()),
        (PartialDate(2024), course()),
        (PartialDate(2024, 2, 1), course(ended_on="2024-01")),
        (PartialDate(2024, 1, 20), course(started_on=None)),
        (PartialDate(2024, 1, 20), course(ended_on=None)),
    ],
)
def test_nothing_is_said_where_a_day_is_not_known(on, of):
    assert since_course(on, of) == ""


def test_the_end_alone_is_enough_for_what_came_after_it():
    assert (
        since_course(PartialDate(2024, 2, 2), course(started_on=None))
        == "2 days after the last fraction"
    )
