"""What a relay's log says of a mail, and what becomes of doubtful digests by it."""

import datetime as dt
import os

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from followup import delivery, posting, relay_log, sweep
from followup.models import Digest, RefusedAddress, Reminder
from followup.relay_log import RelayLog
from registry.scope import system_scope
from tests.factories import data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, digests, instant, sweep_at

OURS = "<followup-20240420-7@registry.example>"
SENT_AT = instant("2024-04-20 08:00")
NOW = instant("2024-04-20 12:00")


def iso(clock: str, rest: str) -> str:
    return f"2024-04-20T{clock}.123456+02:00 relay {rest}\n"


def bsd(clock: str, rest: str) -> str:
    return f"Apr 20 {clock} relay {rest}\n"


BEFORE = "postfix/smtpd[11]: connect from localhost[127.0.0.1]"
RECEIVED = f"postfix/cleanup[12]: 4F1A2B3C4D: message-id={OURS}"
QUEUED = "postfix/qmgr[13]: 4F1A2B3C4D: from=<registry@registry.example>, size=2048, nrcpt=1"
DELIVERED = (
    "postfix/smtp[14]: 4F1A2B3C4D: to=<a@example.org>, relay=mx.example.org[192.0.2.1]:25, "
    "delay=0.5, delays=0/0/0/0.5, dsn=2.0.0, status=sent (250 ok)"
)
BOUNCED = (
    "postfix/smtp[14]: 4F1A2B3C4D: to=<a@example.org>, relay=mx.example.org[192.0.2.1]:25, "
    "delay=0.5, delays=0/0/0/0.5, dsn=5.1.1, status=bounced (host said: 550 5.1.1 no such user)"
)
AFTER = "postfix/smtpd[11]: disconnect from localhost[127.0.0.1]"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "mail.log"


def answer(file, *, zone: str = "UTC", since: dt.datetime = SENT_AT) -> bool | None:
    return RelayLog(str(file), zone_name=zone).has_accepted(OURS, since=since)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([(BEFORE, "09:59:59"), (RECEIVED, "10:00:00"), (QUEUED, "10:00:00")], True),
        ([(RECEIVED, "10:00:00"), (DELIVERED, "10:00:01")], True),
        ([(BEFORE, "09:59:59"), (AFTER, "10:00:00")], False),
        # Begun, and broken off before it was queued: who knows.
        ([(BEFORE, "09:59:59"), (RECEIVED, "10:00:00"), (AFTER, "10:00:01")], None),
        # The log begins after the mail was handed over, or ends before.
        ([(BEFORE, "10:00:01"), (AFTER, "10:00:02")], None),
        ([(BEFORE, "09:50:00"), (AFTER, "09:59:00")], None),
        # The mail of an earlier try.
        ([(RECEIVED, "08:00:00"), (QUEUED, "08:00:00"), (AFTER, "10:00:01")], False),
        ([], None),
    ],
)
@pytest.mark.parametrize("form", [iso, bsd])
def test_it_knows_whether_the_relay_queued_a_mail(file, form, lines, said):
    """Ten o'clock in Rome is eight o'clock UTC."""
    file.write_text("".join(form(clock, rest) for rest, clock in lines))
    assert answer(file, zone="Europe/Rome") is said


def test_a_log_that_cannot_be_read_says_nothing(file, caplog):
    assert answer(file) is None
    assert "cannot be read: FileNotFoundError" in caplog.text


def test_lines_that_are_none_of_a_mail_are_passed_over(file):
    noise = "\x00\xff nonsense\n" + "x" * 100_000 + "\n" + iso("09:59:59", BEFORE)
    file.write_text(noise + iso("10:00:00", RECEIVED) + iso("10:00:00", QUEUED))
    assert answer(file) is True


def test_a_queue_number_that_is_used_again_speaks_of_the_newer_mail(file):
    other = RECEIVED.replace(OURS, "<another@example.org>")
    file.write_text(iso("09:00:00", RECEIVED) + iso("09:59:00", other) + iso("10:00:01", BOUNCED))
    assert RelayLog(str(file), zone_name="UTC").returned() == []


def test_a_log_of_december_read_in_january_is_one_of_last_year(file, time_machine):
    time_machine.move_to(instant("2025-01-01 00:10"), tick=False)
    file.write_text(f"Dec 31 23:59:58 relay {RECEIVED}\nDec 31 23:59:59 relay {QUEUED}\n")
    assert answer(file, since=instant("2024-12-31 23:59:57")) is True


def test_it_reads_on_where_it_stopped_also_over_a_rotation(file):
    log = RelayLog(str(file), zone_name="UTC")
    file.write_text(iso("09:59:00", BEFORE) + iso("10:00:00", RECEIVED))
    assert log.has_accepted(OURS, since=SENT_AT) is None
    with file.open("a") as more:
        more.write(iso("10:00:01", QUEUED))
    os.rename(file, f"{file}.1")
    file.write_text(iso("10:00:02", BOUNCED))
    assert log.has_accepted(OURS, since=SENT_AT) is True
    assert [back.code for back in log.returned()] == ["5.1.1"]


