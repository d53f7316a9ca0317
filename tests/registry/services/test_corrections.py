"""Requests for correction: who asks, who answers, who closes, and that the trail has it."""

import pytest
from django.core.exceptions import PermissionDenied

from registry.errors import Refused
from registry.models import AuditEvent, CorrectionRequest, Patient, Study
from registry.scope import scoped_to
from registry.services import corrections
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    IdentityFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    return EnrolmentFactory.create(protocol_version=study.protocol_version()).patient


@pytest.mark.parametrize("role", [coordinator, monitor])
def test_who_watches_the_study_asks_the_centre_answers_the_asker_closes(study, patient, role):
    asker, manager = role(study), data_manager(patient.centre)
    course = CourseFactory.create(patient=patient, number=1)

    asked = corrections.ask(
        patient=patient, entity="course", row_id=course.pk, question=" 25 or 28? ", by=asker
    )
    assert (asked.state, asked.question, asked.asked_by) == ("open", "25 or 28?", asker)

    corrections.answer(asked, text="28, corrected.", by=manager)
    assert (asked.state, asked.answer, asked.answered_by) == ("answered", "28, corrected.", manager)

    corrections.close(asked, by=asker)
    assert asked.state == "closed"
    assert asked.closed_at is not None
    trail = AuditEvent.objects.filter(table="registry_correctionrequest").order_by("pk")
    assert [event.actor_id for event in trail] == [asker.pk, manager.pk, asker.pk]


def test_nobody_else_asks(study, patient) -> None:
    elsewhere = ProtocolVersionFactory.create(study__key="cams").study
    for user in (
        data_manager(patient.centre),
        coordinator(elsewhere),
        monitor(elsewhere),
        administrator(),
        monitor(study, is_active=False),
    ):
        with pytest.raises(PermissionDenied):
            corrections.ask(patient=patient, question="Why?", by=user)
    with scoped_to(coordinator(study)):
        assert CorrectionRequest.objects.count() == 0


def test_only_people_of_the_centre_answer(study, patient) -> None:
    asker = coordinator(study)
    asked = corrections.ask(patient=patient, question="Why?", by=asker)

    for user in (asker, data_manager(CentreFactory.create()), administrator()):
        with pytest.raises(PermissionDenied):
            corrections.answer(asked, text="Because.", by=user)


def test_only_the_asker_closes_and_only_what_is_answered(study, patient) -> None:
    asker, manager = coordinator(study), data_manager(patient.centre)
    asked = corrections.ask(patient=patient, question="Why?", by=asker)

    with pytest.raises(Refused, match="load the page again"):
        corrections.close(asked, by=asker)
    corrections.answer(asked, text="Because.", by=manager)
    with pytest.raises(PermissionDenied):
        corrections.close(asked, by=monitor(study))


def test_of_two_answers_the_second_is_refused(study, patient) -> None:
    asked = corrections.ask(patient=patient, question="Why?", by=coordinator(study))
    manager = data_manager(patient.centre)
    corrections.answer(asked, text="First.", by=manager)

    with pytest.raises(Refused, match="load the page again"):
        corrections.answer(asked, text="Second.", by=manager)
    asked.refresh_from_db()
    assert asked.answer == "First."


def test_an_empty_question_or_answer_is_refused_with_what_to_do(study, patient) -> None:
    asker = coordinator(study)
    with pytest.raises(Refused, match="Say what is to be corrected"):
        corrections.ask(patient=patient, question="  ", by=asker)
    asked = corrections.ask(patient=patient, question="Why?", by=asker)
    with pytest.raises(Refused, match="Say what was corrected"):
        corrections.answer(asked, text=" ", by=data_manager(patient.centre))


def test_a_question_is_about_a_row_of_the_patient_and_never_about_the_identity(study, patient):
    asker = coordinator(study)
    strange = CourseFactory.create(number=1)
    identity = IdentityFactory.create(patient=patient)

    for entity, pk in (("course", strange.pk), ("identity", identity.pk), ("nonsense", 1)):
        with pytest.raises(Refused, match="no such row"):
            corrections.ask(patient=patient, entity=entity, row_id=pk, question="?", by=asker)
