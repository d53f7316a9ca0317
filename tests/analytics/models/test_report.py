"""What the database refuses of scheduled reports."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from analytics.models import ReportIssue, ReportSchedule
from registry.models import Study, User
from tests.factories import StudyFactory, coordinator

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)


@pytest.fixture
def study() -> Study:
    return StudyFactory.create()


@pytest.fixture
def steering(study: Study) -> User:
    return coordinator(study)


COLUMNS = {"title": "x", "rhythm": "monthly", "made_at": NOW}


@pytest.mark.parametrize(
    "columns",
    [
        {"rhythm": "hourly"},
        {"every": 3},
        {"rhythm": "data_cuts", "every": 0},
        {"rhythm": "enrolments"},
        {"rhythm": "enrolments", "every": 0},
        {"rhythm": "enrolments", "every": 10_001},
        {"rhythm": "meetings"},
        {"rhythm": "meetings", "every": 61},
        {"ended_by": True},
    ],
)
def test_the_database_refuses_a_schedule_that_cannot_be(
    study: Study, steering: User, columns: dict[str, object]
) -> None:
    if columns.get("ended_by"):
        columns = {"ended_by": steering}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSchedule.objects.create(study=study, **COLUMNS | columns)
    assert ReportSchedule.objects.create(study=study, **COLUMNS).pk


def test_the_database_refuses_an_issue_that_cannot_be(study: Study, steering: User) -> None:
    made = ReportSchedule.objects.create(study=study, **COLUMNS)
    columns = {
        "schedule": made,
        "occasion": "a",
        "number": 1,
        "due_on": NOW.date(),
        "entered_at": NOW,
    }
    ReportIssue.objects.create(**columns)
    for wrong in (
        {"number": 2},
        {"occasion": "b"},
        {"occasion": "b", "number": 0},
        {"occasion": "b", "number": 2, "made_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportIssue.objects.create(**columns | wrong)
    assert ReportIssue.objects.create(**columns | {"occasion": "test", "tests_for": steering}).pk


def test_the_database_refuses_two_that_replace_one(study: Study) -> None:
    first = ReportSchedule.objects.create(study=study, **COLUMNS)
    ReportSchedule.objects.create(study=study, replaces=first, **COLUMNS)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSchedule.objects.create(study=study, replaces=first, **COLUMNS)
