"""Entering a progression, a death, a loss to follow-up and a withdrawal."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from registry.models import Course, Death, Enrolment, LossToFollowUp, Patient, Progression
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    AssessmentFactory,
    CourseFactory,
    EnrolmentFactory,
    LesionFactory,
    PatientFactory,
    ProtocolVersionFactory,
    TargetFactory,
    TargetLesionFactory,
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
    patient = PatientFactory.create(birth_date="1960-05-17")
    EnrolmentFactory.create(patient=patient, protocol_version=ProtocolVersionFactory.create())
    return patient


@pytest.fixture
def course(patient: Patient) -> Course:
    """Treats lesion 1 from 15 to 31 January 2024."""
    course = CourseFactory.create(
        patient=patient, number=1, started_on="2024-01-15", ended_on="2024-01-31"
    )
    target = TargetFactory.create(course=course, number=1)
    TargetLesionFactory.create(
        target=target, lesion=LesionFactory.create(patient=patient, number=1)
    )
    return course


@pytest.fixture
def entering(client: Client, patient: Patient) -> Client:
    client.force_login(data_manager(patient.centre))
    return client


def test_a_local_progression_is_saved_at_its_lesion(entering, patient, course) -> None:
    saved(
        entering,
        "progression",
        "new",
        patient,
        progression__occurred_on="2024-11-05",
        progression__kind="local",
        progression__basis="imaging",
        progression__lesion="1",
        progression__field_relation="in_field",
        progression__is_new_lesion="false",
    )

    with system_scope():
        row = Progression.objects.get(patient=patient)
        assert row.lesion is not None
        assert row.lesion.number == 1
    assert row.occurred_on == PartialDate(2024, 11, 5)
    assert (row.kind, row.basis, row.field_relation) == ("local", "imaging", "in_field")


def test_a_distant_progression_has_a_site_and_no_treated_lesion(entering, patient, course):
    saved(
        entering,
        "progression",
        "new",
        patient,
        progression__occurred_on="2024-11",
        progression__kind="distant",
        progression__lesion="1",
        progression__site="Lung",
    )

    with system_scope():
        row = Progression.objects.get(patient=patient)
    assert row.lesion_id is None
    assert row.site == "lung"


def test_a_progression_says_of_what_kind_it_is(entering, patient, course) -> None:
    message = refused(
        entering, "progression", "new", patient, progression__occurred_on="2024-11-05"
    )

    assert 'href="#id_progression-kind"' in message


def test_the_time_since_the_course_on_the_lesion_is_told(entering, patient, course) -> None:
    CourseFactory.create(patient=patient, number=2, started_on="2024-09-02", ended_on="2024-09-20")

    local = live(
        entering,
        "progression",
        "new",
        patient,
        progression__occurred_on="2024-11-05",
        progression__kind="local",
        progression__lesion="1",
    )
    distant = live(
        entering,
        "progression",
        "new",
        patient,
        progression__occurred_on="2024-11-05",
        progression__kind="distant",
    )

    # From 31 January to 5 November 2024: 279 days; from 20 September: 46.
    assert "279 days after the last fraction" in local
    assert "46 days" not in local
    assert "46 days after the last fraction" in distant


def test_a_death_is_saved_once(entering, patient, course) -> None:
    saved(
        entering,
        "death",
        "1",
        patient,
        death__died_on="2025-03",
        death__cause="disease",
    )

    with system_scope():
        death = Death.objects.get(patient=patient)
    assert death.died_on == PartialDate(2025, 3)
    assert death.cause == "disease"
    assert 'value="2025-03"' in opened(entering, "death", "1", patient)


def test_a_death_of_the_wrong_patient_is_taken_back(entering, patient) -> None:
    saved(entering, "death", "1", patient, death__died_on="2025-03-04", death__cause="other")
    assert 'name="take-back"' in opened(entering, "death", "1", patient)

    saved(
        entering,
        "death",
        "1",
        patient,
        death__died_on="2025-03-04",
        death__cause="other",
        take__back="1",
        reason__code="wrong_patient",
    )

    with system_scope():
        (death,) = Death.objects.filter(patient=patient)
    assert death.is_void
    assert 'value="2025-03-04"' not in opened(entering, "death", "1", patient)


def test_the_cause_of_death_is_chosen_and_not_left(entering, patient) -> None:
    assert '<option value="" selected>' in opened(entering, "death", "1", patient)
    message = refused(entering, "death", "1", patient, death__died_on="2025-03-04")

    assert 'href="#id_death-cause"' in message
    with system_scope():
        assert not Death.objects.exists()


def test_age_last_contact_and_time_since_rt_are_told_at_death(entering, patient, course) -> None:
    AssessmentFactory.create(patient=patient, number=1, assessed_on="2025-01-20")

    html = live(
        entering, "death", "1", patient, death__died_on="2025-03-04", death__cause="treatment"
    )

    # Born on 17 May 1960; 31 January 2024 to 4 March 2025 are 398 days.
    assert "<dd>64</dd>" in html
    assert "20 Jan 2025" in html
    assert "Died 398 days after the last fraction." in html
    assert f"/enter/toxicity/new/{patient.pseudonym}/" in html


def test_a_loss_is_saved_and_shows_the_last_contact(entering, patient) -> None:
    AssessmentFactory.create(patient=patient, number=1, assessed_on="2024-05-02")
    assert "2 May 2024" in opened(entering, "loss", "new", patient)

    saved(
        entering,
        "loss",
        "new",
        patient,
        loss__last_known_alive_on="2024-05-02",
        loss__declared_on="2025-05-05",
        loss__reason="moved",
        loss__phoned_on="2025-04-01",
        loss__wrote_on="2025-04-15",
        loss__attempts="The family doctor does not know either",
    )

    with system_scope():
        loss = LossToFollowUp.objects.get(patient=patient)
    assert (loss.declared_on, loss.reason) == (PartialDate(2025, 5, 5), "moved")
    assert (loss.phoned_on, loss.wrote_on) == (PartialDate(2025, 4, 1), PartialDate(2025, 4, 15))


def test_a_loss_begins_with_the_last_day_on_record_as_it_was_stated(entering, patient) -> None:
    AssessmentFactory.create(patient=patient, number=1, assessed_on="2024-05")

    html = opened(entering, "loss", "new", patient)

    assert re.search(r'<input[^>]* name="loss-last_known_alive_on"[^>]* value="2024-05"', html)


def test_who_declares_a_loss_without_an_attempt_says_why(entering, patient) -> None:
    inputs = {"loss__last_known_alive_on": "2024-05-02", "loss__declared_on": "2025-05-05"}

    message = refused(entering, "loss", "new", patient, **inputs)

    assert "no attempt to reach is entered" in message


def test_a_loss_says_when_it_was_declared(entering, patient) -> None:
    message = refused(entering, "loss", "new", patient, loss__reason="moved")

    assert 'href="#id_loss-declared_on"' in message


def test_finding_a_patient_again_ends_the_loss(entering, patient) -> None:
    inputs = {
        "loss__last_known_alive_on": "2024-05-02",
        "loss__declared_on": "2025-05-05",
        "loss__asked_registry_on": "2025-05-01",
    }
    saved(entering, "loss", "new", patient, **inputs)

    saved(entering, "loss", "1", patient, **inputs, loss__found_again_on="2025-05-20")

    with system_scope():
        loss = LossToFollowUp.objects.get(patient=patient)
    assert loss.found_again_on == PartialDate(2025, 5, 20)


def test_a_withdrawal_is_written_into_the_enrolment(entering, patient) -> None:
    saved(
        entering,
        "withdrawal",
        "jinling",
        patient,
        enrolment__withdrawal_scope="visits",
        enrolment__withdrawn_on="2025-02-03",
        enrolment__withdrawal_reason="Moves abroad",
    )

    with system_scope():
        enrolment = Enrolment.objects.get(patient=patient)
    assert (enrolment.withdrawal_scope, enrolment.withdrawal_reason) == ("visits", "Moves abroad")
    assert enrolment.withdrawn_on == PartialDate(2025, 2, 3)
    assert enrolment.consent_on == PartialDate(2023, 12, 1)


def test_a_withdrawal_says_from_what(entering, patient) -> None:
    message = refused(
        entering, "withdrawal", "jinling", patient, enrolment__withdrawn_on="2025-02-03"
    )

    assert "say from what the patient withdrew" in message


def test_an_enrolment_is_not_taken_back_with_the_withdrawal(entering, patient) -> None:
    message = refused(
        entering,
        "withdrawal",
        "jinling",
        patient,
        enrolment__withdrawal_scope="visits",
        take__back="1",
        reason__code="other",
    )

    assert "This cannot be taken back." in message
    with system_scope():
        assert not Enrolment.objects.get(patient=patient).is_void


def test_what_a_withdrawal_means_is_told(entering, patient) -> None:
    html = live(entering, "withdrawal", "jinling", patient, enrolment__withdrawal_scope="all")

    assert "nothing more is collected" in html


def test_nobody_withdraws_from_a_study_without_being_enrolled(entering, patient) -> None:
    address = reverse("registry:enter", args=["withdrawal", "preop", patient.pseudonym])

    assert entering.get(address).status_code == 404
