"""Two people answer an offer at the same moment: exactly one of them wins."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from registry.models import Patient, Transfer, User
from registry.services import transfers
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    IdentityFactory,
    ParticipationFactory,
    data_manager,
)

# SQLite in memory has one connection: only a server runs two writers side by side.
pytestmark = [pytest.mark.services(only=True), pytest.mark.django_db(transaction=True)]

ACCEPT = {"do": "accept", "record_number": "B-1"}
REFUSE = {"do": "refuse", "answer": "no bed"}
WITHDRAW = {"do": "withdraw", "answer": "stays here"}


@pytest.fixture
def offer() -> Transfer:
    enrolment = EnrolmentFactory.create(patient__centre=CentreFactory.create(code="A"))
    IdentityFactory.create(patient=enrolment.patient)
    there = ParticipationFactory.create(study=enrolment.study, centre__code="B").centre
    return transfers.offer(
        patient=enrolment.patient,
        to_centre=there,
        reason="moved",
        by=data_manager(enrolment.patient.centre),
    )


def send_together(address: str, sent: list[tuple[User, dict[str, str]]]) -> Counter[int]:
    """Each person sends these fields; all start together. How often each status came."""
    start = threading.Barrier(len(sent))
    answers: list[int] = []

    def send(user: User, fields: dict[str, str]) -> None:
        client = Client()
        client.force_login(user)
        start.wait()
        answers.append(client.post(address, fields).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send, args=one) for one in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def test_of_four_acceptances_one_counts(offer: Transfer) -> None:
    people = [data_manager(offer.to_centre) for _ in range(4)]
    address = reverse("registry:transfer", args=[offer.pk])

    answers = send_together(address, [(user, ACCEPT) for user in people])

    assert answers == {302: 1, 422: 3}
    patient = Patient._base_manager.get()
    assert (patient.centre, patient.version) == (offer.to_centre, 2)


def test_acceptance_refusal_and_withdrawal_at_once_end_in_one_of_them(offer: Transfer) -> None:
    here, there = data_manager(offer.from_centre), data_manager(offer.to_centre)
    address = reverse("registry:transfer", args=[offer.pk])

    answers = send_together(
        address, [(there, ACCEPT), (data_manager(offer.to_centre), REFUSE), (here, WITHDRAW)]
    )

    assert answers == {302: 1, 422: 2}
    offer.refresh_from_db()
    patient = Patient._base_manager.get()
    has_moved = patient.centre_id == offer.to_centre_id
    assert has_moved is (offer.state == "accepted")


def test_of_two_offers_at_once_one_is_open() -> None:
    enrolment = EnrolmentFactory.create(patient__centre=CentreFactory.create(code="A"))
    for code in ("B", "C"):
        ParticipationFactory.create(study=enrolment.study, centre__code=code)
    user = data_manager(enrolment.patient.centre)
    address = reverse("registry:offer_transfer", args=[enrolment.patient.pseudonym])

    answers = send_together(
        address, [(user, {"to_centre": code, "reason": "moved"}) for code in ("B", "C")]
    )

    assert answers == {302: 1, 422: 1}
    assert Transfer._base_manager.count() == 1


def test_a_form_saved_during_the_acceptance_is_written_before_it_or_not_at_all(offer) -> None:
    here, there = data_manager(offer.from_centre), data_manager(offer.to_centre)
    pseudonym = offer.patient.pseudonym
    answers: dict[str, int] = {}
    start = threading.Barrier(2)

    def send(name: str, user: User, address: str, fields: dict[str, str]) -> None:
        client = Client()
        client.force_login(user)
        start.wait()
        answers[name] = client.post(address, fields).status_code
        connections.close_all()

    form = reverse("registry:enter", args=["disease", "new", pseudonym])
    threads = [
        threading.Thread(
            target=send,
            args=["accept", there, reverse("registry:transfer", args=[offer.pk]), ACCEPT],
        ),
        threading.Thread(
            target=send,
            args=["save", here, form, {"disease-version": "1", "disease-site": "thigh"}],
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers["accept"] == 302
    assert answers["save"] in (302, 403, 404, 422)
