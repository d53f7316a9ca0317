"""Bounced mails: what is read from them, and what they do."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from followup.models import Digest, RefusedAddress
from followup.returned import MOST_BYTES, Bounce, NotABounce, read_bounce
from registry.models import User
from tests.factories import data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, digests, instant, sweep_at, sweep_on

BOUNCE = """\
From: MAILER-DAEMON@relay.example
To: registry@registry.invalid
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Original-Recipient: rfc822;{address}
Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {kind}

Message-ID: {message_id}
Subject: Follow-up: 1 visit due

--b--
"""


def bounce(
    address: str = "a@example.org",
    message_id: str = "<unknown@example.org>",
    action: str = "failed",
    status: str = "5.1.1",
    kind: str = "text/rfc822-headers",
) -> bytes:
    return BOUNCE.format(
        address=address, message_id=message_id, action=action, status=status, kind=kind
    ).encode()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_mail_recipients_and_code(kind):
    assert read_bounce(bounce("A@Example.org", "<x@y>", kind=kind)) == Bounce(
        "<x@y>", frozenset({"a@example.org"}), "5.1.1"
    )


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "no delivery report"),
        (b"Subject: hello\n\nOut of office", "no delivery report"),
        (b"\xff\x00\x01" * 1000, "no delivery report"),
        (bounce(action="delayed"), "no recipient that was refused for good"),
        (bounce(status="4.4.1"), "no recipient that was refused for good"),
        (bounce(address="nobody"), "no recipient that was refused for good"),
        (b"x" * (MOST_BYTES + 1), "larger than 1024 KB"),
        (
            b"Content-Type: multipart/report; boundary=b0\n\n"
            + b"".join(
                b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1)
                for n in range(5000)
            ),
            "cannot be read",
        ),
        (
            b"Content-Type: multipart/report; " + b"a=b;" * 200_000 + b"\n\n--b\n\n--b--",
            "too many parts",
        ),
    ],
)
def test_anything_else_is_refused_with_a_reason(raw, problem):
    with pytest.raises(NotABounce, match=problem):
        read_bounce(raw)


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture(autouse=True)
    def sent(self, mailbox):
        self.manager = data_manager(followed().patient.centre)
        sweep_on(DUE_DAY)
        self.digest = Digest.objects.get()

    def take(self, raw: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        said = io.StringIO()
        call_command("take_bounce", stdout=said)
        return said.getvalue()

    def test_a_returned_digest_marks_its_address_and_is_told_later(self, monkeypatch):
        raw = bounce(self.manager.email, self.digest.message_id)
        assert "marked" in self.take(raw, monkeypatch)
        mark = RefusedAddress.objects.get()
        assert (mark.user, mark.code, mark.source) == (self.manager, "5.1.1", "bounce")
        assert digests() == [(DUE_DAY, "failed")]
        assert "Known already" in self.take(raw, monkeypatch)
        assert RefusedAddress.objects.count() == 1

    def test_a_mail_forwarded_to_an_address_that_fails_marks_the_persons_own(self, monkeypatch):
        self.take(bounce("elsewhere@example.net", self.digest.message_id), monkeypatch)
        assert RefusedAddress.objects.get().address == self.manager.email

    def test_a_late_return_from_an_earlier_address_goes_to_the_new_one(self, monkeypatch):
        old = self.manager.email
        RefusedAddress.objects.create(
            user=self.manager, address=old, source="server", since=instant("2024-04-20 08:00")
        )
        User.objects.filter(pk=self.manager.pk).update(email="new@example.org")
        self.take(bounce(old, self.digest.message_id), monkeypatch)
        assert RefusedAddress.objects.count() == 1
        sweep_at("2024-04-21 08:00")
        assert [state for _, state in digests()] == ["carried_over", "sent"]

    def test_another_mail_to_a_person_marks_the_address_too(self, monkeypatch):
        self.take(bounce(self.manager.email.upper()), monkeypatch)
        assert RefusedAddress.objects.get().user == self.manager
        assert digests() == [(DUE_DAY, "sent")]

    def test_a_mail_of_others_ends_with_a_code_and_a_reason(self, monkeypatch):
        with pytest.raises(CommandError, match="Neither the returned mail") as error:
            self.take(bounce("stranger@example.net"), monkeypatch)
        assert error.value.returncode == 65
        assert not RefusedAddress.objects.exists()
