"""Entering an adverse event: term and grade, acute or late, the death before grade 5."""

import pytest
import time_machine
from django.test import Client

from registry.models import Course, CtcaeTerm, Patient, ToxicityEvent
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    CourseFactory,
    DeathFactory,
    EnrolmentFactory,
    LesionFactory,
    PatientFactory,
    ProtocolVersionFactory,
    StudyFactory,
    ToxicityEventFactory,
    data_manager,
)
from tests.registry.entry.filling import live, opened, refused, saved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2025-06-02T12:00:00Z", tick=False):
        yield


@pytest.fixture
def patient() -> Patient:
    """Followed under jinling: CTCAE 4.03; acute up to 3 months after the last fraction."""
    patient = PatientFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=ProtocolVersionFactory.create())
    return patient


@pytest.fixture
def course(patient: Patient) -> Course:
    return CourseFactory.create(
        patient=patient, number=1, started_on="2024-01-15", ended_on="2024-01-31"
    )


@pytest.fixture
def entering(client: Client, patient: Patient) -> Client:
    client.force_login(data_manager(patient.centre))
    return client


def key(name: str, release: str = "4.03") -> str:
    return str(CtcaeTerm.objects.get(release=release, term=name).pk)


def events(patient: Patient) -> list[ToxicityEvent]:
    with system_scope():
        rows = ToxicityEvent.objects.live().filter(patient=patient)
        return list(rows.select_related("term", "course", "lesion").order_by("number"))


def test_an_event_is_saved_with_term_grade_course_and_lesion(entering, patient, course) -> None:
    lesion = LesionFactory.create(patient=patient, number=1)

    saved(
        entering,
        "toxicity",
        "new",
        patient,
        event__term=key("Lymphedema"),
        event__grade="2",
        event__onset_on="2024-07",
        event__resolved_on="not applicable",
        event__course="1",
        event__lesion="1",
        event__attribution="probable",
        event__action="none",
        event__is_serious="false",
    )

    (event,) = events(patient)
    assert (event.term.term, event.grade) == ("Lymphedema", 2)
    assert event.onset_on == PartialDate(2024, 7)
    assert (event.course, event.lesion) == (course, lesion)
    assert event.missing == {"resolved_on": "not_applicable"}
    assert event.is_serious is False


def test_the_release_is_the_protocols(client: Client) -> None:
    version = ProtocolVersionFactory.create(study=StudyFactory.create(key="preop"))
    patient = PatientFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=version)
    client.force_login(data_manager(patient.centre))

    assert "Term (CTCAE 5.0)" in opened(client, "toxicity", "new", patient)


def test_without_a_scale_in_the_protocol_the_usual_release_is_taken(client: Client) -> None:
    patient = PatientFactory.create()
    client.force_login(data_manager(patient.centre))

    assert "Term (CTCAE 5.0)" in opened(client, "toxicity", "new", patient)


def test_a_saved_event_keeps_the_release_of_its_term(entering, patient) -> None:
    other = CtcaeTerm.objects.get(release="5.0", term="Fatigue")
    ToxicityEventFactory.create(patient=patient, number=1, term=other)

    html = opened(entering, "toxicity", "1", patient)

    assert "Term (CTCAE 5.0)" in html
    assert f'value="{other.pk}" checked' in html


def test_the_only_course_is_suspected_at_first(entering, patient, course) -> None:
    assert '<option value="1" selected>Course 1' in opened(entering, "toxicity", "new", patient)

    CourseFactory.create(patient=patient, number=2, started_on="2024-09-02", ended_on="2024-09-20")
    assert '<option value="1" selected>' not in opened(entering, "toxicity", "new", patient)


@pytest.mark.parametrize(
    ("onset", "word"),
    [
        ("2024-02-20", "Acute"),
        # Three months after 31 January end on 30 April.
        ("2024-04-30", "Acute"),
        ("2024-05-01", "Late"),
        ("2024-05", "Late"),
        ("2024-04", "Acute"),
    ],
)
def test_acute_or_late_follows_while_typing(entering, patient, course, onset, word) -> None:
    html = live(entering, "toxicity", "new", patient, event__onset_on=onset, event__course="1")

    assert f"<dd>{word}</dd>" in html
    assert "30 Apr 2024" in html


