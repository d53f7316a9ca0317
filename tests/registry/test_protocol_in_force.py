"""A patient comes under the protocol version that is in force on the day of enrolment."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from registry.models import Enrolment, ProtocolVersion, Study
from registry.partial_date import PartialDate
from registry.protocol_in_force import day_of_enrolment, in_force
from registry.services.patients import enrol_patient
from tests.factories import ParticipationFactory, PatientFactory, ProtocolVersionFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def study() -> Study:
    """Versions effective from 2020, from June 2025 on, and from April 2026 on."""
    first = ProtocolVersionFactory.create(effective_on=dt.date(2020, 1, 1))
    for number, day in ((2, dt.date(2025, 6, 1)), (3, dt.date(2026, 4, 1))):
        ProtocolVersionFactory.create(study=first.study, number=number, effective_on=day)
    return first.study


@pytest.mark.parametrize(
    ("on", "number"),
    [
        ("2019-12-31", 1),  # before the first: that one
        ("2025-05-31", 1),
        ("2025-06-01", 2),
        ("2026-03-31", 2),
        ("2026-04-01", 3),
    ],
)
def test_the_newest_effective_version_is_in_force(study: Study, on: str, number: int) -> None:
    day = dt.date.fromisoformat(on)

    assert study.protocol_version(day).number == number
    assert in_force(study.protocol_versions.all(), day).number == number


def test_without_a_day_it_is_that_of_today(study: Study) -> None:
    assert study.protocol_version().number == 2


def test_of_two_from_the_same_day_the_later_holds(study: Study) -> None:
    ProtocolVersionFactory.create(study=study, number=4, effective_on=dt.date(2026, 4, 1))

    assert study.protocol_version(dt.date(2026, 4, 1)).number == 4


def test_a_study_without_a_version_has_none_in_force() -> None:
    with pytest.raises(ValueError, match="no protocol version"):
        in_force([], NOW.date())
    with pytest.raises(ProtocolVersion.DoesNotExist):
        Study.objects.create(key="new", title="New").protocol_version()


@pytest.mark.parametrize(
    ("enrolled_on", "day"),
    [
        (None, dt.date(2026, 3, 10)),
        ("2025-05-31", dt.date(2025, 5, 31)),
        ("2025-05", dt.date(2025, 5, 31)),
        ("2026", dt.date(2026, 3, 10)),  # not after today
    ],
)
def test_the_day_of_an_enrolment(enrolled_on: str | None, day: dt.date) -> None:
    known = PartialDate.parse(enrolled_on) if enrolled_on else None

    assert day_of_enrolment(known) == day


@pytest.mark.parametrize(("enrolled_on", "number"), [(None, 2), ("2025-05-31", 1), ("2026-02", 2)])
def test_a_patient_is_enrolled_under_the_version_of_the_day(
    study: Study, enrolled_on: str | None, number: int
) -> None:
    patient = PatientFactory.create()
    ParticipationFactory.create(study=study, centre=patient.centre)

    enrolment: Enrolment = enrol_patient(
        patient=patient,
        study=study,
        by=None,
        enrolled_on=PartialDate.parse(enrolled_on) if enrolled_on else None,
    )

    assert enrolment.protocol_version.number == number
