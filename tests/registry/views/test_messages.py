"""The pages of messages about a case."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import CaseMessage, IdentityLook, Patient, Study, User
from registry.services import messages
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    IdentityFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = pytest.mark.django_db

PATIENT = reverse("registry:patient", args=["P-1"])
SEND = reverse("registry:send_message", args=["P-1"])
HOME = reverse("registry:home")


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    return EnrolmentFactory.create(
        protocol_version=study.protocol_version(), patient__pseudonym="P-1"
    ).patient


def page(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_a_message_goes_to_the_centre_and_its_answer_back(client, study, patient) -> None:
    steering, manager = coordinator(study), data_manager(patient.centre)
    assert SEND in page(client, steering, PATIENT)
    assert "No names." in page(client, steering, SEND)
    thread = client.post(SEND, {"text": "Two <b>visits</b> are missing."})["Location"]

    for address in (HOME, PATIENT):
        html = page(client, manager, address)
        assert thread in html
        assert "Two &lt;b&gt;visits&lt;/b&gt; are missing." in html
    assert client.post(thread, {"do": "answer", "text": "Entered."}).status_code == 302
    assert thread not in page(client, manager, HOME)

    answer = CaseMessage._base_manager.get(text="Entered.")
    address = reverse("registry:message", args=[answer.pk])
    assert address in page(client, steering, HOME)
    html = page(client, steering, address)
    assert "Two &lt;b&gt;visits" in html
    assert client.post(address, {"do": "settle"}).status_code == 302
    assert address not in page(client, steering, HOME)
    assert "Settled" in page(client, steering, thread)
    assert client.post(address, {"do": "settle"}, follow=True).status_code == 200


def test_who_only_reads_sees_the_thread_and_no_button(client, study, patient) -> None:
    sent = messages.send(patient=patient, text="Please call.", by=coordinator(study))
    address = reverse("registry:message", args=[sent.pk])
    html = page(client, monitor(study), address)
    assert "Please call." in html
    assert 'name="do"' not in html
    assert SEND not in page(client, monitor(study), PATIENT)
    for data in ({"do": "answer", "text": "?"}, {"do": "settle"}):
        assert client.post(address, data).status_code == 403
    assert client.get(SEND).status_code == 403


def test_messages_of_another_centre_are_not_there(client, study, patient) -> None:
    sent = messages.send(patient=patient, text="Please call.", by=coordinator(study))
    stranger = data_manager(CentreFactory.create())
    page(client, stranger, reverse("registry:message", args=[sent.pk]), 404)
    page(client, stranger, SEND, 404)
    assert "Please call." not in page(client, stranger, HOME)


@pytest.mark.parametrize("text", ["", "   ", "Is Canary-Family back?"])
def test_what_is_wrong_is_told_at_the_field(client, study, patient, text) -> None:
    IdentityFactory.create(patient=patient)
    client.force_login(coordinator(study))
    refused = client.post(SEND, {"text": text})
    assert refused.status_code == 422
    assert "id_text_error" in refused.content.decode()
    assert not CaseMessage._base_manager.exists()
    # Who was told by the refusal that the name is right has looked at the identity.
    assert IdentityLook._base_manager.count() == ("Canary" in text)
