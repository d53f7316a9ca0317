"""A patient's facts become the timeline: what is drawn, in which words, counted from where."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
import time_machine

from analytics.figures import Shape
from analytics.timeline import Timeline, patient_timeline
from followup.selectors import visits_of
from followup.services import recompute
from registry.models import CtcaeTerm, Patient, Study
from registry.scope import system_scope
from registry.selectors.patient_file import patient_file
from tests.factories import (
    AssessmentFactory,
    CourseFactory,
    DeathFactory,
    DiseaseFactory,
    EnrolmentFactory,
    ImagingStudyFactory,
    LossToFollowUpFactory,
    PatientFactory,
    PhaseFactory,
    PriorRadiotherapyFactory,
    ProgressionFactory,
    ProtocolVersionFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
    TargetFactory,
    ToxicityEventFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


@pytest.fixture
def _today():
    with time_machine.travel(dt.datetime(2026, 1, 15, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    """Enrolled in a study that counts from the first day of radiotherapy."""
    patient = PatientFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    return patient


def timeline(patient: Patient) -> Timeline:
    with system_scope():
        return patient_timeline(patient_file(patient.pseudonym), visits_of(patient))


def lines(patient: Patient, lane: str) -> list[str]:
    return [line.what for line in timeline(patient).lines if line.lane == lane]


def test_a_patient_without_events_has_no_figure(patient: Patient) -> None:
    nothing = timeline(patient)

    assert (nothing.svg, nothing.svg_compact, nothing.lines) == ("", "", [])


def test_events_without_dates_are_listed_last_and_not_drawn(patient: Patient) -> None:
    SurgeryFactory.create(patient=patient, number=1, performed_on=None)
    CourseFactory.create(patient=patient, number=1)

    shown = timeline(patient)

    assert [(line.lane, line.date) for line in shown.lines] == [
        ("Radiotherapy", "15 Jan 2024 – 31 Jan 2024"),
        ("Surgery", "date not recorded"),
    ]
    assert shown.shapes == [Shape.RADIOTHERAPY]


def test_time_counts_from_the_origin_of_the_protocol(patient: Patient) -> None:
    CourseFactory.create(patient=patient, number=1, started_on="2024-01-15", ended_on="2024-01-31")
    AssessmentFactory.create(patient=patient, number=1, assessed_on="2024-07-15")
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on="2023-10-16")

    shown = timeline(patient)

    assert shown.origin is not None
    assert (shown.origin.day, shown.origin.words) == (
        dt.date(2024, 1, 15),
        "first day of radiotherapy",
    )
    # 182 days are 182 / 30.4375 = 5.98 months; 91 days before are 2.99.
    months = {line.lane: line.months for line in shown.lines}
    assert months["Visits and imaging"] == "6.0"
    assert months["Disease"] == "−3.0"
    assert months["Radiotherapy"] == "0.0 to 0.5"


def test_an_origin_that_is_not_known_to_the_day_gives_way_to_the_first_date(patient) -> None:
    CourseFactory.create(patient=patient, number=1, started_on="2024-01", ended_on="2024-02")
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on="2023-10-16")

    shown = timeline(patient)

    assert shown.origin is not None
    assert (shown.origin.day, shown.origin.words) == (
        dt.date(2023, 10, 16),
        "the first date on file",
    )


def test_a_course_says_its_dose_and_fractions(patient: Patient) -> None:
    course = CourseFactory.create(
        patient=patient, number=1, technique="imrt", intent="preoperative"
    )
    wide = TargetFactory.create(course=course, number=1, label="PTV_5000")
    boost = TargetFactory.create(course=course, number=2, label="PTV_6660")
    PhaseFactory.create(course=course, number=1, dose_gy=50, fraction_count=25)
    PhaseFactory.create(course=course, number=2, dose_gy="16.6", fraction_count=8, target=boost)

    assert wide.course == boost.course
    assert lines(patient, "Radiotherapy") == [
        "RT course 1: Pre-operative, IMRT, 50–66.6 Gy / 25–33"
    ]


def test_radiotherapy_before_the_registry_is_a_mark_at_its_end(patient: Patient) -> None:
    PriorRadiotherapyFactory.create(
        patient=patient, number=1, dose_gy="50.4", ended_on="2019", site="thigh"
    )

    assert "50.4 Gy" in lines(patient, "Radiotherapy")[0]
    assert "Earlier RT, 50.4 Gy" in timeline(patient).svg


@pytest.mark.parametrize(
    ("onset", "shape", "words"),
    # The course ended on 31 January 2024; the protocol's border is 3 months after its end.
    [
        ("2024-04-30", Shape.ACUTE, "Fatigue: grade 3, acute"),
        ("2024-05-01", Shape.LATE, "Fatigue: grade 3, late"),
        ("2024", Shape.UNDECIDED, "Fatigue: grade 3"),
    ],
)
def test_toxicity_is_acute_or_late_by_shape_and_word(patient, onset, shape, words) -> None:
    course = CourseFactory.create(patient=patient, number=1)
    term = CtcaeTerm.objects.get(release="4.03", term="Fatigue")
    ToxicityEventFactory.create(
        patient=patient, number=1, course=course, term=term, grade=3, onset_on=onset
    )

    assert lines(patient, "Toxicity") == [words]
    assert shape in timeline(patient).shapes


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("local", Shape.LOCAL),
        ("regional", Shape.REGIONAL),
        ("distant", Shape.DISTANT),
        ("unspecified", Shape.PROGRESSION),
    ],
)
def test_each_kind_of_progression_has_its_shape(patient: Patient, kind, shape) -> None:
    ProgressionFactory.create(patient=patient, number=1, kind=kind)

    assert timeline(patient).shapes == [shape]


def test_imaging_on_a_day_of_its_own_is_an_event_of_its_own(patient: Patient) -> None:
    visit = AssessmentFactory.create(patient=patient, number=1, assessed_on="2024-05-02")
    ImagingStudyFactory.create(assessment=visit, number=1, performed_on=None)
    ImagingStudyFactory.create(assessment=visit, number=2, performed_on="2024-04-20")

    dates = [line.date for line in timeline(patient).lines if line.lane == "Visits and imaging"]

    assert dates == ["20 Apr 2024", "2 May 2024"]
    assert Shape.VISIT not in timeline(patient).shapes


def test_systemic_therapy_that_goes_on_is_open(patient: Patient) -> None:
    SystemicTherapyFactory.create(patient=patient, number=1, started_on="2024-03-01")

    [line] = timeline(patient).lines

    assert line.date == "from 1 Mar 2024 on"


def test_a_patient_who_lives_has_a_last_contact_and_one_who_died_a_death(patient) -> None:
    AssessmentFactory.create(patient=patient, number=1, assessed_on="2024-05-02")
    AssessmentFactory.create(patient=patient, number=2, assessed_on="2025")
    alive = [line for line in timeline(patient).lines if line.lane == "Outcome"]

    DeathFactory.create(patient=patient, died_on="2025-12-01", cause="disease")
    dead = lines(patient, "Outcome")

    assert [(line.what, line.date) for line in alive] == [("Last contact", "2025")]
    assert dead == ["Died: Sarcoma"]


def test_a_loss_is_drawn_and_so_is_finding_the_patient_again(patient: Patient) -> None:
    LossToFollowUpFactory.create(
        patient=patient, number=1, declared_on="2025-02-01", found_again_on="2025-06-01"
    )

    assert lines(patient, "Outcome") == ["Lost to follow-up", "Found again"]


def test_visits_ahead_are_drawn_with_windows_up_to_two_years_ahead(patient: Patient) -> None:
    CourseFactory.create(patient=patient, number=1, started_on="2025-10-01", ended_on="2025-10-15")
    recompute([patient.pk], today=dt.date(2026, 1, 15))

    shown = timeline(patient)
    expected = [line for line in shown.lines if line.lane == "Expected visits"]

    with system_scope():
        open_visits = [visit for visit in visits_of(patient) if visit.state == "open"]
    assert expected
    assert len(expected) + shown.later_visits == len(open_visits)
    assert all(visit.target is not None for visit in open_visits)
    near = [visit for visit in open_visits if visit.target and visit.target < dt.date(2028, 1, 15)]
    assert len(expected) == len(near)
    assert "Today" in shown.svg


def test_shifted_dates_show_months_only(patient: Patient, study: Study) -> None:
    CourseFactory.create(patient=patient, number=1, started_on="2024-01-15", ended_on="2024-01-31")
    AssessmentFactory.create(patient=patient, number=1, assessed_on="2024-07-15")
    study.dates_are_relative = True
    study.save()

    shown = timeline(patient)

    assert not shown.has_dates
    for svg in (shown.svg, shown.svg_compact):
        words = " ".join(ET.fromstring(svg).itertext())
        assert "Months since first day of radiotherapy" in words
        assert "2024" not in words
        assert "Today" not in words


def test_long_follow_up_is_counted_in_years(patient: Patient) -> None:
    CourseFactory.create(patient=patient, number=1, started_on="2004-01-15", ended_on="2004-01-31")
    AssessmentFactory.create(patient=patient, number=1, assessed_on="2024-01-15")

    words = list(ET.fromstring(timeline(patient).svg).itertext())

    assert "Years since first day of radiotherapy (15 Jan 2004)" in words
    assert {"0", "10", "20"} <= set(words)


def test_hostile_text_of_a_case_stays_text(patient: Patient) -> None:
    SystemicTherapyFactory.create(
        patient=patient, number=1, started_on="2024-03-01", regimen="<script>alert(1)</script>"
    )

    svg = timeline(patient).svg

    assert "<script>" not in svg
    assert "<script>alert(1)</script>" in " ".join(ET.fromstring(svg).itertext())
