"""Values of patients and lesions at the time origin, typed and counted by hand."""

import pandas as pd
import pytest

from analytics.cohort.read import read_cohort
from registry.models import CtcaeTerm
from registry.scope import system_scope
from tests.analytics.extract.cohort import add_lesion, after, enrol, irradiate, study_of
from tests.factories import (
    BaselineFactory,
    CourseFactory,
    DiseaseFactory,
    DoseMetricFactory,
    LesionFactory,
    PhaseFactory,
    PriorRadiotherapyFactory,
    ProgressionFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
    TargetFactory,
    TargetLesionFactory,
    ToxicityEventFactory,
    TreatmentHistoryFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def read(study):
    with system_scope():
        return read_cohort(study)


def only(frame, *names):
    """Values of the only row; missing ones as None."""
    (row,) = frame.to_dict("records")
    values = [None if pd.isna(row[name]) else row[name] for name in names]
    return values[0] if len(values) == 1 else tuple(values)


@pytest.fixture
def study():
    return study_of("jinling")


def patient_of(study, **values):
    return enrol(study, "P-1", **values)


class TestBaseline:
    def test_age_is_in_completed_years_on_the_first_day_of_radiotherapy(self, study):
        # Born 17 May 1960, irradiated from 15 January 2020.
        irradiate(patient_of(study))
        assert only(read(study).patients, "sex", "age") == ("female", 59)

    def test_age_counts_to_the_operation_where_the_protocol_counts_from_it(self):
        study = study_of("cams")
        patient = patient_of(study)
        irradiate(patient)
        SurgeryFactory.create(patient=patient, performed_on="2019-05-16")
        assert only(read(study).patients, "age") == 58

    def test_the_baseline_of_the_first_course_goes_before_one_without_a_course(self, study):
        patient = patient_of(study)
        second = irradiate(patient, start=300, number=1)
        first = irradiate(patient, start=0, number=2)
        BaselineFactory.create(patient=patient, number=1, course=second, kps=50, ecog=3)
        BaselineFactory.create(patient=patient, number=2, kps=70, setting="recurrence")
        BaselineFactory.create(patient=patient, number=3, course=first, kps=90)
        assert only(read(study).patients, "kps", "ecog", "setting") == (90, None, "recurrence")

    def test_a_state_seen_later_is_no_value_at_the_origin(self, study):
        patient = patient_of(study)
        irradiate(patient)
        BaselineFactory.create(patient=patient, assessed_on=after(1), kps=60)
        assert only(read(study).patients, "kps") is None

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            # 59 years of age: one point.
            ({"cci": 6, "cci_age_adjusted": 8}, (6, 8)),
            ({"cci": 6}, (6, 7)),
            ({"comorbidities": "diabetes;metastatic_tumour"}, (7, 8)),
            ({"comorbidities": "none"}, (0, 1)),
            ({}, (None, None)),
        ],
    )
    def test_the_reported_charlson_index_counts_else_that_of_the_conditions(
        self, study, values, expected
    ):
        patient = patient_of(study)
        BaselineFactory.create(patient=patient, course=irradiate(patient), **values)
        assert only(read(study).patients, "cci", "cci_age_adjusted") == expected


class TestDisease:
    def test_codes_come_with_region_and_group(self, study):
        patient = patient_of(study)
        irradiate(patient)
        DiseaseFactory.create(
            patient=patient,
            diagnosed_on="2020",
            site="thigh",
            morphology="8850/3",
            histology="liposarcoma",
            grade="3",
            size_cm="7.5",
            depth="deep",
            ajcc_edition=7,
            ajcc_stage="III",
            metastatic_at_diagnosis=False,
        )
        names = ("site", "site_region", "histology_group", "grade", "size_cm", "depth")
        row = read(study).patients
        assert only(row, *names) == (
            "thigh",
            "lower_extremity",
            "adipocytic",
            "3",
            7.5,
            "deep",
        )
        assert only(row, "ajcc_edition", "ajcc_stage", "metastatic_at_diagnosis", "multifocal") == (
            "7",
            "III",
            "no",
            "",
        )

    def test_the_lowest_numbered_disease_known_at_the_origin_counts(self, study):
        patient = patient_of(study)
        irradiate(patient)
        DiseaseFactory.create(patient=patient, number=1, diagnosed_on=after(30), grade="1")
        DiseaseFactory.create(patient=patient, number=3, diagnosed_on=after(-30), grade="2")
        DiseaseFactory.create(patient=patient, number=2, diagnosed_on=None, grade="3")
        assert only(read(study).patients, "grade") == "3"

    def test_intervals_run_from_diagnosis_to_the_first_relapse_and_to_radiotherapy(self, study):
        patient = patient_of(study)
        irradiate(patient)
        DiseaseFactory.create(patient=patient, diagnosed_on=after(-400))
        LesionFactory.create(
            patient=patient, status="distant_metastasis", found_on=after(-100), number=1
        )
        LesionFactory.create(
            patient=patient, status="resectable_primary", found_on=after(-390), number=2
        )
        ProgressionFactory.create(patient=patient, occurred_on=after(-150), kind="distant")
        ProgressionFactory.create(patient=patient, occurred_on=after(50), kind="distant")
        assert only(read(study).patients, "diagnosis_to_rt_days", "diagnosis_to_relapse_days") == (
            400,
            250,
        )

    def test_without_a_relapse_before_radiotherapy_there_is_no_interval(self, study):
        patient = patient_of(study)
        irradiate(patient)
        DiseaseFactory.create(patient=patient, diagnosed_on=after(-400))
        ProgressionFactory.create(patient=patient, occurred_on=after(1))
        assert only(read(study).patients, "diagnosis_to_relapse_days") is None


