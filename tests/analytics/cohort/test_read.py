"""A study in frames: who and what is in them, in how many queries, at a cut and within a scope."""

import datetime as dt

import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.cohort import columns
from analytics.cohort.read import read_cohort
from analytics.extract import time_to_event
from registry.models import Baseline, Patient
from registry.scope import Scope, ScopeError, scoped_to, system_scope, use_scope
from tests.analytics.extract.cohort import (
    FIRST_DAY,
    add_lesion,
    after,
    die,
    enrol,
    follow,
    irradiate,
    see,
    study_of,
)
from tests.factories import (
    BaselineFactory,
    CentreFactory,
    DiseaseFactory,
    DoseMetricFactory,
    LossToFollowUpFactory,
    ParticipationFactory,
    PhaseFactory,
    ProgressionFactory,
    ScreeningFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
    ToxicityEventFactory,
    coordinator,
    data_manager,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

FRAMES = {
    "patients": columns.PATIENTS,
    "lesions": columns.LESIONS,
    "courses": columns.COURSES,
    "targets": columns.TARGETS,
    "dose_metrics": columns.DOSE_METRICS,
    "toxicities": columns.TOXICITIES,
    "progressions": columns.PROGRESSIONS,
    "losses": columns.LOSSES,
    "screenings": columns.SCREENINGS,
}


@pytest.fixture
def study():
    return study_of("jinling")


def read(study, **keywords):
    with system_scope():
        return read_cohort(study, **keywords)


def void(row):
    with system_scope():
        type(row).objects.filter(pk=row.pk).update(
            voided_at=timezone.now(), void_reason="entered twice", version=row.version + 1
        )


def whole_case(study, pseudonym):
    patient = enrol(study, pseudonym)
    lesion = add_lesion(patient, 1)
    course = irradiate(patient, lesions=[lesion])
    PhaseFactory.create(course=course)
    BaselineFactory.create(patient=patient, course=course)
    DiseaseFactory.create(patient=patient)
    SurgeryFactory.create(patient=patient, performed_on=after(-60))
    SystemicTherapyFactory.create(patient=patient, started_on=after(-30))
    DoseMetricFactory.create(course=course)
    ToxicityEventFactory.create(patient=patient, course=course, onset_on=after(20))
    ProgressionFactory.create(patient=patient, lesion=lesion, occurred_on=after(200))
    LossToFollowUpFactory.create(
        patient=patient, last_known_alive_on=after(300), declared_on=after(700)
    )
    ScreeningFactory.create(study=study, centre=patient.centre, patient=patient, outcome="enrolled")
    return patient


def test_the_frames_have_the_columns_and_types_of_the_contract(study):
    empty = read(study)
    whole_case(study, "P-1")
    full = read(study)
    for name, schema in FRAMES.items():
        for cohort, rows in ((empty, 0), (full, 1)):
            frame = getattr(cohort, name)
            assert len(frame) == rows, name
            assert {column: str(kind) for column, kind in frame.dtypes.items()} == schema, name


def test_no_text_is_none_and_no_number_is_guessed_where_nothing_is_on_file(study):
    enrol(study, "P-1")
    (row,) = read(study).patients.to_dict("records")
    told = {"USUBJID": "P-1", "SITEID": "A", "sex": "female"}
    assert {key: row[key] for key in told} == told
    # That no course is on file is an answer.
    assert row["had_radiotherapy"] == "no"
    for column, kind in columns.PATIENT_VALUES.items():
        if column not in {"sex", "had_radiotherapy"}:
            assert row[column] == "" if kind == columns.TEXT else pd.isna(row[column]), column


def test_the_number_of_queries_does_not_grow_with_the_patients(study):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            cohort = read(study)
        return len(cohort.patients), len(captured)

    for number in range(3):
        whole_case(study, f"P-{number}")
    few = queries()
    for number in range(3, 30):
        whole_case(study, f"P-{number}")
    many = queries()
    assert (few[0], many[0]) == (3, 30)
    assert few[1] == many[1]


def test_facts_and_frames_tell_of_the_same_patients_in_the_same_order(study):
    for pseudonym in ("P-3", "P-1", "P-2"):
        follow(study, pseudonym, 100, died=False)
    cohort = read(study)
    assert list(cohort.patients["USUBJID"]) == ["P-1", "P-2", "P-3"]
    assert [patient.pseudonym for patient in cohort.facts.patients] == ["P-1", "P-2", "P-3"]
    assert (cohort.study_key, cohort.protocol.key, cohort.protocol_version) == (
        "jinling",
        "jinling",
        1,
    )


def test_readers_see_the_rows_of_their_scope_and_nobody_sees_them_outside_of_one(study):
    here = whole_case(study, "P-1").centre
    elsewhere = enrol(study, "P-2", centre="B")
    irradiate(elsewhere, lesions=[add_lesion(elsewhere, 1)])
    ScreeningFactory.create(study=study, centre=CentreFactory.create(code="B"))
    ParticipationFactory.create(study=study, centre=here)

    def seen(user):
        with scoped_to(user):
            cohort = read_cohort(study)
        return list(cohort.patients["USUBJID"]), len(cohort.courses), len(cohort.screenings)

    assert seen(data_manager(here)) == (["P-1"], 1, 1)
    assert seen(coordinator(study)) == (["P-1", "P-2"], 2, 2)
    assert seen(coordinator(study_of("cnao"))) == ([], 0, 0)
    with pytest.raises(ScopeError):
        read_cohort(study)


def test_voided_rows_and_rows_of_voided_parents_are_left_out(study):
    patient = whole_case(study, "P-1")
    second = irradiate(patient, start=-200, lesions=[add_lesion(patient, 2)])
    PhaseFactory.create(course=second, dose_gy=70)
    DoseMetricFactory.create(course=second)
    void(second)
    with system_scope():
        void(Baseline.objects.get(patient=patient))
    void(whole_case(study, "P-2"))
    cohort = read(study)
    assert [len(getattr(cohort, name)) for name in FRAMES] == [1] * len(FRAMES)
    assert cohort.patients.loc[0, "dose_gy"] == 50
    assert pd.isna(cohort.patients.loc[0, "kps"])


def test_a_data_cut_leaves_out_what_came_later(study):
    patient = whole_case(study, "P-1")
    later = irradiate(patient, start=400, lesions=[add_lesion(patient, 2)])
    PhaseFactory.create(course=later, dose_gy=70)
    ToxicityEventFactory.create(patient=patient, course=later, onset_on=after(410))

    def sizes(days):
        cohort = read(study, data_cut=FIRST_DAY + dt.timedelta(days=days))
        names = ("courses", "lesions", "toxicities", "progressions", "losses")
        return [len(getattr(cohort, name)) for name in names]

    assert sizes(-1) == [0, 0, 0, 0, 0]
    assert sizes(19) == [1, 1, 0, 0, 0]
    assert sizes(200) == [1, 1, 1, 1, 0]
    assert sizes(700) == [2, 2, 2, 1, 1]
    unfinished = read(study, data_cut=FIRST_DAY + dt.timedelta(days=3)).courses
    assert pd.isna(unfinished.loc[0, "ended"])
    assert pd.isna(unfinished.loc[0, "term_days"])


def test_a_data_cut_is_refused_where_dates_are_relative(study):
    study.dates_are_relative = True
    with pytest.raises(ValueError, match="jinling are relative"):
        read(study, data_cut=FIRST_DAY)


def test_after_withdrawal_from_all_collection_nothing_counts(study):
    patient = enrol(study, "P-1", withdrawn_on=after(100), withdrawal_scope="all")
    course = irradiate(patient)
    for days in (99, 101):
        ToxicityEventFactory.create(patient=patient, course=course, onset_on=after(days))
        ProgressionFactory.create(patient=patient, occurred_on=after(days))
    cohort = read(study)
    assert list(cohort.toxicities["days_from_rt_start"]) == [99]
    assert list(cohort.progressions["days_from_origin"]) == [99]


def test_a_patient_seen_as_a_guest_only_is_not_part_of_the_figures(study):
    follow(study, "P-1", 100, died=False)
    with system_scope():
        pk = Patient.objects.get().pk
    with use_scope(Scope(patient_ids=frozenset({pk}))):
        assert len(read_cohort(study).patients) == 0


def test_endpoints_of_the_facts_are_those_of_the_extract(study):
    patient = enrol(study, "P-1")
    irradiate(patient, lesions=[add_lesion(patient, 1)])
    see(patient, 90)
    die(patient, 300)
    cohort = read(study)
    with system_scope():
        direct = time_to_event(study, cohort.protocol.endpoint("OS"))
    assert [patient.pseudonym for patient in cohort.facts.patients] == list(direct.rows["USUBJID"])
