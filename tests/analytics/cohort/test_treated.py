"""Courses, lesions, adverse events and failures, typed and counted by hand."""

import pandas as pd
import pytest

from registry.models import CtcaeTerm
from registry.scope import system_scope
from tests.analytics.cohort.reading import only, patient_of, read
from tests.analytics.extract.cohort import add_lesion, after, irradiate, study_of
from tests.factories import (
    CourseFactory,
    DiseaseFactory,
    DoseMetricFactory,
    LesionFactory,
    PhaseFactory,
    ProgressionFactory,
    SurgeryFactory,
    TargetFactory,
    TargetLesionFactory,
    ToxicityEventFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study():
    return study_of("jinling")


DOSE = (
    "dose_gy",
    "fraction_count",
    "dose_per_fraction_gy",
    "bed_tumour_gy",
    "bed_normal_gy",
    "eqd2_tumour_gy",
    "eqd2_normal_gy",
)


def plan(study):
    """Two targets: 45 Gy in 5 to both, 5 Gy in 1 more to the second, which treats two lesions."""
    patient = patient_of(study)
    lesions = [
        LesionFactory.create(patient=patient, number=1, site="lung", gtv_cm3=None),
        LesionFactory.create(patient=patient, number=2, site="liver", gtv_cm3=20),
        LesionFactory.create(patient=patient, number=3, site="liver", gtv_cm3=30),
        LesionFactory.create(patient=patient, number=4, site="femur"),
    ]
    course = CourseFactory.create(
        patient=patient,
        number=1,
        started_on=after(0),
        ended_on=after(11),
        technique="cyberknife",
        intent="definitive",
        interruption_days=2,
        is_completed=True,
    )
    first = TargetFactory.create(course=course, number=1, gtv_cm3=11, ptv_cm3=25)
    second = TargetFactory.create(
        course=course, number=2, ptv_cm3=100, prescription_isodose_percent=80
    )
    TargetLesionFactory.create(target=first, lesion=lesions[0])
    TargetLesionFactory.create(target=second, lesion=lesions[1])
    TargetLesionFactory.create(target=second, lesion=lesions[2])
    PhaseFactory.create(course=course, number=1, dose_gy=45, fraction_count=5, fractions_per_week=5)
    PhaseFactory.create(
        course=course, number=2, dose_gy=5, fraction_count=1, kind="boost", target=second
    )
    return patient


class TestCourse:
    def test_dose_is_that_of_the_target_with_the_highest(self, study):
        plan(study)
        # 45 Gy in 5: BED10 85.5, BED3 180, EQD2 71.25 and 108. 5 Gy in 1: 7.5, 13.33, 6.25, 8.
        row = read(study).patients
        assert only(row, *DOSE) == pytest.approx(
            (50, 6, None, 93.0, 193.3333, 77.5, 116.0), abs=1e-4
        )
        assert only(row, "term_days", "interruption_days", "technique", "intent") == (
            12,
            2,
            "cyberknife",
            "definitive",
        )

    def test_volumes_are_summed_over_the_targets_and_lesions_counted_once(self, study):
        plan(study)
        assert only(
            read(study).patients, "target_count", "treated_lesion_count", "gtv_cm3", "ptv_cm3"
        ) == (2, 3, 61, 125)

    def test_a_sum_with_an_unknown_part_is_not_known(self, study):
        patient = patient_of(study)
        course = irradiate(patient)
        TargetFactory.create(course=course, gtv_cm3=5)
        TargetFactory.create(course=course)
        assert only(read(study).patients, "gtv_cm3", "dose_gy") == (None, None)

    def test_courses_and_targets_come_with_their_doses(self, study):
        plan(study)
        cohort = read(study)
        assert only(
            cohort.courses,
            "course",
            "is_completed",
            "dose_gy",
            "fractions_per_week",
            "has_boost",
            "boost_dose_gy",
        ) == (1, "yes", 50, 5, "yes", 5)
        assert cohort.courses.loc[0, "started"] == pd.Timestamp(after(0))
        targets = cohort.targets[["target", "lesion_count", "gtv_cm3", "dose_gy"]]
        assert targets.to_numpy().tolist() == [[1, 1, 11, 45], [2, 2, 50, 50]]
        assert cohort.targets.loc[1, "isodose_percent"] == 80

    def test_a_planned_course_has_not_begun_while_another_has(self, study):
        patient = patient_of(study)
        CourseFactory.create(patient=patient, number=1, started_on=None, ended_on=None)
        irradiate(patient, number=2)
        assert list(read(study).courses["course"]) == [2]

    def test_organ_doses_carry_fractions_and_region(self, study):
        patient = plan(study)
        DiseaseFactory.create(patient=patient, site="thigh", diagnosed_on=None)
        with system_scope():
            course = patient.courses.get()
        DoseMetricFactory.create(course=course, structure="Femur_L", metric="V40Gy", value=60)
        assert only(
            read(study).dose_metrics, "structure", "metric", "value", "fraction_count", "region"
        ) == ("Femur_L", "V40Gy", 60, 6, "extremity")


class TestLesions:
    def test_each_treated_lesion_has_the_dose_and_volume_of_its_target(self, study):
        plan(study)
        lesions = read(study).lesions
        assert list(lesions["LESID"]) == ["1", "2", "3"]
        assert list(lesions["lesion_dose_gy"]) == [45, 50, 50]
        assert list(lesions["lesion_bed_tumour_gy"]) == pytest.approx([85.5, 93, 93])
        assert list(lesions["lesion_gtv_cm3"]) == [11, 20, 30]
        assert list(lesions["lesion_ptv_cm3"]) == [25, 100, 100]
        assert list(lesions["lesion_site_region"]) == ["thorax", "abdomen", "abdomen"]
        assert list(lesions["sex"]) == ["female"] * 3

    def test_a_lesion_treated_twice_has_the_values_of_the_first_course(self, study):
        patient = patient_of(study)
        lesion = add_lesion(patient, 1)
        for start, dose in ((200, 60), (0, 40)):
            course = irradiate(patient, start=start, lesions=[lesion])
            PhaseFactory.create(course=course, dose_gy=dose, fraction_count=5)
        assert only(read(study).lesions, "lesion_dose_gy", "lesion_term_days") == (40, 15)


class TestToxicity:
    @pytest.mark.parametrize(
        ("onset", "phase", "days"),
        # Three months after the last fraction, 29 January 2020, is 29 April: day 105.
        [
            (after(105), "acute", 105),
            (after(106), "late", 106),
            ("2020-04", "", 91),
            (None, "", None),
        ],
    )
    def test_acute_and_late_are_told_by_the_border_of_the_protocol(self, study, onset, phase, days):
        patient = patient_of(study)
        course = irradiate(patient)
        ToxicityEventFactory.create(patient=patient, course=course, onset_on=onset)
        assert only(read(study).toxicities, "phase", "days_from_rt_start") == (phase, days)

    def test_an_event_without_a_suspected_course_belongs_to_the_only_one(self, study):
        patient = patient_of(study)
        irradiate(patient)
        ToxicityEventFactory.create(patient=patient, onset_on=after(20))
        assert only(read(study).toxicities, "phase", "days_from_rt_end") == ("acute", 6)
        irradiate(patient, start=300)
        assert only(read(study).toxicities, "phase", "days_from_rt_end") == ("", None)

    def test_wound_terms_are_marked_and_counted_from_the_operation(self):
        study = study_of("preop")
        patient = patient_of(study)
        irradiate(patient)
        SurgeryFactory.create(patient=patient, performed_on=after(45))
        term = CtcaeTerm.objects.get(release="5.0", term="Wound dehiscence")
        ToxicityEventFactory.create(
            patient=patient, term=term, grade=3, onset_on=after(65), present_before_rt=False
        )
        assert only(
            read(study).toxicities, "term", "grade", "is_wound", "days_from_surgery", "soc"
        ) == (
            "Wound dehiscence",
            3,
            "yes",
            20,
            "Injury, poisoning and procedural complications",
        )


def test_failures_name_lesion_and_days_from_the_origin(study):
    patient = patient_of(study)
    lesion = add_lesion(patient, 7)
    irradiate(patient, lesions=[lesion])
    ProgressionFactory.create(patient=patient, number=2, occurred_on=after(-3), kind="distant")
    ProgressionFactory.create(
        patient=patient, number=1, lesion=lesion, occurred_on=after(90), field_relation="in_field"
    )
    ProgressionFactory.create(patient=patient, number=3, occurred_on=None, is_new_lesion=True)
    found = read(study).progressions
    assert list(found["LESID"]) == ["7", "", ""]
    assert list(found["kind"]) == ["local", "distant", "local"]
    assert list(found["is_new_lesion"]) == ["", "", "yes"]
    assert found["days_from_origin"].tolist()[:2] == [90, -3]
    assert pd.isna(found.loc[2, "found"])
