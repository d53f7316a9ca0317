"""The page of the own API tokens."""

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from registry.models import ApiToken, User
from registry.services import tokens as service
from tests.factories import CentreFactory, MembershipFactory, UserFactory, data_manager
from tests.factories.people import StudyFactory

pytestmark = pytest.mark.django_db

TOKENS = reverse("registry:tokens")
TOMORROW = dt.date.today() + dt.timedelta(days=1)
NEW = {"name": "nightly", "may_write": "read", "ends_on": TOMORROW.isoformat()}


@pytest.fixture
def person(client: Client) -> User:
    user = data_manager(CentreFactory.create())
    client.force_login(user)
    return user


def token_in(page: str) -> str:
    (shown,) = re.findall(r'<code id="token">(\w+)</code>', page)
    return shown


def test_a_token_is_shown_once_on_the_answer_to_its_form(client, person, caplog) -> None:
    caplog.set_level("DEBUG")

    answer = client.post(TOKENS, NEW)
    shown = token_in(answer.content.decode())

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.may_write) == (person, "nightly", False)
    assert len(shown) == 64
    listed = client.get(TOKENS).content.decode()
    assert "nightly" in listed
    assert shown not in listed
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert shown not in f"{kept}{client.cookies}{caplog.text}{dict(answer.headers)}"


def test_sending_the_form_twice_makes_one_token(client: Client, person: User) -> None:
    client.post(TOKENS, NEW)
    again = client.post(TOKENS, NEW)

    assert again.status_code == 422
    assert ApiToken.objects.count() == 1


def test_a_token_may_write_when_asked_for(client: Client, person: User) -> None:
    client.post(TOKENS, NEW | {"may_write": "write"})

    assert ApiToken.objects.get().may_write


def test_who_only_reads_is_not_offered_a_token_that_writes(client: Client) -> None:
    reader = UserFactory.create()
    MembershipFactory.create(user=reader, role="reader", study=StudyFactory.create())
    client.force_login(reader)
    assert 'value="write"' not in client.get(TOKENS).content.decode()

    assert client.post(TOKENS, NEW | {"may_write": "write"}).status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "n" * 81},
        {"ends_on": ""},
        {"ends_on": "soon"},
        {"ends_on": "2020-01-01"},
        {"ends_on": "9999-12-31"},
        {"may_write": "everything"},
    ],
)
def test_what_is_wrong_is_told_at_its_field(client: Client, person: User, wrong) -> None:
    answer = client.post(TOKENS, NEW | wrong)

    (field,) = wrong
    assert answer.status_code == 422
    assert f'<a href="#id_{field}">' in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_the_own_token_is_revoked_by_a_post_and_nobody_elses(client: Client, person: User) -> None:
    mine, _shown = service.create(user=person, name="mine", may_write=False, ends_on=TOMORROW)
    other = data_manager(CentreFactory.create())
    theirs, _shown = service.create(user=other, name="theirs", may_write=False, ends_on=TOMORROW)
    assert "theirs" not in client.get(TOKENS).content.decode()

    for token, status in ((theirs, 404), (mine, 302)):
        address = reverse("registry:token_revoke", args=[token.pk])
        assert client.get(address).status_code == 405
        assert client.post(address).status_code == status

    assert list(ApiToken.objects.all()) == [theirs]
