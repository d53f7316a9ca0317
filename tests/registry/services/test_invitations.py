"""Invitations: a link by mail, good for three days and once; nobody sees a password."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend

from registry.errors import Refused
from registry.models import AuditEvent, Invitation, User
from registry.services import invitations, people
from tests.factories import UserFactory, administrator

pytestmark = [pytest.mark.django_db, pytest.mark.services]

MADE = dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC)
GOOD = "four words of one person"
NEW: dict[str, Any] = {"username": "mori", "display_name": "A. Mori", "email": "mori@example.org"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(MADE, tick=False) as clock:
        yield clock


@pytest.fixture
def invited(django_capture_on_commit_callbacks) -> Invitation:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = people.invite(**NEW, by=administrator())
    invitation.refresh_from_db()
    return invitation


def code_of(invitation: Invitation) -> str:
    return invitations.link(invitation).rstrip("/").rpartition("/")[2]


def test_the_mail_goes_out_after_the_transaction_with_the_link(
    django_capture_on_commit_callbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        invitation = people.invite(**NEW, by=administrator())
        assert mail.outbox == []
    assert Invitation.objects.get().sent_at is None

    waiting[0]()

    (message,) = mail.outbox
    assert message.to == ["mori@example.org"]
    assert "Your user name is mori." in message.body
    assert re.findall(r"http://testserver/\S+", str(message.body)) == [invitations.link(invitation)]
    assert Invitation.objects.get().sent_at == MADE


def test_a_mail_server_that_fails_leaves_the_invitation_as_not_sent(
    django_capture_on_commit_callbacks, monkeypatch, caplog
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("no server for mori@example.org")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        people.invite(**NEW, by=administrator())

    invitation = Invitation.objects.get()
    assert invitation.sent_at is None
    assert invitations.is_open(invitation)
    assert "was not sent" in caplog.text
    assert "mori" not in caplog.text


def test_the_person_chooses_the_password_once(invited: Invitation) -> None:
    code = code_of(invited)

    person = invitations.accept(code, password=GOOD)

    assert User.objects.get(username="mori").check_password(GOOD)
    assert Invitation.objects.get().accepted_at == MADE
    with pytest.raises(Refused, match="not good any more"):
        invitations.accept(code, password="another good password")
    assert User.objects.get(pk=person.pk).check_password(GOOD)


def test_the_trail_says_who_invited_and_who_accepted_and_never_the_link(
    invited: Invitation,
) -> None:
    code = code_of(invited)
    invitations.accept(code, password=GOOD)

    events = AuditEvent.objects.filter(table="registry_invitation").order_by("id")

    made, _sent, accepted = events
    assert made.actor_id == invited.invited_by_id
    assert (accepted.actor_id, accepted.origin) == (invited.user_id, "invitation accepted")
    secret = code.partition("-")[2]
    everything = str(list(AuditEvent.objects.values()))
    assert secret not in everything
    assert "password" not in everything


@pytest.mark.parametrize(
    ("after", "is_good"),
    [
        (dt.timedelta(days=3, seconds=-1), True),
        (dt.timedelta(days=3), False),
    ],
)
def test_a_link_is_good_for_three_days(invited, noon, after, is_good) -> None:
    noon.shift(after)

    assert (invitations.open_invitation(code_of(invited)) is not None) is is_good


def test_a_newer_invitation_kills_the_older_link(invited: Invitation) -> None:
    old = code_of(invited)

    newer = invitations.invite_again(invited.user, by=administrator())

    assert invitations.open_invitation(old) is None
    assert invitations.open_invitation(code_of(newer)) == newer


def test_the_link_dies_with_the_account(invited: Invitation) -> None:
    people.deactivate(invited.user, by=administrator(), reason="never came")

    assert invitations.open_invitation(code_of(invited)) is None


def test_a_corrected_address_gets_a_new_link_and_the_wrong_one_is_left_with_a_dead_one(
    invited, django_capture_on_commit_callbacks
) -> None:
    old = code_of(invited)
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        people.change(
            invited.user,
            **NEW | {"email": "right@example.org"},
            by=administrator(),
            reason="typing error",
        )

    assert invitations.open_invitation(old) is None
    (message,) = mail.outbox
    assert message.to == ["right@example.org"]


@pytest.mark.parametrize(
    "forge",
    [
        lambda code: "",
        lambda code: "x",
        lambda code: "-",
        lambda code: "99999-" + code.partition("-")[2],
        lambda code: "9" * 30 + "-" + code.partition("-")[2],
        lambda code: "²-" + code.partition("-")[2],
        lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"),
        lambda code: code.partition("-")[0],
        lambda code: code + "é",
    ],
)
def test_a_forged_link_opens_nothing(invited, forge) -> None:
    assert invitations.open_invitation(forge(code_of(invited))) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "too short"), ("password1234", "too common"), ("a.mori@example", "too similar")],
)
def test_an_easy_password_is_refused_and_the_link_stays_good(invited, password, said) -> None:
    with pytest.raises(Refused, match=said) as refused:
        invitations.accept(code_of(invited), password=password)

    assert {finding.field for finding in refused.value.findings} == {"password"}
    assert invitations.open_invitation(code_of(invited)) is not None


def test_nobody_is_invited_who_has_a_password_or_is_gone_or_has_no_address() -> None:
    by = administrator()

    with pytest.raises(Refused, match="has chosen a password"):
        invitations.invite_again(UserFactory.create(), by=by)
    with pytest.raises(Refused, match="deactivated"):
        invitations.invite_again(UserFactory.create(is_active=False), by=by)
    with pytest.raises(Refused, match="no mail address"):
        invitations.invite_again(UserFactory.create(email=""), by=by)
    with pytest.raises(PermissionDenied):
        invitations.invite_again(UserFactory.create(), by=UserFactory.create())
    assert not Invitation.objects.exists()