def test_it_reads_on_when_the_log_was_copied_and_cut(file):
    log = RelayLog(str(file), zone_name="UTC")
    file.write_text(iso("09:59:00", BEFORE) + iso("10:00:00", RECEIVED))
    log.read_on()
    (file.parent / "mail.log.1").write_text(file.read_text() + iso("10:00:01", QUEUED))
    file.write_text(iso("10:00:02", AFTER))
    assert log.has_accepted(OURS, since=SENT_AT) is True


def test_the_rotated_log_is_read_from_the_start(file):
    (file.parent / "mail.log.1").write_text(iso("10:00:00", RECEIVED) + iso("10:00:00", QUEUED))
    file.write_text(iso("11:00:00", BEFORE))
    assert answer(file) is True


def test_it_remembers_a_bounded_number_of_mails(file, monkeypatch):
    monkeypatch.setattr(relay_log, "MOST_MAILS", 10)
    lines = [
        iso(
            "10:00:00",
            f"postfix/cleanup[1]: {number:010X}: message-id=<followup-20240420-{number}@x>",
        )
        for number in range(1000)
    ]
    file.write_text("".join(lines))
    log = RelayLog(str(file), zone_name="UTC")
    log.read_on()
    assert len(log._known.mails) == len(log._known.begun) == 10


class Breaks(BaseEmailBackend):
    """A relay that takes the mail or not, and never answers."""

    def send_messages(self, messages):
        raise TimeoutError


@pytest.mark.django_db
class TestDigests:
    @pytest.fixture(autouse=True)
    def relay(self, file, settings, monkeypatch):
        settings.RELAY_LOG = str(file)
        relay_log.relay_log.cache_clear()
        monkeypatch.setattr(delivery, "get_connection", Breaks)
        monkeypatch.setattr(sweep, "get_connection", Breaks)
        self.manager = data_manager(followed().patient.centre)
        self.file = file

    def doubt(self) -> Digest:
        """A digest that was handed over at eight o'clock, and no answer came."""
        sweep_at("2024-04-20 08:00")
        assert digests() == [(DUE_DAY, "sending")]
        return Digest.objects.get()

    def write(self, *lines: tuple[str, str], digest: Digest) -> None:
        self.file.write_text(
            "".join(
                f"2024-04-20T{clock}.000000+00:00 relay {rest.replace(OURS, digest.message_id)}\n"
                for clock, rest in lines
            )
        )

    def test_a_mail_that_the_relay_queued_is_sent_when_the_lease_is_over(self):
        self.write(
            ("07:59:00", BEFORE), ("08:00:00", RECEIVED), ("08:00:01", QUEUED), digest=self.doubt()
        )
        sweep_at("2024-04-20 08:02")
        assert digests() == [(DUE_DAY, "sent")]
        assert Digest.objects.get().sent_at == SENT_AT

    def test_a_mail_that_it_never_saw_is_free_again(self, monkeypatch, mailoutbox):
        self.write(("07:59:00", BEFORE), ("08:00:02", AFTER), digest=self.doubt())
        monkeypatch.undo()
        self.file.write_text(self.file.read_text())
        posting.settle_stale(
            Digest.objects.all(),
            RelayLog(str(self.file), zone_name="UTC"),
            now=instant("2024-04-20 08:02"),
        )
        assert digests() == [(DUE_DAY, "pending")]

    def test_without_an_answer_it_is_doubtful_until_the_log_knows(self):
        digest = self.doubt()
        sweep_at("2024-04-20 08:02")
        assert digests() == [(DUE_DAY, "unknown")]
        self.write(
            ("07:59:00", BEFORE), ("08:00:00", RECEIVED), ("08:00:01", QUEUED), digest=digest
        )
        sweep_at("2024-04-20 08:03")
        assert digests() == [(DUE_DAY, "sent")]

    def test_a_mail_that_the_relay_returned_marks_the_address_and_is_told_later(self):
        digest = self.doubt()
        self.write(
            ("07:59:00", BEFORE),
            ("08:00:00", RECEIVED),
            ("08:00:01", QUEUED),
            ("08:00:02", BOUNCED),
            digest=digest,
        )
        sweep_at("2024-04-20 08:02")
        mark = RefusedAddress.objects.get()
        assert (mark.user, mark.address, mark.code, mark.source) == (
            self.manager,
            self.manager.email,
            "5.1.1",
            "relay_log",
        )
        assert digests() == [(DUE_DAY, "failed")]
        sweep_at("2024-04-21 08:00")
        assert [state for _, state in digests()] == ["carried_over", "failed"]
        with system_scope():
            assert Reminder.objects.get().held == ""
        RefusedAddress.objects.update(cleared_at=instant("2024-04-21 09:00"))
        sweep_at("2024-04-21 10:00")
        assert RefusedAddress.objects.count() == 1  # the old line marks nothing anew
