"""What is read from the database: only what is live, known at the cut, and visible."""

import datetime as dt

import pytest
from django.utils import timezone

from analytics.extract import time_to_event
from registry.models import CtcaeTerm
from registry.scope import ScopeError, scoped_to, system_scope
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
    DiseaseFactory,
    ImagingStudyFactory,
    LossToFollowUpFactory,
    ParticipationFactory,
    ProgressionFactory,
    SurgeryFactory,
    TargetFactory,
    TargetLesionFactory,
    ToxicityEventFactory,
    coordinator,
    data_manager,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study():
    return study_of("jinling")


def table(study, code, **keywords):
    with system_scope():
        endpoint = study.protocol_version().protocol.endpoint(code)
        return time_to_event(study, endpoint, **keywords)


def outcomes(study, code, **keywords):
    """(subject, lesion, AVAL, CNSR) of every row."""
    rows = table(study, code, **keywords).rows
    columns = ["USUBJID", "LESID", "AVAL", "CNSR"]
    return [tuple(row) for row in rows[columns].itertuples(index=False)]


def void(row):
    with system_scope():
        type(row).objects.filter(pk=row.pk).update(
            voided_at=timezone.now(), void_reason="entered twice", version=row.version + 1
        )


def test_the_last_contact_is_the_latest_of_visit_imaging_and_loss_statement(study):
    seen = enrol(study, "P-1")
    irradiate(seen)
    see(seen, 100)
    visit = see(seen, 50)
    ImagingStudyFactory.create(assessment=visit, performed_on=after(130))
    LossToFollowUpFactory.create(patient=seen, last_known_alive_on=after(120))
    imaged = enrol(study, "P-2")
    irradiate(imaged)
    ImagingStudyFactory.create(assessment=see(imaged, 70))
    lost = enrol(study, "P-3")
    irradiate(lost)
    LossToFollowUpFactory.create(
        patient=lost, last_known_alive_on=after(90), declared_on=after(400)
    )
    assert outcomes(study, "OS") == [
        ("P-1", "", 130, 1),
        ("P-2", "", 70, 1),
        ("P-3", "", 90, 1),
    ]


def test_voided_rows_patients_and_enrolments_do_not_count(study):
    patient = follow(study, "P-1", 400, died=False)
    void(die(patient, 300))
    void(see(patient, 900))
    void(see(patient, 950))
    void(ProgressionFactory.create(patient=patient, occurred_on=after(20)))
    void(irradiate(patient, start=-50))
    void(follow(study, "P-2", 100, died=True))
    not_enrolled = follow(study, "P-3", 100, died=True)
    with system_scope():
        void(not_enrolled.enrolments.get())
    assert outcomes(study, "PFS") == [("P-1", "", 400, 1)]


def test_imaging_of_a_voided_visit_does_not_count(study):
    patient = follow(study, "P-1", 400, died=False)
    visit = see(patient, 900)
    ImagingStudyFactory.create(assessment=visit, performed_on=after(900))
    void(visit)
    assert outcomes(study, "OS") == [("P-1", "", 400, 1)]


def test_lesions_are_treated_by_live_targets_of_live_courses(study):
    patient = enrol(study, "P-1")
    first, second, third, fourth = (add_lesion(patient, number) for number in (1, 2, 3, 4))
    course = irradiate(patient, lesions=[first])
    void(TargetLesionFactory.create(target=TargetFactory.create(course=course), lesion=second))
    target = TargetFactory.create(course=course)
    TargetLesionFactory.create(target=target, lesion=third)
    void(target)
    void(irradiate(patient, start=40, lesions=[first, fourth]))
    see(patient, 200)
    found = table(study, "LC")
    assert outcomes(study, "LC") == [("P-1", "1", 200, 1)]
    assert [(row.lesion, row.reason) for row in found.excluded] == [
        ("2", "not_treated"),
        ("3", "not_treated"),
        ("4", "not_treated"),
    ]


def test_several_lesions_and_courses_give_one_row_per_treated_lesion(study):
    patient = enrol(study, "P-1")
    first, second, third = (add_lesion(patient, number) for number in (1, 2, 3))
    irradiate(patient, lesions=[first, second])
    irradiate(patient, start=100, lesions=[second, third])
    ProgressionFactory.create(patient=patient, lesion=second, occurred_on=after(300))
    die(patient, 500)
    assert outcomes(study, "LC") == [
        ("P-1", "1", 500, 2),
        ("P-1", "2", 300, 0),
        ("P-1", "3", 400, 2),
    ]


def test_a_patient_without_lesions_is_named_where_lesions_are_counted(study):
    follow(study, "P-1", 100, died=False)
    (row,) = table(study, "LC").excluded
    assert (row.pseudonym, row.lesion, row.reason) == ("P-1", "", "no_lesion")


def test_a_data_cut_leaves_out_later_facts(study):
    patient = enrol(study, "P-1")
    lesion = add_lesion(patient, 1)
    irradiate(patient, lesions=[lesion])
    for days in (90, 180, 270):
        see(patient, days)
    ProgressionFactory.create(patient=patient, lesion=lesion, occurred_on=after(280))
    die(patient, 300)

    def at(days, code):
        ((_, _, aval, cnsr),) = outcomes(study, code, data_cut=FIRST_DAY + dt.timedelta(days=days))
        return aval, cnsr

    assert [at(days, "OS") for days in (200, 299, 300)] == [(180, 1), (270, 1), (300, 0)]
    assert [at(days, "LC") for days in (269, 279, 280)] == [(180, 1), (270, 1), (280, 0)]


