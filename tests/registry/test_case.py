"""A case: one patient with all rows, in a fixed number of queries."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from registry.case import CASE_MODELS, Case, load_case, load_cases
from registry.models import Course, Lesion, Patient, Phase, TargetLesion
from registry.scope import scoped_to, system_scope
from tests.factories import (
    CentreFactory,
    LesionFactory,
    PatientFactory,
    PhaseFactory,
    TargetLesionFactory,
    ToxicityEventFactory,
    data_manager,
)

pytestmark = pytest.mark.django_db


def _patient() -> Patient:
    link = TargetLesionFactory.create()
    course = link.target.course
    PhaseFactory.create(course=course, target=link.target)
    ToxicityEventFactory.create(patient=course.patient, course=course)
    return course.patient


@pytest.mark.parametrize("count", [1, 4])
def test_cases_are_loaded_in_one_query_per_table(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    patients = [_patient() for _ in range(count)]

    with system_scope(), django_assert_num_queries(len(CASE_MODELS)):
        cases = load_cases(patients)

    assert len(cases) == count
    assert all(len(list(case.all_rows())) == 7 for case in cases)


def test_rows_of_a_case_share_their_instances() -> None:
    patient = _patient()

    with system_scope():
        case = load_case(patient)

    (course,), (phase,), (link,) = case.of(Course), case.of(Phase), case.of(TargetLesion)
    assert phase.course is course
    assert course.patient is patient
    assert link.lesion is case.of(Lesion)[0]


def test_voided_rows_are_left_out() -> None:
    lesion = LesionFactory.create(voided_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    with system_scope():
        assert load_case(lesion.patient).of(Lesion) == []


def test_another_centres_case_has_no_rows_in_scope() -> None:
    patient = _patient()

    with scoped_to(data_manager(CentreFactory.create())):
        assert list(load_case(patient).all_rows()) == [patient]


def test_a_row_that_is_edited_takes_the_place_of_the_saved_one() -> None:
    lesion = LesionFactory.create()
    with system_scope():
        case = load_case(lesion.patient)
    lesion.site = "thigh"

    case.add(lesion)

    assert [row.site for row in case.of(Lesion)] == ["thigh"]


def test_unsaved_rows_are_added() -> None:
    patient = PatientFactory.build(centre=None)
    case = Case(patient)

    case.add(Lesion(patient=patient, number=1))
    case.add(Lesion(patient=patient, number=2))

    assert [row.number for row in case.of(Lesion)] == [1, 2]
