"""Fresh credentials before a signature."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpRequest
from django.test import RequestFactory

from registry.models import User
from registry.services.credentials import fresh_credentials
from tests.factories import UserFactory
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.services]

# RFC 6238, appendix B: the key "12345678901234567890", its code of eight digits at 59 s is
# 94287082, of which the last six digits are the code of six.
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
AT_59_SECONDS = dt.datetime(1970, 1, 1, 0, 0, 59, tzinfo=dt.UTC)
CODE_AT_59_SECONDS = "287082"


@pytest.fixture
def request_of(rf: RequestFactory) -> HttpRequest:
    return rf.post("/sign/")


def with_app(user: User) -> User:
    TOTP.activate(user, KEY)
    return user


def test_the_own_password_is_enough_without_an_app(request_of: HttpRequest):
    user = UserFactory.create()

    assert fresh_credentials(request_of, user, password=PASSWORD, code="") == ""


def test_a_wrong_password_is_named(request_of: HttpRequest):
    user = UserFactory.create()

    said = fresh_credentials(request_of, user, password="not this one", code="")

    assert said == "The password is wrong."


def test_the_password_of_somebody_else_does_not_do(request_of: HttpRequest):
    UserFactory.create(password="the password of somebody else")
    user = UserFactory.create()

    assert fresh_credentials(request_of, user, password="the password of somebody else", code="")


@time_machine.travel(AT_59_SECONDS, tick=False)
def test_who_has_an_app_gives_password_and_code(request_of: HttpRequest):
    user = with_app(UserFactory.create())

    def answer(password: str, code: str) -> str:
        return fresh_credentials(request_of, user, password=password, code=code)

    assert "code is wrong" in answer(PASSWORD, "")
    assert "code is wrong" in answer(PASSWORD, "000000")
    assert answer("wrong", CODE_AT_59_SECONDS) == "The password is wrong."
    assert answer(PASSWORD, CODE_AT_59_SECONDS) == ""


@time_machine.travel(AT_59_SECONDS, tick=False)
def test_a_code_is_taken_once(request_of: HttpRequest):
    user = with_app(UserFactory.create())
    assert fresh_credentials(request_of, user, password=PASSWORD, code=CODE_AT_59_SECONDS) == ""

    said = fresh_credentials(request_of, user, password=PASSWORD, code=CODE_AT_59_SECONDS)

    assert "used already" in said


def test_a_recovery_code_does_in_place_of_the_app_and_only_once(request_of: HttpRequest):
    user = with_app(UserFactory.create())
    first = RecoveryCodes.activate(user).get_unused_codes()[0]

    assert fresh_credentials(request_of, user, password=PASSWORD, code=first) == ""
    assert "used already" in fresh_credentials(request_of, user, password=PASSWORD, code=first)


def test_a_person_of_the_single_sign_on_without_an_app_cannot_show_anything(
    request_of: HttpRequest,
):
    user = UserFactory.create()
    user.set_unusable_password()
    user.save()

    assert "neither a password nor" in fresh_credentials(request_of, user, password="", code="")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_wrong_credentials_lock_out_as_at_the_sign_in(rf: RequestFactory, wrong: str):
    user = with_app(UserFactory.create())
    password = "wrong" if wrong == "password" else PASSWORD
    for _attempt in range(5):
        fresh_credentials(rf.post("/sign/"), user, password=password, code="000000")

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=14), tick=False):
        code = RecoveryCodes.activate(user).get_unused_codes()[0]
        said = fresh_credentials(rf.post("/sign/"), user, password=PASSWORD, code=code)
        assert said == "Too many wrong passwords or codes. Wait 15 minutes, then try again."

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=16), tick=False):
        assert fresh_credentials(rf.post("/sign/"), user, password=PASSWORD, code=code) == ""
