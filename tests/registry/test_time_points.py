"""The days that a protocol counts from, of one case."""

from __future__ import annotations

import pytest

from registry.case import load_case
from registry.models import Patient
from registry.partial_date import PartialDate
from registry.protocols import Protocol
from registry.protocols.vocabulary import TimePoint
from registry.scope import system_scope
from registry.time_points import first_course, time_point
from tests.factories import (
    CourseFactory,
    DiseaseFactory,
    EnrolmentFactory,
    PatientFactory,
    ProtocolVersionFactory,
    SurgeryFactory,
)

pytestmark = pytest.mark.django_db


def day(patient: Patient, point: TimePoint, study: str = "cams") -> PartialDate | None:
    protocol: Protocol = ProtocolVersionFactory.create(study__key=study).protocol
    with system_scope():
        return time_point(load_case(patient), point, protocol)


def test_radiotherapy_is_the_course_that_began_first():
    patient = PatientFactory.create()
    CourseFactory.create(patient=patient, number=1, started_on="2025-03", ended_on="2025-04")
    CourseFactory.create(patient=patient, number=2, started_on=None, ended_on=None)
    CourseFactory.create(patient=patient, number=3, started_on="2024-01-15", ended_on="2024-01-31")

    with system_scope():
        course = first_course(load_case(patient))
    assert course is not None
    assert course.number == 3
    assert day(patient, TimePoint.FIRST_RT_DAY) == PartialDate(2024, 1, 15)
    assert day(patient, TimePoint.LAST_RT_DAY) == PartialDate(2024, 1, 31)


@pytest.mark.parametrize(
    ("study", "performed_on"), [("cams", "2023-10-02"), ("preop", "2024-03-01")]
)
def test_surgery_is_the_operation_that_the_protocol_speaks_of(study, performed_on):
    """Before radiotherapy under cams, after it under the pre-operative protocol."""
    patient = PatientFactory.create()
    CourseFactory.create(patient=patient)
    SurgeryFactory.create(patient=patient, performed_on="2023-10-02")
    SurgeryFactory.create(patient=patient, performed_on="2024-03-01")
    SurgeryFactory.create(patient=patient, performed_on="2023-12-01", procedure="biopsy")

    assert day(patient, TimePoint.SURGERY, study) == PartialDate.parse(performed_on)


def test_diagnosis_is_that_of_the_first_disease_with_a_date():
    patient = PatientFactory.create()
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on=None)
    DiseaseFactory.create(patient=patient, number=2, diagnosed_on="2023-06")

    assert day(patient, TimePoint.DIAGNOSIS) == PartialDate(2023, 6)


def test_enrolment_has_its_own_day():
    patient = PatientFactory.create()
    EnrolmentFactory.create(patient=patient, enrolled_on="2023-12-01")

    assert day(patient, TimePoint.ENROLMENT) == PartialDate(2023, 12, 1)


@pytest.mark.parametrize("point", list(TimePoint))
def test_what_is_not_on_file_has_no_day(point):
    assert day(PatientFactory.create(), point) is None
