"""Open duties go with the patient to the new centre; nobody of the old one is told of them."""

from __future__ import annotations

import datetime as dt

import pytest

from followup.ledger import enter_needs
from followup.models import HeldReason, Reminder
from followup.people import People
from followup.selectors import worklist
from registry.models import Centre, Enrolment, Patient, User
from registry.scope import scoped_to, system_scope
from registry.services import transfers
from tests.factories import ParticipationFactory, data_manager
from tests.followup.factories import expected, followed, stored
from tests.followup.sweeping import DUE_DAY, at, mails_to, sweep_on

pytestmark = [pytest.mark.django_db, pytest.mark.services, pytest.mark.usefixtures("mailbox")]


@pytest.fixture
def enrolment() -> Enrolment:
    return followed()


@pytest.fixture
def sender(enrolment: Enrolment) -> User:
    return data_manager(enrolment.patient.centre)


@pytest.fixture
def receiver(enrolment: Enrolment) -> User:
    return data_manager(ParticipationFactory.create(study=enrolment.study, centre__code="B").centre)


def transfer(patient: Patient, sender: User, receiver: User) -> None:
    there = Centre.objects.get(memberships__user=receiver)
    offer = transfers.offer(patient=patient, to_centre=there, reason="moved", by=sender)
    transfers.accept(offer, by=receiver)


def test_a_reminder_pending_for_the_old_centre_is_held_and_the_new_one_is_told(
    enrolment, sender, receiver
) -> None:
    expected(enrolment, DUE_DAY)
    with system_scope():
        now = at(DUE_DAY, 6)()
        enter_needs(People.at(now), now=now)
        assert [row.recipient for row in Reminder.objects.all()] == [sender]

    transfer(enrolment.patient, sender, receiver)
    sweep_on(DUE_DAY)

    with system_scope():
        rows = {row.recipient: row for row in Reminder.objects.select_related("recipient")}
    assert rows[sender].held == HeldReason.NOT_RESPONSIBLE
    assert (rows[receiver].held, rows[receiver].kind) == ("", "due")
    assert mails_to(sender.email) == []
    (mail,) = mails_to(receiver.email)
    assert enrolment.patient.pseudonym in mail.text


def test_after_the_transfer_only_the_new_centre_is_reminded(enrolment, sender, receiver) -> None:
    sweep_on(DUE_DAY)
    assert len(mails_to(sender.email)) == 1
    transfer(enrolment.patient, sender, receiver)
    for days in range(1, 60):
        sweep_on(DUE_DAY + dt.timedelta(days=days))
    assert len(mails_to(sender.email)) == 1
    assert len(mails_to(receiver.email)) >= 2


def test_the_worklist_changes_hands_and_the_visits_stay_as_they_were(
    enrolment, sender, receiver, django_capture_on_commit_callbacks
) -> None:
    before = {key: (visit.pk, visit.target) for key, visit in expected(enrolment, DUE_DAY).items()}

    def due(user: User) -> list[str]:
        with scoped_to(user):
            return [row.pseudonym for row in worklist(user, DUE_DAY).this_week.rows]

    assert (due(sender), due(receiver)) == ([enrolment.patient.pseudonym], [])
    with django_capture_on_commit_callbacks(execute=True):
        transfer(enrolment.patient, sender, receiver)
    assert (due(sender), due(receiver)) == ([], [enrolment.patient.pseudonym])
    after = {key: (visit.pk, visit.target) for key, visit in stored(enrolment).items()}
    assert after == before
