"""``manage.py invite_administrator``: the first account, without a password set by others."""

from io import StringIO

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.test import Client

from registry.models import User
from registry.permissions import may_anywhere
from registry.roles import Action
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = "four words of one person"


def run(username: str = "Mori", email: str = "mori@example.org") -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("invite_administrator", username=username, email=email, stdout=out, stderr=err)
    return out.getvalue().split()[-1], err.getvalue()


def test_the_printed_link_is_the_mailed_one_and_makes_an_administrator(client: Client) -> None:
    link, warning = run()

    assert warning == ""
    assert link in mail.outbox[0].body
    address = link.removeprefix("http://testserver")
    assert client.post(address, {"password": GOOD, "again": GOOD}).status_code == 302
    person = User.objects.get(username="mori")
    assert person.check_password(GOOD)
    assert may_anywhere(person, Action.MANAGE_ACCOUNTS)
    assert not person.is_staff
    assert not person.is_superuser


def test_without_a_mail_server_the_link_is_passed_on_by_hand(client, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)

    link, warning = run()

    assert "did not take the mail" in warning
    assert client.get(link.removeprefix("http://testserver")).status_code == 200


def test_the_same_person_gets_a_new_link_until_a_password_is_chosen(client: Client) -> None:
    first, _warning = run()
    second, _warning = run()

    assert client.get(first.removeprefix("http://testserver")).status_code == 410
    client.post(second.removeprefix("http://testserver"), {"password": GOOD, "again": GOOD})
    with pytest.raises(CommandError, match="one person has one account"):
        run()


def test_an_account_of_somebody_else_is_left_as_it_is() -> None:
    UserFactory.create(username="mori", email="another@example.org")

    with pytest.raises(CommandError, match="one person has one account"):
        run()

    assert User.objects.count() == 1
    assert mail.outbox == []
