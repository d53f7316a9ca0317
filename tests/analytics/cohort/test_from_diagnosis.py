"""Treatment as a value of patients in a study that counts from the diagnosis."""

import pytest

from tests.analytics.cohort.reading import only, patient_of, read
from tests.analytics.extract.cohort import after, irradiate, study_of
from tests.factories import CourseFactory, ProgressionFactory, SurgeryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


UNDATED = {"performed_on": None, "missing": {"performed_on": "unknown"}}


@pytest.fixture
def study():
    return study_of("tcga_sarc")


@pytest.fixture
def patient(study):
    return patient_of(study)


def values(study, *names):
    return only(read(study).patients, *names)


def operate(patient, days, residual, **more):
    performed = {"performed_on": after(days)} if days is not None else UNDATED
    SurgeryFactory.create(patient=patient, residual_tumour=residual, **{**performed, **more})


class TestRadiotherapy:
    def test_without_a_course_there_was_none(self, study, patient):
        assert values(study, "had_radiotherapy") == "no"

    @pytest.mark.parametrize(
        ("progression", "expected"), [(None, "yes"), (1, "yes"), (0, "no"), (-30, "no")]
    )
    def test_a_course_counts_that_begins_before_any_progression(
        self, study, patient, progression, expected
    ):
        irradiate(patient)
        if progression is not None:
            ProgressionFactory.create(patient=patient, occurred_on=after(progression))
        assert values(study, "had_radiotherapy") == expected

    def test_of_several_courses_the_earliest_counts(self, study, patient):
        irradiate(patient, start=0, number=2)
        irradiate(patient, start=400, number=1)
        ProgressionFactory.create(patient=patient, occurred_on=after(390))
        assert values(study, "had_radiotherapy") == "yes"

    @pytest.mark.parametrize("progressed", [False, True])
    def test_a_course_without_a_day_leaves_it_open_whatever_came_later(
        self, study, patient, progressed
    ):
        CourseFactory.create(
            patient=patient,
            started_on=None,
            ended_on=None,
            missing={"started_on": "unknown", "ended_on": "unknown"},
        )
        if progressed:
            ProgressionFactory.create(patient=patient, occurred_on=after(50))
        assert values(study, "had_radiotherapy") == ""


class TestOperation:
    def test_the_margin_is_that_of_the_first_operation_not_of_a_recurrence(self, study, patient):
        operate(patient, 20, "r1")
        operate(patient, 700, "r0")
        assert values(study, "residual_tumour", "surgery_timing") == ("r1", "")

    def test_a_biopsy_and_a_metastasectomy_are_not_the_operation(self, study, patient):
        operate(patient, 0, "r2", procedure="biopsy")
        operate(patient, 5, "r2", procedure="metastasectomy")
        operate(patient, 20, "r0", procedure="wide_excision")
        assert values(study, "residual_tumour") == "r0"

    def test_where_one_has_no_day_the_first_is_not_known(self, study, patient):
        operate(patient, None, "r0")
        operate(patient, 700, "r1")
        assert values(study, "residual_tumour") == ""

    def test_it_may_come_before_or_after_radiotherapy(self, study, patient):
        irradiate(patient)
        operate(patient, 40, "r0")
        assert values(study, "surgery_timing", "surgery_to_rt_days") == ("after_rt", -40)
