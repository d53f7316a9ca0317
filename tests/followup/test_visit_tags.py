"""How expected visits are told on the pages."""

import datetime as dt

import pytest

from followup.schedules import VisitStatus
from followup.templatetags.visits import status_word
from registry.templatetags.ui import STATES

OPENS, CLOSES = dt.date(2024, 5, 1), dt.date(2024, 5, 15)


@pytest.mark.parametrize(
    ("status", "today", "word"),
    [
        (VisitStatus.OVERDUE, dt.date(2024, 5, 16), "1 day overdue"),
        (VisitStatus.OVERDUE, dt.date(2024, 6, 14), "30 days overdue"),
        (VisitStatus.PLANNED, dt.date(2024, 4, 30), "Opens in 1 day"),
        (VisitStatus.PLANNED, dt.date(2024, 4, 1), "Opens in 30 days"),
        (VisitStatus.DUE, dt.date(2024, 5, 10), "Due"),
        (VisitStatus.DONE, dt.date(2024, 5, 10), "Done"),
    ],
)
def test_a_status_is_told_with_the_days_that_matter(status, today, word) -> None:
    assert status_word(status, OPENS, CLOSES, today) == word


def test_a_visit_without_dates_is_told_without_days() -> None:
    today = dt.date(2024, 5, 10)

    assert status_word(VisitStatus.WAITING, None, None, today) == "Waiting for a date"
    assert status_word(VisitStatus.PLANNED, None, None, today) == "Planned"


@pytest.mark.parametrize("status", VisitStatus)
def test_every_status_has_a_mark_and_a_word(status: VisitStatus) -> None:
    assert str(status) in STATES
    assert status_word(status, OPENS, CLOSES, OPENS)
