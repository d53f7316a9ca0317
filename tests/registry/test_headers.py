"""What browsers are told about every answer."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import CentreFactory, data_manager
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = reverse("login")
HOME = reverse("registry:home")


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(data_manager(CentreFactory.create()))
    return client


def directives(client: Client, path: str) -> dict[str, list[str]]:
    policy = client.get(path)["Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("path", [LOGIN, HOME, "/nothing-here/"])
def test_scripts_styles_and_frames_are_our_own_or_none(signed_in: Client, path: str):
    policy = directives(signed_in, path)

    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert not any("unsafe" in value for values in policy.values() for value in values)


@pytest.mark.parametrize("path", [LOGIN, HOME, "/nothing-here/"])
def test_other_sites_learn_and_embed_nothing(signed_in: Client, path: str):
    answer = signed_in.get(path)

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_of_the_device_only_passkeys_are_asked(client: Client):
    policy = client.get(LOGIN)["Permissions-Policy"]

    assert "publickey-credentials-get=(self)" in policy
    assert "publickey-credentials-create=(self)" in policy
    for feature in ("camera", "microphone", "geolocation", "usb", "payment"):
        assert f"{feature}=()" in policy


def test_pages_of_signed_in_people_are_not_stored(signed_in: Client):
    assert "no-store" in signed_in.get(HOME)["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client):
    user = data_manager(CentreFactory.create())
    client.post(LOGIN, {"username": user.username, "password": PASSWORD})

    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    assert client.cookies["sessionid"]["max-age"] == ""  # ends with the browser
