"""The status of a case says what is missing and unlikely, and follows every write."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from registry.case import load_cases
from registry.models import (
    CaseStatus,
    Confirmation,
    Enrolment,
    Patient,
    ProtocolVersion,
    Screening,
)
from registry.models.choices import FormState
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services.case_drafts import CaseDraft, Draft
from registry.services.case_merge import Destination
from registry.services.cases import CaseResult, Pseudonyms, write_cases
from registry.services.status import check, refresh, refresh_all, refresh_patient
from tests.factories import (
    CentreFactory,
    CourseFactory,
    DiseaseFactory,
    EnrolmentFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def _patient() -> Patient:
    enrolment: Enrolment = EnrolmentFactory.create()
    return enrolment.patient


def _status(patient: Patient) -> CaseStatus:
    with system_scope():
        status: CaseStatus = CaseStatus.objects.get(patient=patient)
    return status


def test_a_status_counts_what_is_missing() -> None:
    patient = _patient()
    DiseaseFactory.create(patient=patient, diagnosed_on=None, grade="")

    refresh_patient(patient)

    status = _status(patient)
    assert status.disease == FormState.PARTIAL
    assert status.courses == FormState.MISSING
    assert status.incomplete_count == 2
    assert status.unconfirmed_count == 0


def test_a_confirmed_value_is_not_counted_as_unlikely_any_more() -> None:
    patient = _patient()
    disease = DiseaseFactory.create(patient=patient, size_cm=75)
    refresh_patient(patient)
    assert _status(patient).unconfirmed_count == 1

    with system_scope():
        Confirmation.objects.create(
            patient=patient,
            check_id="large-tumour",
            entity="disease",
            row_id=disease.pk,
            field="size_cm",
            value="75",
            reason="Measured twice.",
            at=timezone.now(),
        )
    refresh_patient(patient)

    assert _status(patient).unconfirmed_count == 0
    assert _status(patient).disease == FormState.COMPLETE


def test_a_status_is_rewritten_not_added() -> None:
    patient = _patient()
    refresh_patient(patient)
    phase = PhaseFactory.create(course=CourseFactory.create(patient=patient))
    refresh_patient(patient)

    assert phase.course.patient == patient
    assert _status(patient).courses == FormState.PARTIAL


@pytest.mark.parametrize("count", [1, 5])
def test_statuses_of_many_cases_take_three_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with system_scope():
        cases = load_cases([_patient() for _ in range(count)])
        checked = [check(case) for case in cases]

        with django_assert_num_queries(3):
            refresh(checked)

        assert CaseStatus.objects.count() == count


def test_every_patient_gets_a_status_by_command() -> None:
    patients = [_patient() for _ in range(3)]
    out = StringIO()

    call_command("refresh_status", stdout=out)

    assert out.getvalue() == "3 cases\n"
    assert all(_status(patient).screening == FormState.COMPLETE for patient in patients)


def test_a_patient_that_was_taken_back_has_no_status() -> None:
    patient = PatientFactory.create()
    refresh_patient(patient)
    patient.voided_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    with system_scope():
        patient.save()

    refresh_patient(patient)

    assert refresh_all() == 0
    with system_scope():
        assert not CaseStatus.objects.exists()


def _import(version: ProtocolVersion, *rows: Draft) -> CaseResult:
    centre = CentreFactory.create(code="A")
    patient = Draft(Patient, (), {"pseudonym": "A-1"}, origin="patient")
    into = Destination(version.study, centre, version)
    drafts = [CaseDraft("A-1", patient, list(rows))]
    (result,) = write_cases(
        drafts, into=into, pseudonyms=Pseudonyms(), by=None, reason="import of x"
    )
    return result


def _enrolment_and_screening() -> tuple[Draft, Draft]:
    screened = {"outcome": "not_enrolled", "reason_not_enrolled": "declined"}
    return (
        Draft(Enrolment, (), {"enrolled_on": PartialDate(2024, 1, 10)}, origin="enrolment"),
        Draft(Screening, (3,), screened, origin="screening"),
    )


def test_an_import_writes_the_status_of_its_cases() -> None:
    version = ProtocolVersionFactory.create()

    result = _import(version, _enrolment_and_screening()[0])

    assert not result.refusals
    with system_scope():
        status = CaseStatus.objects.get()
    assert (status.screening, status.courses) == (FormState.PARTIAL, FormState.MISSING)
    # Sex and birth date: asked for by a check and by the protocol, missing once each.
    assert status.incomplete_count == 2


def test_an_import_checks_the_screening_with_the_rest_of_the_case() -> None:
    version = ProtocolVersionFactory.create()

    result = _import(version, *_enrolment_and_screening())

    assert not result.refusals
    assert "screening-outcome" in {check for _, check, _ in result.remarks}
    with system_scope():
        assert CaseStatus.objects.get().unconfirmed_count == 1