def test_a_partial_date_is_before_or_after_the_cut_by_its_analysis_date(study):
    patient = enrol(study, "P-1")
    irradiate(patient)
    see(patient, 31)  # 15 February 2020
    ProgressionFactory.create(patient=patient, kind="distant", occurred_on="2020-03")
    assert outcomes(study, "PFS", data_cut=dt.date(2020, 3, 14)) == [("P-1", "", 31, 1)]
    assert outcomes(study, "PFS", data_cut=dt.date(2020, 3, 15)) == [("P-1", "", 60, 0)]


def test_patients_treated_after_the_cut_have_no_origin_yet(study):
    follow(study, "P-1", 100, died=True)
    found = table(study, "OS", data_cut=FIRST_DAY - dt.timedelta(days=1))
    assert len(found.rows) == 0
    assert [row.reason for row in found.excluded] == ["no_origin"]


def test_a_patient_enrolled_after_the_cut_is_not_of_the_study(study):
    follow(study, "P-1", 100, died=True)  # enrolled ten days before the first day of RT
    on_the_day, before = (
        table(study, "OS", data_cut=FIRST_DAY - dt.timedelta(days=days)) for days in (10, 11)
    )
    assert [row.pseudonym for row in on_the_day.excluded] == ["P-1"]
    assert (len(before.rows), before.excluded) == (0, ())


def test_a_data_cut_is_refused_where_dates_are_relative(study):
    study.dates_are_relative = True
    with pytest.raises(ValueError, match="jinling are relative"):
        table(study, "OS", data_cut=FIRST_DAY)


@pytest.mark.parametrize(
    ("scope", "withdrawn", "expected"),
    [
        ("visits", after(150), (300, 0)),
        ("all", after(150), (100, 1)),
        ("all", after(300), (300, 0)),
        # 15 January + 100 days is 24 April: a withdrawal in April may have been before it.
        ("all", "2020-04", (10, 1)),
        ("all", "2020-05", (100, 1)),
    ],
)
def test_after_withdrawal_from_all_collection_nothing_counts(study, scope, withdrawn, expected):
    patient = enrol(study, "P-1", withdrawn_on=withdrawn, withdrawal_scope=scope)
    irradiate(patient)
    see(patient, 10)
    see(patient, 100)
    die(patient, 300)
    assert outcomes(study, "OS") == [("P-1", "", *expected)]


def test_a_diagnosis_is_that_of_the_first_disease_with_a_date():
    study = study_of("tcga_sarc")
    patient = enrol(study, "P-1")
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on=None)
    DiseaseFactory.create(patient=patient, number=3, diagnosed_on=after(-400))
    DiseaseFactory.create(patient=patient, number=2, diagnosed_on=after(-200))
    see(patient, 100)
    assert outcomes(study, "OS") == [("P-1", "", 300, 1)]


@pytest.mark.parametrize(
    ("release", "term", "counts"),
    [
        ("5.0", "Wound complication", True),
        ("5.0", "Wound dehiscence", True),
        ("4.03", "Wound infection", True),
        ("3.0", "Wound complication, non-infectious", True),
        ("3.0", "Infection with unknown ANC - Select: Wound", True),
        ("3.0", "Infection with unknown ANC - Select: Bone (osteomyelitis)", False),
        ("5.0", "Fatigue", False),
    ],
)
def test_wound_complications_are_the_wound_terms_of_every_release(release, term, counts):
    study = study_of("preop")
    patient = enrol(study, "P-1")
    irradiate(patient)
    SurgeryFactory.create(patient=patient, performed_on=after(45))
    ToxicityEventFactory.create(
        patient=patient,
        term=CtcaeTerm.objects.get(release=release, term=term),
        onset_on=after(65),
    )
    see(patient, 400)
    expected = (20, 0) if counts else (120, 1)
    assert outcomes(study, "WOUND120") == [("P-1", "", *expected)]


def test_readers_see_the_rows_of_their_scope_and_nobody_sees_them_outside_of_one(study):
    here = follow(study, "P-1", 100, died=True, centre="A").centre
    follow(study, "P-2", 200, died=True, centre="B")
    ParticipationFactory.create(study=study, centre=here)
    endpoint = study.protocol_version().protocol.endpoint("OS")

    def subjects(user):
        with scoped_to(user):
            return list(time_to_event(study, endpoint).rows["USUBJID"])

    assert subjects(data_manager(here)) == ["P-1"]
    assert subjects(coordinator(study)) == ["P-1", "P-2"]
    assert subjects(coordinator(study_of("cnao"))) == []
    with pytest.raises(ScopeError):
        time_to_event(study, endpoint)


def test_a_patient_of_another_study_is_not_in_the_table(study):
    follow(study, "P-1", 100, died=True)
    follow(study_of("cnao"), "P-2", 100, died=True)
    assert [row[0] for row in outcomes(study, "OS")] == ["P-1"]