@pytest.mark.parametrize("onset", ["", "2024", "unknown"])
def test_acute_or_late_stays_open_where_it_cannot_be_said(entering, patient, course, onset):
    html = live(entering, "toxicity", "new", patient, event__onset_on=onset, event__course="1")

    assert "<dd>Acute</dd>" not in html
    assert "<dd>Late</dd>" not in html
    assert "Told by onset and suspected course." in html


def test_a_finding_from_before_rt_is_neither_acute_nor_late(entering, patient, course) -> None:
    html = live(
        entering,
        "toxicity",
        "new",
        patient,
        event__onset_on="2023-11-01",
        event__course="1",
        event__present_before_rt="true",
    )

    assert "<dd>Acute</dd>" not in html
    assert "75 days before the first fraction" in html


def test_the_interval_to_the_course_is_told(entering, patient, course) -> None:
    html = live(
        entering, "toxicity", "new", patient, event__onset_on="2024-02-20", event__course="1"
    )

    assert "Onset 20 days after the last fraction." in html


def test_grade_5_is_refused_before_the_death_is_entered(entering, patient, course) -> None:
    inputs = {
        "event__term": key("Pneumonitis"),
        "event__grade": "5",
        "event__onset_on": "2024-09-01",
        "event__course": "1",
        "event__attribution": "possible",
        "event__is_serious": "true",
        "event__action": "none",
    }

    told = live(entering, "toxicity", "new", patient, **inputs)
    message = refused(entering, "toxicity", "new", patient, **inputs)
    assert f"/enter/death/1/{patient.pseudonym}/" in told
    assert "enter the death first" in message
    assert events(patient) == []

    DeathFactory.create(patient=patient, died_on="2024-09-20", cause="treatment")
    assert "Grade 5 means death" not in live(entering, "toxicity", "new", patient, **inputs)
    saved(entering, "toxicity", "new", patient, **inputs)
    assert [event.grade for event in events(patient)] == [5]


def test_a_grade_that_the_term_does_not_have_is_refused(entering, patient, course) -> None:
    message = refused(
        entering, "toxicity", "new", patient, event__term=key("Fatigue"), event__grade="4"
    )

    assert "CTCAE 4.03 has no grade 4" in message
    assert events(patient) == []


@pytest.mark.parametrize("term", ["", "nonsense", "0"])
def test_without_a_term_nothing_is_saved_and_the_rest_is_kept(entering, patient, course, term):
    message = refused(
        entering,
        "toxicity",
        "new",
        patient,
        event__term=term,
        event__grade="3",
        event__comment="Seen at the ward",
    )

    assert "choose" in message
    assert 'href="#id_event-term"' in message
    assert "Seen at the ward" in opened(entering, "toxicity", "new", patient)
    assert events(patient) == []


def test_a_corrected_grade_needs_a_reason(entering, patient, course) -> None:
    ToxicityEventFactory.create(patient=patient, number=1, grade=2, course=course)
    inputs = {
        "event__term": key("Fatigue"),
        "event__grade": "3",
        "event__onset_on": "2024-02-20",
        "event__course": "1",
        "event__attribution": "possible",
    }

    message = refused(entering, "toxicity", "1", patient, **inputs)
    assert "Choose why the saved values are changed." in message

    saved(entering, "toxicity", "1", patient, **inputs, reason__code="new_information")
    assert [event.grade for event in events(patient)] == [3]


def test_events_of_the_same_term_are_pointed_to(entering, patient, course) -> None:
    ToxicityEventFactory.create(patient=patient, number=1, onset_on="2024-02-20", grade=2)

    html = live(entering, "toxicity", "new", patient, event__term=key("Fatigue"))

    assert "The same term, already recorded" in html
    assert f'href="/enter/toxicity/1/{patient.pseudonym}/"' in html
    assert "already recorded" not in live(
        entering, "toxicity", "1", patient, event__term=key("Fatigue")
    )
