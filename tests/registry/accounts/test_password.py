"""Passwords: what they must be, changing them, and a link for a new one."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from registry import tasks
from registry.models import User
from tests.factories import CentreFactory, UserFactory, data_manager
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "three green tractors sing"
ASK = reverse("account_reset_password")


@pytest.fixture
def user() -> User:
    return data_manager(CentreFactory.create(), username="somebody", email="somebody@example.org")


@pytest.fixture
def queued(monkeypatch) -> list[tuple[object, ...]]:
    """What was given to the worker."""
    sent: list[tuple[object, ...]] = []
    for task in (tasks.mail_password_link, tasks.mail_change):
        monkeypatch.setattr(task, "delay", lambda *arguments: sent.append(arguments))
    return sent


def change(client: Client, new: str, again: str | None = None):
    data = {"oldpassword": PASSWORD, "password1": new, "password2": again or new}
    return client.post(reverse("account_change_password"), data)


def sign_in(client: Client, user: User, password: str) -> int:
    data = {"username": user.username, "password": password}
    return client.post(reverse("login"), data).status_code


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("eleven char", "at least 12 characters"),
        ("q1w2e3r4t5y6", "too common"),
        ("somebody@example.org", "too similar"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(
    client: Client, user: User, password: str, said: str
):
    client.force_login(user)

    assert said in change(client, password).content.decode()
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    "password", ["twelve chars", "852963147852", "ключ от сарая", "a" * 11 + "b"]
)
def test_no_mixture_of_signs_is_asked_for(client: Client, user: User, password: str):
    client.force_login(user)

    assert change(client, password).status_code == 302
    assert User.objects.get(pk=user.pk).check_password(password)


def test_changing_the_password_ends_the_other_sessions(client: Client, user: User, queued):
    other = Client()
    for one in (client, other):
        sign_in(one, user, PASSWORD)

    assert change(client, NEW)["Location"] == reverse("account")

    assert client.get(reverse("registry:home")).status_code == 200
    assert other.get(reverse("registry:home")).status_code == 302


def test_a_known_and_an_unknown_address_get_the_same_answer_and_the_same_work(
    client: Client, user: User, queued, django_capture_on_commit_callbacks
):
    def answer(address: str) -> tuple[int, str, str]:
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(ASK, {"email": address})
        page = client.get(response["Location"]).content.decode()
        return response.status_code, response["Location"], re.sub(r'value="\w{64}"', "", page)

    assert answer(user.email) == answer("nobody@example.org")
    assert queued == [(user.email,), ("nobody@example.org",)]
    assert mail.outbox == []


def test_the_link_sets_a_new_password_once(client: Client, user: User):
    tasks.mail_password_link("Somebody@Example.org")
    (letter,) = mail.outbox
    link = re.search(r"http://testserver(/\S+)", str(letter.body))
    assert letter.to == [user.email]
    assert link is not None

    form = client.get(link[1])["Location"]
    assert client.get(form).status_code == 200
    answer = client.post(form, {"password1": NEW, "password2": NEW})
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    assert sign_in(Client(), user, NEW) == 302
    assert sign_in(Client(), user, PASSWORD) == 200

    used = Client().get(link[1])
    assert "This link was used already" in used.content.decode()


@pytest.mark.parametrize("who", ["unknown", "deactivated", "single sign-on"])
def test_no_link_is_sent_to(who: str, user: User):
    if who == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if who == "single sign-on":
        user.set_unusable_password()
        user.save()

    tasks.mail_password_link("nobody@example.org" if who == "unknown" else user.email)

    assert mail.outbox == []


def test_without_a_broker_the_answer_is_the_same(
    client: Client, monkeypatch, django_capture_on_commit_callbacks
):
    def fails(*arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.mail_password_link, "delay", fails)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(ASK, {"email": "somebody@example.org"})

    assert answer["Location"] == reverse("account_reset_password_done")


def test_who_signs_in_elsewhere_has_no_password_to_change(client: Client):
    user = UserFactory.create()
    user.set_unusable_password()
    user.save()
    client.force_login(user)

    assert client.get(reverse("account_change_password"))["Location"] == reverse("account")
