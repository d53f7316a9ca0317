"""Single sign-on: the whole code flow with a provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from environ import Env

from config.settings.accounts import form_targets, single_sign_on
from registry.models import Draft, User
from tests.factories import CentreFactory, UserFactory, data_manager
from tests.factories.people import PASSWORD
from tests.registry.accounts.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.registry.accounts.totp import code_now, with_app

pytestmark = pytest.mark.django_db

HOME = reverse("registry:home")
BUTTON = "Sign in with Hospital X"
PERSON = {
    "sub": "4711",
    "preferred_username": "Doctor.Example",
    "name": "Doctor Example",
    "email": "doctor@example.org",
    "email_verified": True,
}


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(running_provider: Provider, settings) -> Provider:
    running_provider.person = dict(PERSON)
    running_provider.audience = CLIENT_ID
    app = {
        "provider_id": "sso",
        "name": "Hospital X",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": running_provider.issuer},
    }
    settings.OIDC_NAME = "Hospital X"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    return running_provider


def there_and_back(client: Client, path: str = "/login/sso/", **sent: str):
    """Press the button, sign in at the provider, come back with its code."""
    away = client.post(path, sent)
    assert away.status_code == 302
    back = requests.get(away["Location"], allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def signed_in(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def test_without_a_provider_there_is_no_button_and_no_way(client: Client):
    assert "Sign in with Hospital" not in client.get(reverse("login")).content.decode()
    assert client.post("/login/sso/").status_code == 404
    assert client.get("/login/sso/back/?code=1&state=2").status_code == 404


def test_a_new_person_gets_an_account_without_any_role(client: Client, provider: Provider):
    assert BUTTON in client.get(reverse("login")).content.decode()

    assert there_and_back(client)["Location"] == HOME

    user = signed_in(client)
    assert user is not None
    assert user.username == "doctor.example"
    assert str(user) == "Doctor Example"
    assert user.email == "doctor@example.org"
    assert not user.has_usable_password()
    assert not user.memberships.exists()
    home = client.get(HOME).content.decode()
    assert "An administrator must grant you one" in home


def test_the_same_person_comes_back_to_the_same_account(client: Client, provider: Provider):
    there_and_back(client)
    first = signed_in(client)
    provider.person |= {"email": "married@example.org", "preferred_username": "other.name"}

    again = Client()
    there_and_back(again)

    assert signed_in(again) == first
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", ["doctor@example.org", "Doctor@Example.ORG"])
def test_an_address_of_an_account_is_not_taken_over(
    client: Client, provider: Provider, address: str
):
    there = data_manager(CentreFactory.create(), email=address)

    answer = there_and_back(client)

    assert answer.status_code == 409
    assert "This address has an account" in answer.content.decode()
    assert signed_in(client) is None
    assert list(User.objects.all()) == [there]
    assert not SocialAccount.objects.exists()


def test_a_user_name_of_an_account_is_not_taken_over(client: Client, provider: Provider):
    there = UserFactory.create(username="doctor.example", email="another@example.org")

    there_and_back(client)

    newcomer = signed_in(client)
    assert newcomer is not None
    assert newcomer != there
    assert newcomer.username != "doctor.example"


def test_an_owner_connects_the_two_and_signs_in_by_either(client: Client, provider: Provider):
    owner = data_manager(CentreFactory.create(), email="doctor@example.org")
    client.post(reverse("login"), {"username": owner.username, "password": PASSWORD})

    answer = there_and_back(client, "/login/sso/?process=connect")

    assert answer["Location"] == reverse("account")
    assert "Connected" in client.get(reverse("account")).content.decode()
    elsewhere = Client()
    there_and_back(elsewhere)
    assert signed_in(elsewhere) == owner


def test_a_second_factor_of_the_registry_is_asked_after_it(client: Client, provider: Provider):
    there_and_back(client)
    user = signed_in(client)
    assert user is not None
    with_app(user)

    again = Client()
    assert there_and_back(again)["Location"] == reverse("mfa_authenticate")
    assert signed_in(again) is None
    again.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert signed_in(again) == user


def test_a_deactivated_person_does_not_come_in_by_it(client: Client, provider: Provider):
    there_and_back(client)
    User.objects.update(is_active=False)

    again = Client()
    assert there_and_back(again)["Location"] == reverse("login")
    assert signed_in(again) is None


def test_a_kept_form_goes_there_and_back(client: Client, provider: Provider):
    there_and_back(client)
    user = signed_in(client)
    assert user is not None
    client.post(reverse("logout"))
    form = reverse("registry:new_patient")
    page = client.post(form, {"user": user.pk, "family_name": "typed before"})

    answer = there_and_back(client, kept=page.context["kept"], next=form)

    assert answer["Location"] == form
    assert "typed+before" in Draft.objects.get(user=user, address=form).fields


def test_a_token_for_another_client_is_refused(client: Client, provider: Provider):
    provider.audience = "another-client"

    assert there_and_back(client)["Location"] == reverse("login")
    assert signed_in(client) is None
    assert not User.objects.exists()


def test_a_state_that_was_not_given_here_is_refused(client: Client, provider: Provider):
    away = client.post("/login/sso/")
    back = requests.get(away["Location"], allow_redirects=False, timeout=5).headers["Location"]

    stranger = Client()
    stranger.get(back.removeprefix("http://testserver"))

    assert signed_in(stranger) is None
    assert not User.objects.exists()


def test_a_code_is_taken_once(client: Client, provider: Provider):
    away = client.post("/login/sso/")
    back = requests.get(away["Location"], allow_redirects=False, timeout=5).headers["Location"]
    path = back.removeprefix("http://testserver")
    client.get(path)
    client.post(reverse("logout"))

    client.get(path)

    assert signed_in(client) is None


@pytest.mark.parametrize("word", ["access_denied", "server_error"])
def test_a_refusal_leads_back_to_the_sign_in(client: Client, provider: Provider, word: str):
    asked = parse_qs(urlsplit(client.post("/login/sso/")["Location"]).query)

    answer = client.get("/login/sso/back/", {"error": word, "state": asked["state"][0]})

    assert answer["Location"] == reverse("login")
    assert "Signing in did not succeed." in client.get(reverse("login")).content.decode()


def test_a_provider_that_does_not_answer_is_said(client: Client, provider: Provider, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": "http://127.0.0.1:9"}

    assert client.post("/login/sso/")["Location"] == reverse("login")
    assert "does not answer" in client.get(reverse("login")).content.decode()


def test_no_link_starts_it(client: Client, provider: Provider):
    assert client.get("/login/sso/").status_code == 405


# What the environment says


def environment(**values: str) -> Env:
    env = Env()
    env.ENVIRON = values
    return env


COMPLETE = {
    "OIDC_ISSUER": "https://login.hospital.example/realm/",
    "OIDC_CLIENT_ID": "registry",
    "OIDC_CLIENT_SECRET": "secret",
    "OIDC_NAME": "Hospital X",
}


def test_the_environment_names_the_provider():
    (app,) = single_sign_on(environment(**COMPLETE))["openid_connect"]["APPS"]

    assert app["name"] == "Hospital X"
    assert app["settings"] == {"server_url": "https://login.hospital.example/realm"}
    assert form_targets(environment(**COMPLETE)) == ["https://login.hospital.example"]


def test_an_empty_environment_names_none():
    assert single_sign_on(environment()) == {}
    assert form_targets(environment()) == []


@pytest.mark.parametrize("missing", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_half_a_provider_is_refused_by_name(missing: str):
    half = {name: value for name, value in COMPLETE.items() if name != missing}

    with pytest.raises(ImproperlyConfigured, match=missing):
        single_sign_on(environment(**half))


def test_a_provider_without_encryption_is_refused():
    with pytest.raises(ImproperlyConfigured, match="https"):
        single_sign_on(environment(**COMPLETE | {"OIDC_ISSUER": "http://login.hospital.example"}))
