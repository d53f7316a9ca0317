"""Letters go out exactly once to each person, whatever fails on the way."""

from __future__ import annotations

import datetime as dt
import smtplib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction

from followup import delivery, letters, posting
from followup.models import Letter, LetterKind, Mail, MailState
from followup.returned import Bounce, take_bounce
from followup.selectors.doubtful import doubtful_letters, waiting_for
from followup.services.addresses import clear_refused
from followup.services.settling import it_arrived, send_again
from tests.factories import StudyFactory, UserFactory, coordinator
from tests.followup.sweeping import instant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]

NOW = instant("2024-04-20 08:00")
MINUTE = dt.timedelta(minutes=1)
REPORT = LetterKind.REPORT


@pytest.fixture
def study():
    return StudyFactory.create()


@pytest.fixture
def reader(study):
    person = UserFactory.create()
    letters.enter(REPORT, "7", [person.pk], study=study, now=NOW)
    return person


def compose(letter: Letter) -> EmailMessage:
    return EmailMessage(
        f"{letter.study.key} {letter.occasion}",
        "text",
        to=[letter.user.email],
        headers={"Message-ID": letter.message_id},
    )


def send(at=NOW, write=compose):
    return letters.send(REPORT, write, clock=lambda: at)


def subjects() -> list[tuple[str, list[str]]]:
    return [(mail.subject, mail.recipients) for mail in Mail.objects.order_by("pk")]


class Breaks(BaseEmailBackend):
    """A mail server without a log that answers with an error."""

    error: Exception = TimeoutError()

    def open(self):
        return True

    def send_messages(self, messages):
        raise self.error


@pytest.fixture
def breaks(monkeypatch):
    for module in (delivery, letters):
        monkeypatch.setattr(module, "get_connection", Breaks)
    return Breaks


def test_each_person_is_written_to_once_about_one_occasion(study, reader):
    other = UserFactory.create()
    letters.enter(REPORT, "7", [reader.pk, other.pk], study=study, now=NOW)
    assert send() == {MailState.SENT: 2}
    letters.enter(REPORT, "7", [reader.pk, other.pk], study=study, now=NOW + MINUTE)
    assert send(NOW + MINUTE) == {}
    assert subjects() == [(f"{study.key} 7", [reader.email]), (f"{study.key} 7", [other.email])]


def test_another_occasion_is_another_letter(study, reader):
    letters.enter(REPORT, "8", [reader.pk], study=study, now=NOW)
    send()
    assert [subject for subject, _ in subjects()] == [f"{study.key} 7", f"{study.key} 8"]
    assert Letter.objects.values("message_id").distinct().count() == 2


def test_only_letters_of_the_kind_are_sent(study, reader):
    letters.enter(LetterKind.SAFETY, "7", [reader.pk], study=study, now=NOW)
    send()
    states = Letter.objects.order_by("kind").values_list("kind", "state")
    assert list(states) == [("report", "sent"), ("safety", "pending")]


def test_nothing_left_to_say_holds_the_letter_back_for_good(reader):
    assert send(write=lambda letter: None) == {MailState.HELD: 1}
    assert send(NOW + MINUTE) == {}
    assert subjects() == []


def test_what_cannot_be_written_fails_and_is_tried_again(reader):
    def fails(letter):
        raise ZeroDivisionError

    assert send(write=fails) == {MailState.FAILED: 1}
    assert send(NOW + MINUTE / 2) == {}
    assert send(NOW + MINUTE) == {MailState.SENT: 1}


def test_a_letter_refused_for_good_is_tried_again_a_day_later(reader, breaks, monkeypatch):
    breaks.error = smtplib.SMTPDataError(554, b"5.7.1 not today")
    assert send() == {MailState.FAILED: 1}
    monkeypatch.undo()
    assert send(NOW + dt.timedelta(hours=23)) == {}
    assert send(NOW + dt.timedelta(hours=24)) == {MailState.SENT: 1}


def test_a_broken_connection_leaves_a_doubt_that_is_not_sent_again(study, reader, breaks):
    breaks.error = TimeoutError()
    assert send() == {MailState.UNKNOWN: 1}
    assert send(NOW + dt.timedelta(days=3)) == {}
    steering = coordinator(study)
    assert waiting_for(steering, NOW.date()).doubtful == 1
    assert waiting_for(reader, NOW.date()).doubtful == 1
    assert waiting_for(coordinator(StudyFactory.create(key="other")), NOW.date()).doubtful == 0


def test_a_person_settles_the_doubt(study, reader, breaks, monkeypatch):
    breaks.error = TimeoutError()
    send()
    monkeypatch.undo()
    (letter,) = doubtful_letters(reader)
    with pytest.raises(PermissionDenied):
        it_arrived(letter, by=coordinator(StudyFactory.create(key="other")), now=NOW)
    send_again(letter, by=coordinator(study), now=NOW + MINUTE)
    assert send(NOW + MINUTE) == {MailState.SENT: 1}
    assert len(subjects()) == 1


def test_a_sender_that_was_killed_leaves_a_claim_that_is_taken_up(reader):
    claim = posting.take(Letter.objects.all(), now=NOW)
    assert claim is not None
    assert send(NOW + posting.lease()) == {}
    assert send(NOW + posting.lease() + MINUTE) == {MailState.SENT: 1}


def test_a_mail_that_the_mailbox_took_before_the_kill_is_not_sent_again(reader):
    claim = posting.take(Letter.objects.all(), now=NOW)
    assert claim is not None
    posting.hand_over(claim, now=NOW)
    get_connection().send_messages([compose(Letter.objects.get())])
    send(NOW + posting.lease() + MINUTE)
    assert (len(subjects()), Letter.objects.get().state) == (1, "sent")


def test_a_returned_letter_waits_until_the_address_is_right(reader):
    send()
    letter = Letter.objects.get()
    bounce = Bounce(letter.message_id, frozenset({reader.email.lower()}), "5.1.1")
    assert take_bounce(bounce, now=NOW + MINUTE)
    assert send(NOW + 2 * MINUTE) == {}
    clear_refused(reader.refused_addresses.get(), by=reader, now=NOW + 3 * MINUTE)
    Mail.objects.all().delete()
    assert send(NOW + 3 * MINUTE) == {MailState.SENT: 1}


def test_the_database_refuses_a_second_letter_and_a_kind_that_is_none(study, reader):
    for kind, occasion in (("report", "7"), ("gossip", "7"), ("report", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.create(
                user=reader,
                study=study,
                kind=kind,
                occasion=occasion,
                message_id=f"<{kind}{occasion}@x>",
                entered_at=NOW,
            )