SURGERY = ("had_surgery", "surgery_timing", "residual_tumour", "surgery_to_rt_days")


class TestSurgery:
    def test_the_last_removal_before_radiotherapy_is_the_operation(self):
        study = study_of("cams")
        patient = patient_of(study)
        irradiate(patient)
        for days, procedure, residual in (
            (-90, "marginal_excision", "r1"),
            (-40, "re_excision", "r0"),
            (-20, "reconstruction", "r2"),
            (200, "amputation", "r0"),
        ):
            SurgeryFactory.create(
                patient=patient,
                performed_on=after(days),
                procedure=procedure,
                residual_tumour=residual,
                operation_count=2 if days == -40 else None,
            )
        row = read(study).patients
        assert only(row, *SURGERY) == ("yes", "before_rt", "r0", 40)
        assert only(row, "procedure", "operation_count") == ("re_excision", 2)

    def test_the_first_operation_after_radiotherapy_where_the_protocol_operates_then(self):
        study = study_of("preop")
        patient = patient_of(study)
        irradiate(patient)
        SurgeryFactory.create(patient=patient, performed_on=after(45), residual_tumour="r0")
        assert only(read(study).patients, *SURGERY) == ("yes", "after_rt", "r0", -45)

    @pytest.mark.parametrize(
        ("told", "surgery", "expected"),
        [
            (None, None, ""),
            (False, None, "no"),
            (True, None, "yes"),
            (None, after(100), "no"),
            (True, after(100), "no"),
        ],
    )
    def test_without_that_operation_the_history_tells(self, study, told, surgery, expected):
        patient = patient_of(study)
        irradiate(patient)
        TreatmentHistoryFactory.create(patient=patient, had_surgery=told)
        if surgery:
            SurgeryFactory.create(patient=patient, performed_on=surgery)
        assert only(read(study).patients, "had_surgery", "surgery_timing") == (expected, "")


DRUGS = ("had_chemotherapy", "chemotherapy_timing", "chemotherapy_before_rt")


class TestDrugs:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"started_on": after(-30), "timing": "neoadjuvant"}, ("yes", "neoadjuvant", "yes")),
            ({"started_on": after(0), "timing": "sequential"}, ("yes", "sequential", "no")),
            ({"started_on": after(5), "timing": "concurrent"}, ("yes", "concurrent", "no")),
            ({"started_on": after(40), "timing": "adjuvant"}, ("no", "", "no")),
            ({"timing": "neoadjuvant"}, ("yes", "neoadjuvant", "yes")),
            ({"timing": "adjuvant"}, ("", "", "")),
        ],
    )
    def test_only_what_began_by_the_origin_counts(self, study, values, expected):
        patient = patient_of(study)
        irradiate(patient)
        SystemicTherapyFactory.create(patient=patient, **values)
        assert only(read(study).patients, *DRUGS) == expected

    def test_no_systemic_therapy_is_an_answer_for_every_kind(self, study):
        patient = patient_of(study)
        irradiate(patient)
        TreatmentHistoryFactory.create(
            patient=patient, had_systemic_therapy=False, had_prior_radiotherapy=False
        )
        assert only(
            read(study).patients,
            "had_chemotherapy",
            "had_targeted_therapy",
            "had_immunotherapy",
            "had_interventional_therapy",
            "had_prior_radiotherapy",
        ) == ("no", "no", "no", "no", "no")

    def test_earlier_radiotherapy_on_file_goes_before_the_answer(self, study):
        patient = patient_of(study)
        TreatmentHistoryFactory.create(patient=patient, had_prior_radiotherapy=None)
        PriorRadiotherapyFactory.create(patient=patient)
        assert only(read(study).patients, "had_prior_radiotherapy") == "yes"


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
