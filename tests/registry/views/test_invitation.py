"""The page of an invitation: open to who holds the link, and to nobody else."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from registry.models import Invitation, User
from registry.services import invitations, people
from tests.factories import administrator

pytestmark = pytest.mark.django_db

GOOD = "four words of one person"
TYPED = {"password": GOOD, "again": GOOD}


@pytest.fixture
def invited() -> Invitation:
    return people.invite(
        username="mori", display_name="A. Mori", email="mori@example.org", by=administrator()
    )


@pytest.fixture
def address(invited: Invitation) -> str:
    return invitations.link(invited).removeprefix("http://testserver")


def test_the_person_chooses_a_password_and_signs_in_with_it(client: Client, address) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]

    answer = client.post(address, TYPED)

    assert answer.status_code == 302
    assert answer["Location"] == reverse("login")
    assert "_auth_user_id" not in client.session  # signing in is another step
    signed_in = client.post(reverse("login"), {"username": "mori", "password": GOOD})
    assert signed_in.status_code == 302


def test_opening_the_link_writes_nothing(client: Client, address) -> None:
    before = User.objects.filter(username="mori").values().get(), list(Invitation.objects.values())

    client.get(address)

    after = User.objects.filter(username="mori").values().get(), list(Invitation.objects.values())
    assert after == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": GOOD, "again": "something else"}, "differ"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "", "again": ""}, "required"),
    ],
)
def test_what_is_wrong_with_a_password_is_told(client, address, typed, said) -> None:
    answer = client.post(address, typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.get(username="mori").has_usable_password()


def test_a_link_that_was_used_is_gone(client: Client, address) -> None:
    client.post(address, TYPED)

    assert client.get(address).status_code == 410
    again = client.post(address, {"password": "another person", "again": "another person"})
    assert again.status_code == 410
    assert User.objects.get(username="mori").check_password(GOOD)


def test_a_link_of_four_days_ago_is_gone(client: Client, address) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=4)):
        assert client.get(address).status_code == 410


@pytest.mark.parametrize("code", ["x", "1", "1-abc", "99999999999999999999-a"])
def test_a_guessed_link_is_answered_as_one_that_ended(client: Client, invited, code) -> None:
    answer = client.get(reverse("registry:invitation", args=[code]))

    assert answer.status_code == 410
    assert "mori" not in answer.content.decode()
