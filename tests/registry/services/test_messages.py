"""Messages about a case between those who steer a study and the patient's centre."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from registry.errors import Refused
from registry.models import AuditEvent, CaseMessage, Patient, Study, User
from registry.scope import scoped_to
from registry.selectors.messages import thread_of, threads_of, waiting_messages
from registry.services import messages, transfers
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    ParticipationFactory,
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


@pytest.fixture
def steering(study: Study) -> User:
    return coordinator(study)


@pytest.fixture
def manager(patient: Patient) -> User:
    return data_manager(patient.centre)


@pytest.fixture
def sent(patient: Patient, steering: User) -> CaseMessage:
    return messages.send(patient=patient, text=" Two visits are missing. ", by=steering)


def waiting(user: User) -> list[str]:
    with scoped_to(user):
        return [row.text for row in waiting_messages(user).rows]


def test_a_message_waits_for_the_centre_and_its_answer_for_the_sender(sent, steering, manager):
    assert waiting(manager) == ["Two visits are missing."]
    assert waiting(steering) == []

    messages.answer(sent, text="Entered today.", by=manager)
    assert waiting(manager) == []
    assert waiting(steering) == ["Entered today."]

    messages.answer(sent, text="Thank you; one more?", by=steering)
    assert waiting(manager) == ["Thank you; one more?"]
    assert waiting(steering) == []

    events = AuditEvent.objects.filter(table="registry_casemessage", operation="I").order_by("pk")
    assert [event.actor_id for event in events] == [steering.pk, manager.pk, steering.pk]


def test_settling_takes_it_off_the_list_of_all_of_the_centre(sent, patient, manager) -> None:
    other = data_manager(patient.centre)
    messages.settle(sent, by=manager)
    assert waiting(manager) == waiting(other) == []
    sent.refresh_from_db()
    assert sent.seen_by == manager
    with pytest.raises(Refused, match="settled meanwhile"):
        messages.settle(sent, by=other)


def test_an_answer_is_settled_by_the_sender_only(sent, study, steering, manager) -> None:
    written = messages.answer(sent, text="Entered today.", by=manager)
    with pytest.raises(PermissionDenied):
        messages.settle(written, by=coordinator(study))
    messages.settle(written, by=steering)
    assert waiting(steering) == []


def test_nobody_else_sends(study, patient, manager) -> None:
    elsewhere = ProtocolVersionFactory.create(study__key="cams").study
    for user in (
        manager,
        monitor(study),
        coordinator(elsewhere),
        administrator(),
        coordinator(study, is_active=False),
    ):
        with pytest.raises(PermissionDenied):
            messages.send(patient=patient, text="?", by=user)


def test_nobody_else_answers(sent, study) -> None:
    for user in (
        monitor(study),
        coordinator(study),
        data_manager(CentreFactory.create()),
        administrator(),
    ):
        with pytest.raises(PermissionDenied):
            messages.answer(sent, text="?", by=user)


def test_an_answer_to_an_answer_belongs_to_the_same_thread(sent, patient, steering, manager):
    first = messages.answer(sent, text="one", by=manager)
    messages.answer(first, text="two", by=steering)
    with scoped_to(manager):
        (thread,) = threads_of(patient)
        assert thread_of(first) == thread
    assert [one.text for one in (thread.first, *thread.answers)] == [
        "Two visits are missing.",
        "one",
        "two",
    ]
    assert not thread.is_settled


def test_an_empty_message_is_refused_at_its_field(patient, steering) -> None:
    with pytest.raises(Refused, match="Write the message") as refused:
        messages.send(patient=patient, text=" \n", by=steering)
    assert refused.value.findings[0].field == "text"


def test_messages_go_with_the_patient_to_another_centre(sent, study, patient, manager) -> None:
    there = ParticipationFactory.create(study=study, centre__code="B").centre
    receiver = data_manager(there)
    offer = transfers.offer(patient=patient, to_centre=there, reason="moved", by=manager)
    transfers.accept(offer, by=receiver)
    assert waiting(manager) == []
    assert waiting(receiver) == ["Two visits are missing."]
    sent = CaseMessage._base_manager.get()
    with pytest.raises(PermissionDenied):
        messages.answer(sent, text="?", by=manager)
    messages.answer(sent, text="We look after it.", by=receiver)
