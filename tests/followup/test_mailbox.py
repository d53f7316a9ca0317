"""The mailbox takes every mail once."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import IntegrityError, transaction

from followup.mailbox import DeliveryLog, MailboxBackend
from followup.models import Mail

pytestmark = pytest.mark.django_db


def message(identifier: str, subject: str = "Subject") -> EmailMultiAlternatives:
    made = EmailMultiAlternatives(
        subject,
        "Plain text",
        "registry@example.org",
        ["a@example.org", "b@example.org"],
        headers={"Message-ID": identifier},
    )
    made.attach_alternative("<p>HTML</p>", "text/html")
    return made


def test_a_mail_is_kept_with_all_its_parts():
    assert MailboxBackend().send_messages([message("<1@example.org>")]) == 1
    mail = Mail.objects.get()
    assert mail.message_id == "<1@example.org>"
    assert mail.sender == "registry@example.org"
    assert mail.recipients == ["a@example.org", "b@example.org"]
    assert (mail.subject, mail.text, mail.html) == ("Subject", "Plain text", "<p>HTML</p>")


def test_the_same_message_id_is_the_same_mail():
    backend = MailboxBackend()
    backend.send_messages([message("<1@example.org>", "First")])
    assert backend.send_messages([message("<1@example.org>", "Second")]) == 1
    assert Mail.objects.get().subject == "First"


def test_a_mail_without_a_fixed_message_id_gets_one():
    mails = [EmailMessage("S", "T", "a@example.org", ["b@example.org"]) for _ in range(2)]
    MailboxBackend().send_messages(mails)
    assert Mail.objects.values("message_id").distinct().count() == 2


def test_it_is_a_log_to_ask():
    backend = MailboxBackend()
    assert isinstance(backend, DeliveryLog)
    assert not backend.has_accepted("<1@example.org>")
    backend.send_messages([message("<1@example.org>")])
    assert backend.has_accepted("<1@example.org>")


def test_all_of_a_batch_or_none(monkeypatch):
    broken = message("<2@example.org>")
    monkeypatch.setattr(broken, "message", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        MailboxBackend().send_messages([message("<1@example.org>"), broken])
    assert not Mail.objects.exists()


def test_the_database_refuses_a_second_row_of_a_message_id():
    Mail.objects.create(message_id="<1@example.org>", sender="", subject="", text="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(message_id="<1@example.org>", sender="", subject="", text="")
