"""Values of patients at the time origin, typed and counted by hand."""

import pytest

from tests.analytics.cohort.reading import only, patient_of, read
from tests.analytics.extract.cohort import after, irradiate, study_of
from tests.factories import (
    BaselineFactory,
    DiseaseFactory,
    LesionFactory,
    PriorRadiotherapyFactory,
    ProgressionFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
    TreatmentHistoryFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study():
    return study_of("jinling")


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
