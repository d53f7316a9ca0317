"""Mail servers that are down, slow or refuse: eventually everything is sent, and nothing twice."""

from __future__ import annotations

import datetime as dt
import smtplib

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from followup import delivery, messages
from followup import digests as digest_delivery
from followup.mailbox import MailboxBackend
from followup.models import Digest, Mail
from followup.services import recompute_all
from followup.sweep import sweep
from tests.factories import data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, digests, mails_to, reminders, sweep_on

pytestmark = pytest.mark.django_db

NEXT_DAY = DUE_DAY + dt.timedelta(days=1)


class Server(BaseEmailBackend):
    """A mail server without a log to ask; fails as told."""

    on_open: Exception | None = None
    on_send: Exception | None = None
    bad_addresses: frozenset[str] = frozenset()
    taken: list[str]

    def open(self):
        if self.on_open:
            raise self.on_open

    def send_messages(self, messages):
        (message,) = messages
        if self.on_send:
            raise self.on_send
        (address,) = message.to
        if address in self.bad_addresses:
            raise smtplib.SMTPRecipientsRefused({address: (550, b"no such user")})
        self.taken.append(message.extra_headers["Message-ID"])
        return 1


@pytest.fixture
def server(monkeypatch) -> Server:
    server = Server()
    server.taken = []
    monkeypatch.setattr(delivery, "get_connection", lambda: server)
    return server


@pytest.fixture
def manager():
    return data_manager(followed().patient.centre)


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("on_open", ConnectionRefusedError("no route to mail.example.org")),
        ("on_open", TimeoutError("timed out")),
        ("on_open", smtplib.SMTPAuthenticationError(535, b"bad credentials")),
        ("on_send", smtplib.SMTPDataError(451, b"try again later")),
        ("on_send", smtplib.SMTPSenderRefused(421, b"busy", "registry@example.org")),
    ],
)
def test_what_surely_was_not_sent_is_tried_again_and_sent_once(server, manager, place, error):
    setattr(server, place, error)
    assert sweep_on(DUE_DAY, 8).digests_failed == 1
    assert digests() == [(DUE_DAY, "failed")]
    assert reminders() == [("due", 1, "failed")]
    setattr(server, place, None)
    for hour in (9, 10):
        sweep_on(DUE_DAY, hour)
    sweep_on(NEXT_DAY)
    assert server.taken == [f"<followup-20240420-{manager.pk}@testserver>"]
    assert reminders() == [("due", 1, "sent")]


def test_the_pause_between_attempts_doubles_up_to_six_hours(server, manager):
    server.on_open = ConnectionRefusedError()
    pauses = []
    now = dt.datetime(DUE_DAY.year, DUE_DAY.month, DUE_DAY.day, tzinfo=dt.UTC)
    for _ in range(11):  # all within the day
        sweep_on_time(now)
        retry_at = Digest.objects.get().retry_at
        assert retry_at is not None
        pauses.append((retry_at - now).total_seconds() / 60)
        sweep_on_time(retry_at - dt.timedelta(seconds=1))  # too early: no attempt
        now = retry_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert Digest.objects.get().attempts == 11


def sweep_on_time(now: dt.datetime) -> None:
    sweep(clock=lambda: now)


@pytest.mark.parametrize(
    "error", [smtplib.SMTPServerDisconnected("lost"), TimeoutError("timed out"), BrokenPipeError()]
)
def test_a_connection_that_breaks_while_sending_leaves_a_doubt_for_a_person(server, manager, error):
    server.on_send = error
    assert sweep_on(DUE_DAY).digests_unknown == 1
    server.on_send = None
    for day in (DUE_DAY, NEXT_DAY):
        summary = sweep_on(day, 12)
    assert server.taken == []
    assert summary.digests_unknown == 1
    assert reminders() == [("due", 1, "unknown")]


