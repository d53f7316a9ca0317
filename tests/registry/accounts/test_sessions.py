"""The own sessions: listed, ended one by one or all others at once; the account page."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import NoReverseMatch, reverse

from registry.models import User
from tests.factories import CentreFactory, UserFactory, data_manager
from tests.factories.people import PASSWORD
from tests.registry.accounts.totp import with_app

pytestmark = pytest.mark.django_db

HOME = reverse("registry:home")
SESSIONS = reverse("usersessions_list")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def user() -> User:
    return data_manager(CentreFactory.create(name="Centre A"))


def signed_in(user: User, user_agent: str = FIREFOX, address: str = "192.0.2.1") -> Client:
    client = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR=address)
    client.post(reverse("login"), {"username": user.username, "password": PASSWORD})
    return client


def of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_the_own_sessions_are_listed_with_device_and_address(user: User):
    signed_in(UserFactory.create(), address="192.0.2.99")
    signed_in(user, IPHONE, "192.0.2.2")

    page = signed_in(user).get(SESSIONS).content.decode()

    for words in ("Firefox on Linux", "192.0.2.1<", "Safari on iPhone", "192.0.2.2<", "this one"):
        assert words in page
    assert "192.0.2.99" not in page


def test_one_session_is_ended_and_the_others_go_on(user: User):
    here, phone, other = signed_in(user), signed_in(user, IPHONE), signed_in(user)

    answer = here.post(reverse("end_session", args=[of(phone).pk]))

    assert answer["Location"] == SESSIONS
    assert [one.get(HOME).status_code for one in (here, phone, other)] == [200, 302, 200]


def test_all_other_sessions_are_ended_at_once(user: User):
    here, phone, other = signed_in(user), signed_in(user, IPHONE), signed_in(user)

    here.post(SESSIONS)

    assert [one.get(HOME).status_code for one in (here, phone, other)] == [200, 302, 302]


def test_ending_the_own_session_signs_out(user: User):
    here = signed_in(user)

    assert here.post(reverse("end_session", args=[of(here).pk]))["Location"] == reverse("login")
    assert here.get(HOME).status_code == 302


def test_the_session_of_somebody_else_does_not_exist(user: User):
    theirs = signed_in(UserFactory.create())

    answer = signed_in(user).post(reverse("end_session", args=[of(theirs).pk]))

    assert answer.status_code == 404
    assert theirs.get(HOME).status_code == 200


def test_a_session_is_not_ended_by_a_link(user: User):
    here = signed_in(user)

    assert here.get(reverse("end_session", args=[of(here).pk])).status_code == 405


def test_the_account_page_leads_to_all_that_can_be_changed(user: User):
    with_app(user)
    client = Client()
    client.force_login(user)

    page = client.get(reverse("account")).content.decode()

    for name in ("account_change_password", "mfa_index", "usersessions_list"):
        assert f'href="{reverse(name)}"' in page
    assert "Authenticator app" in page
    assert "Data manager, Centre A" in page


def test_a_person_without_a_role_reads_who_can_grant_one(client: Client):
    client.force_login(UserFactory.create())

    for page in (reverse("account"), HOME):
        assert "An administrator must grant you one" in client.get(page).content.decode()


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "socialaccount_connections", "socialaccount_signup"]
)
def test_what_is_not_needed_has_no_address(name: str):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["/signup/", "/account/signup/", "/accounts/login/", "/admin/"])
def test_there_is_no_other_door(client: Client, path: str):
    assert client.get(path).status_code == 404
