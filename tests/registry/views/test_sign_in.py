"""Signing in and out."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from tests.factories import CentreFactory, data_manager
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

PAGES = [
    reverse("registry:home"),
    reverse("followup:grid"),
    reverse("registry:patient", args=["P-0001"]),
    reverse("registry:history", args=["P-0001"]),
    reverse("analytics:studies"),
    reverse("analytics:study", args=["jinling"]),
    reverse("followup:mailbox"),
]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_sign_in_page(client: Client, page: str) -> None:
    response = client.get(page)

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('login')}?next={page}"


def sign_in(client: Client, username: str, password: str, **query: str):
    address = reverse("login", query=query) if query else reverse("login")
    return client.post(address, {"username": username, "password": password, **query})


def test_the_right_password_leads_to_the_worklist(client: Client) -> None:
    user = data_manager(CentreFactory.create())

    response = sign_in(client, user.username, PASSWORD)

    assert response.status_code == 302
    assert response["Location"] == reverse("registry:home")


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client: Client) -> None:
    user = data_manager(CentreFactory.create())

    def answer(username: str) -> str:
        response = sign_in(client, username, "wrong")
        assert response.status_code == 200
        page = response.content.decode().replace(username, "NAME")
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    assert answer(user.username) == answer("nobody-of-this-name")


def test_a_deactivated_person_gets_the_answer_of_a_wrong_password(client: Client) -> None:
    user = data_manager(CentreFactory.create(), is_active=False)

    response = sign_in(client, user.username, PASSWORD)

    assert response.status_code == 200
    assert "Please enter a correct username and password" in response.content.decode()


@pytest.mark.parametrize("who", ["unknown", "wrong password", "deactivated"])
def test_each_refusal_takes_the_work_of_one_password(client: Client, monkeypatch, who: str) -> None:
    user = data_manager(CentreFactory.create(), is_active=who != "deactivated")
    counted: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        counted.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    typed = "wrong" if who == "wrong password" else PASSWORD
    sign_in(client, "nobody-of-this-name" if who == "unknown" else user.username, typed)

    assert counted == [typed]


def test_signing_in_does_not_lead_to_another_site(client: Client) -> None:
    user = data_manager(CentreFactory.create())

    response = sign_in(client, user.username, PASSWORD, next="https://elsewhere.example/")

    assert response["Location"] == reverse("registry:home")


def test_signing_out_needs_a_post(client: Client) -> None:
    client.force_login(data_manager(CentreFactory.create()))

    assert client.get(reverse("logout")).status_code == 405
    assert client.get(reverse("registry:home")).status_code == 200

    response = client.post(reverse("logout"))

    assert response["Location"] == reverse("login")
    assert client.get(reverse("registry:home")).status_code == 302
