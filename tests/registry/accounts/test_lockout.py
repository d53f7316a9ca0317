"""Wrong passwords and codes lock out, in the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from registry.models import User
from tests.factories import UserFactory
from tests.factories.people import PASSWORD
from tests.registry.accounts.totp import code_now, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def user() -> User:
    return UserFactory.create(username="somebody")


def try_password(client: Client, username: str, password: str = "wrong", **extra: Any):
    data = {"username": username, "password": password}
    return client.post(reverse("login"), data, **extra)


def lock_out(username: str) -> None:
    for _attempt in range(5):
        answer = try_password(Client(), username)
    assert answer.status_code == 429


def test_the_fifth_wrong_password_locks_out_and_says_so(client: Client, user: User):
    answers = [try_password(client, user.username).status_code for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]
    right = try_password(client, user.username, PASSWORD)
    assert right.status_code == 429
    assert "Wait 15 minutes, then try again." in right.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_lockout_survives_a_restart(user: User):
    lock_out(user.username)
    cache.clear()  # what a process forgets when it ends

    assert try_password(Client(), user.username, PASSWORD).status_code == 429


def test_the_lockout_ends_after_fifteen_minutes(client: Client, user: User):
    with time_machine.travel(NOW, tick=False):
        lock_out(user.username)
    with time_machine.travel(NOW + dt.timedelta(minutes=14, seconds=59), tick=False):
        assert try_password(client, user.username, PASSWORD).status_code == 429
    with time_machine.travel(NOW + dt.timedelta(minutes=15, seconds=1), tick=False):
        assert try_password(client, user.username, PASSWORD).status_code == 302


def test_trying_on_while_locked_out_does_not_make_it_longer(client: Client, user: User):
    with time_machine.travel(NOW, tick=False):
        lock_out(user.username)
    with time_machine.travel(NOW + dt.timedelta(minutes=10), tick=False):
        assert try_password(client, user.username).status_code == 429
    with time_machine.travel(NOW + dt.timedelta(minutes=15, seconds=1), tick=False):
        assert try_password(client, user.username, PASSWORD).status_code == 302


def test_a_name_that_nobody_has_locks_out_just_the_same(client: Client):
    answers = [try_password(client, "nobody-of-this-name").status_code for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]


def test_look_alikes_of_a_name_are_counted_together(client: Client, user: User):
    for spelling in ("somebody", "SOMEBODY", "Somebody", "ｓｏｍｅｂｏｄｙ"):
        assert try_password(client, spelling).status_code == 200

    assert try_password(client, "SomeBody").status_code == 429


def test_a_colleague_and_another_address_are_not_locked_out(client: Client, user: User):
    colleague = UserFactory.create()
    lock_out(user.username)

    assert try_password(client, colleague.username, PASSWORD).status_code == 302
    elsewhere = try_password(Client(), user.username, PASSWORD, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_signing_in_forgets_the_wrong_passwords_before(client: Client, user: User):
    for _attempt in range(4):
        try_password(client, user.username)
    assert try_password(client, user.username, PASSWORD).status_code == 302
    client.logout()

    answers = [try_password(client, user.username).status_code for _attempt in range(4)]
    assert answers == [200, 200, 200, 200]


def test_wrong_codes_lock_out_as_wrong_passwords_do(client: Client, user: User):
    with_app(user)
    assert try_password(client, user.username, PASSWORD)["Location"] == reverse("mfa_authenticate")

    def try_code(code: str) -> int:
        return client.post(reverse("mfa_authenticate"), {"code": code}).status_code

    assert [try_code("000000") for _attempt in range(5)] == [200, 200, 200, 200, 429]
    assert try_code(code_now()) == 429
    assert "_auth_user_id" not in client.session
    assert try_password(Client(), user.username, PASSWORD).status_code == 429


def test_no_password_or_code_is_stored_with_the_attempts(client: Client, user: User):
    from axes.models import AccessAttempt

    with_app(user)
    try_password(client, user.username, "secret-of-mine")
    try_password(client, user.username, PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": "918273"})

    stored = " ".join(f"{one.post_data} {one.get_data}" for one in AccessAttempt.objects.all())
    assert "password" in stored
    for secret in ("secret-of-mine", PASSWORD, "918273"):
        assert secret not in stored
