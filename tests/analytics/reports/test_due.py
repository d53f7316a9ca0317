"""Which facts say that a report is due: working days of whose country, whose day, whose number."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from analytics.models import ReportSchedule, Rhythm
from analytics.reports.due import country_of, due_occasion, enrolled_in, next_due_day
from registry.models import Enrolment, Patient, Study
from registry.scope import scoped_to
from tests.analytics.cohort.test_read import void
from tests.analytics.extract.cohort import enrol, study_of
from tests.factories import CentreFactory, ParticipationFactory, data_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return study_of("jinling")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def takes_part(study: Study, code: str, country: str) -> None:
    centre = CentreFactory.create(code=code, country=country)
    ParticipationFactory.create(study=study, centre=centre)


def monthly(study: Study, made_at: str = "2026-04-20 09:00") -> ReportSchedule:
    return ReportSchedule.objects.create(
        study=study, title="Report", rhythm=Rhythm.MONTHLY, made_at=moment(made_at)
    )


def due_day(schedule: ReportSchedule, now: str) -> dt.date | None:
    found = due_occasion(schedule, now=moment(now))
    return None if found is None else found.day


def test_working_days_are_those_of_the_country_of_most_centres(study: Study) -> None:
    """1 May is a holiday in Germany; in England the first Monday of May, the 4th."""
    schedule = monthly(study)
    assert next_due_day(schedule, now=moment("2026-04-21 09:00")) == dt.date(2026, 5, 1)

    for code, country in (("A", "GB"), ("B", "DE"), ("C", "DE"), ("D", ""), ("E", "")):
        takes_part(study, code, country)

    assert country_of(study) == "DE"
    assert due_day(schedule, "2026-05-03 09:00") is None
    assert due_day(schedule, "2026-05-04 09:00") == dt.date(2026, 5, 4)
    assert next_due_day(schedule, now=moment("2026-04-21 09:00")) == dt.date(2026, 5, 4)


def test_of_countries_with_as_many_centres_the_first_of_the_alphabet_counts(study: Study) -> None:
    takes_part(study, "A", "GB")
    takes_part(study, "B", "DE")
    assert country_of(study) == "DE"
    assert country_of(study_of("cams")) == ""


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", None), ("Pacific/Auckland", dt.date(2026, 6, 1))]
)
def test_the_day_is_that_of_the_installation(
    study: Study, settings: Any, zone: str, day: dt.date | None
) -> None:
    """At 14:00 UTC of Sunday 31 May it is Monday in Auckland."""
    settings.TIME_ZONE = zone
    assert due_day(monthly(study, "2026-05-20 09:00"), "2026-05-31 14:00") == day


def test_a_schedule_made_late_in_the_evening_is_made_on_the_day_of_the_installation(
    study: Study, settings: Any
) -> None:
    """22:30 UTC of 31 May: in Berlin it is 1 June already, on which nothing is due any more."""
    settings.TIME_ZONE = "Europe/Berlin"
    assert due_day(monthly(study, "2026-05-31 22:30"), "2026-06-01 09:00") is None
    assert due_day(monthly(study, "2026-05-31 21:30"), "2026-06-01 09:00") == dt.date(2026, 6, 1)


def test_patients_are_counted_once_at_every_centre_whoever_asks(study: Study) -> None:
    for number, code in enumerate(("A", "A", "B", "C"), start=1):
        enrol(study, f"P-{number}", centre=code)
    enrol(study_of("cams"), "C-1", centre="A")
    void(Patient._base_manager.get(pseudonym="P-3"))

    with scoped_to(data_manager(CentreFactory.create(code="A"))):
        assert enrolled_in(study) == 3
    void(Enrolment._base_manager.get(patient__pseudonym="P-4"))
    assert enrolled_in(study) == 2