def test_three_days_without_mail_server_end_in_one_mail(server, manager):
    server.on_open = ConnectionRefusedError()
    for offset in range(3):
        for hour in range(24):
            sweep_on(DUE_DAY + dt.timedelta(days=offset), hour)
    server.on_open = None
    fourth = DUE_DAY + dt.timedelta(days=3)
    for hour in range(24):
        sweep_on(fourth, hour)
    assert server.taken == [f"<followup-20240423-{manager.pk}@testserver>"]
    assert digests() == [
        *((DUE_DAY + dt.timedelta(days=offset), "carried_over") for offset in range(3)),
        (fourth, "sent"),
    ]
    assert reminders() == [("due", 1, "sent")]


def test_a_bad_address_does_not_stop_the_others(server):
    centre = followed().patient.centre
    people = [data_manager(centre) for _ in range(5)]
    server.bad_addresses = frozenset({people[2].email})
    summary = sweep_on(DUE_DAY)
    assert (summary.digests_sent, summary.digests_failed) == (4, 1)
    for hour in range(9, 20):
        sweep_on(DUE_DAY, hour)
    failed = Digest.objects.get(user=people[2])
    assert (failed.state, failed.attempts, failed.error) == ("failed", 1, "address refused")


def test_a_person_without_address_fails_until_there_is_one(server, manager):
    type(manager).objects.filter(pk=manager.pk).update(email="")
    sweep_on(DUE_DAY)
    assert Digest.objects.get().error == "NoAddress"
    type(manager).objects.filter(pk=manager.pk).update(email="new@example.org")
    sweep_on(NEXT_DAY)
    assert server.taken == [f"<followup-20240421-{manager.pk}@testserver>"]


def test_a_mail_that_cannot_be_written_stops_no_other(server, monkeypatch, caplog):
    centre = followed().patient.centre
    people = [data_manager(centre) for _ in range(3)]
    write = messages.digest_message

    def fails_for_the_second(user, *args, **kwargs):
        if user == people[1]:
            raise RuntimeError("a flaw in the template")
        return write(user, *args, **kwargs)

    monkeypatch.setattr(digest_delivery, "digest_message", fails_for_the_second)
    summary = sweep_on(DUE_DAY)
    assert (summary.digests_sent, summary.digests_failed) == (2, 1)
    assert "a flaw in the template" in caplog.text


def test_no_address_reaches_the_log_or_the_ledger(server, manager, caplog):
    server.bad_addresses = frozenset({manager.email})
    sweep_on(DUE_DAY)
    assert "SMTPRecipientsRefused" in caplog.text
    assert manager.email not in caplog.text
    assert manager.email not in Digest.objects.get().error


def test_a_reminder_that_comes_up_before_the_retry_goes_into_the_same_digest(server, manager):
    server.on_open = ConnectionRefusedError()
    sweep_on(DUE_DAY, 8)
    followed(centre=manager.memberships.get().centre)
    server.on_open = None
    recompute_all(today=DUE_DAY)
    sweep_on(DUE_DAY, 9)
    assert len(server.taken) == 1
    assert reminders() == [("due", 1, "sent"), ("due", 1, "sent")]


class TestMailboxThatBreaks:
    """The mailbox is a delivery log: a doubt is settled by looking."""

    def test_after_storing(self, mailbox, manager, monkeypatch):
        store = MailboxBackend.send_messages

        def store_and_break(self, messages):
            store(self, messages)
            raise ConnectionResetError

        monkeypatch.setattr(MailboxBackend, "send_messages", store_and_break)
        sweep_on(DUE_DAY, 8)
        sweep_on(DUE_DAY, 9)
        assert digests() == [(DUE_DAY, "sent")]
        assert Mail.objects.count() == 1

    def test_before_storing(self, mailbox, manager, monkeypatch):
        def break_at_once(self, messages):
            raise ConnectionResetError

        with monkeypatch.context() as patch:
            patch.setattr(MailboxBackend, "send_messages", break_at_once)
            sweep_on(DUE_DAY, 8)
        assert digests() == [(DUE_DAY, "failed")]
        sweep_on(DUE_DAY, 9)
        assert len(mails_to(manager.email)) == 1
