"""Refused addresses: who is told, once, and what is not tried meanwhile."""

import smtplib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.base import BaseEmailBackend

from followup import delivery
from followup.models import (
    AddressNotice,
    Digest,
    Leave,
    RefusalSource,
    RefusedAddress,
    Reminder,
    ReminderWish,
)
from followup.services.addresses import clear_refused, mark_refused
from registry.errors import Refused
from registry.models import User
from registry.scope import system_scope
from tests.factories import (
    MembershipFactory,
    ParticipationFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, instant, mails_to, sweep_at

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = instant("2024-04-20 07:00")


@pytest.fixture
def enrolment():
    enrolment = followed()
    ParticipationFactory.create(study=enrolment.study, centre=enrolment.patient.centre)
    return enrolment


@pytest.fixture
def manager(enrolment) -> User:
    return data_manager(enrolment.patient.centre, display_name="The data manager")


def refuse(user: User) -> RefusedAddress:
    return mark_refused(
        user, address=user.email, code="5.1.1", source=RefusalSource.SERVER, now=NOW
    )


def states() -> list[tuple[str, str]]:
    return [(one.state, one.error) for one in Digest.objects.order_by("day", "pk")]


@pytest.mark.usefixtures("mailbox")
class TestWhoIsTold:
    def test_the_coordinators_of_the_centres_studies_are_told_once(self, enrolment, manager):
        steering = coordinator(enrolment.study)
        coordinator(followed("cnao").study)
        refuse(manager)
        for moment in ("2024-04-20 08:00", "2024-04-20 09:00", "2024-04-21 08:00"):
            sweep_at(moment)
        (mail,) = mails_to(steering.email)
        assert mail.subject == "Follow-up: 1 address refuses mail"
        for text in (mail.text, mail.html):
            assert "The data manager" in text
            assert "5.1.1" in text
            assert manager.email not in text
        assert [notice.recipient for notice in AddressNotice.objects.all()] == [steering]
        assert mails_to(manager.email) == []

    def test_the_other_coordinators_are_told_of_a_coordinator(self, enrolment):
        first, second = coordinator(enrolment.study), coordinator(enrolment.study)
        refuse(first)
        sweep_at("2024-04-20 08:00")
        assert [notice.recipient for notice in AddressNotice.objects.all()] == [second]

    def test_an_administrator_is_told_where_there_is_no_coordinator(self, manager):
        keeper = administrator()
        refuse(manager)
        sweep_at("2024-04-20 08:00")
        assert len(mails_to(keeper.email)) == 1

    def test_a_coordinator_who_turned_mails_off_is_told(self, enrolment, manager):
        steering = coordinator(enrolment.study)
        ReminderWish.objects.create(user=steering, unsubscribed_at=NOW)
        refuse(manager)
        sweep_at("2024-04-20 08:00")
        assert len(mails_to(steering.email)) == 1

    def test_on_leave_the_fellow_is_told_at_once_and_the_person_later(self, enrolment, manager):
        gone, fellow = coordinator(enrolment.study), coordinator(enrolment.study)
        Leave.objects.create(user=gone, first_day=DUE_DAY, last_day=DUE_DAY)
        refuse(manager)
        sweep_at("2024-04-20 08:00")
        assert (len(mails_to(fellow.email)), len(mails_to(gone.email))) == (1, 0)
        sweep_at("2024-04-21 08:00")
        assert (len(mails_to(fellow.email)), len(mails_to(gone.email))) == (1, 1)

    def test_a_mark_that_was_cleared_meanwhile_is_not_told(self, enrolment, manager):
        steering = coordinator(enrolment.study)
        clear_refused(refuse(manager), by=manager, now=NOW)
        sweep_at("2024-04-20 08:00")
        assert mails_to(steering.email) == []


@pytest.mark.usefixtures("mailbox")
class TestWhatIsNotTried:
    def test_nothing_is_sent_and_nothing_is_lost(self, manager):
        mark = refuse(manager)
        for moment in ("2024-04-20 08:00", "2024-04-20 12:00"):
            sweep_at(moment)
        assert states() == [("failed", "address refused")]
        assert Digest.objects.get().attempts == 1
        sweep_at("2024-04-21 08:00")
        assert states() == [("carried_over", "address refused"), ("failed", "address refused")]
        clear_refused(mark, by=manager, now=instant("2024-04-21 09:00"))
        sweep_at("2024-04-21 09:01")
        assert states()[1][0] == "sent"
        assert len(mails_to(manager.email)) == 1

    def test_a_new_address_is_written_to_the_same_day(self, manager):
        refuse(manager)
        sweep_at("2024-04-20 08:00")
        User.objects.filter(pk=manager.pk).update(email="new@example.org")
        sweep_at("2024-04-20 09:00")
        assert len(mails_to("new@example.org")) == 1


class Server(BaseEmailBackend):
    """Refuses one recipient, as told."""

    refused: str
    answer: tuple[int, bytes]

    def send_messages(self, messages):
        if messages[0].to == [self.refused]:
            raise smtplib.SMTPRecipientsRefused({self.refused: self.answer})
        return 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((550, b"5.1.1 no such user"), "5.1.1"),
        ((550, b"no such user"), ""),
        ((552, b"5.2.2 mailbox full"), "5.2.2"),
        ((550, b"5.7.1 we do not like your network"), None),
        ((554, b"relay access denied"), None),
        ((450, b"4.2.1 try again later"), None),
    ],
)
def test_the_server_refuses_one_of_three(monkeypatch, enrolment, manager, answer, code):
    """What is about the network or is not final says nothing about the address."""
    others = [data_manager(enrolment.patient.centre) for _ in range(2)]
    server = Server()
    server.refused, server.answer = manager.email, answer
    monkeypatch.setattr(delivery, "get_connection", lambda: server)
    summary = sweep_at("2024-04-20 08:00")
    assert (summary.digests_sent, summary.digests_failed) == (len(others), 1)
    marks = list(RefusedAddress.objects.values_list("user_id", "code", "source"))
    assert marks == ([] if code is None else [(manager.pk, code, "server")])
    with system_scope():
        assert not Reminder.objects.exclude(held="").exists()


class TestClearing:
    def test_the_person_keepers_and_coordinators_around_may(self, enrolment, manager):
        for by in (manager, administrator(), coordinator(enrolment.study)):
            mark = refuse(manager)
            cleared = clear_refused(mark, by=by, now=NOW)
            assert (cleared.cleared_by, cleared.cleared_at) == (by, NOW)

    def test_others_may_not(self, enrolment, manager):
        mark = refuse(manager)
        monitor = MembershipFactory.create(role="monitor", study=enrolment.study, centre=None).user
        strangers = [monitor, coordinator(followed("cnao").study), UserFactory.create()]
        strangers.append(data_manager(enrolment.patient.centre))
        for by in strangers:
            with pytest.raises(PermissionDenied):
                clear_refused(mark, by=by, now=NOW)

    def test_a_mark_is_cleared_once(self, manager):
        mark = refuse(manager)
        clear_refused(mark, by=manager, now=NOW)
        with pytest.raises(Refused, match="cleared already"):
            clear_refused(mark, by=manager, now=NOW)
        assert refuse(manager).pk != mark.pk
