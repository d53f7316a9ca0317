"""Second factors: signing in with them, and being made to have one."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import keyring, tasks
from registry.models import Draft, User
from registry.services import tokens
from tests.factories import (
    CentreFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.factories.people import PASSWORD
from tests.registry.accounts.totp import KEY, code_now, with_app

pytestmark = pytest.mark.django_db

HOME = reverse("registry:home")
SET_UP = reverse("mfa_index")
SECOND_STEP = reverse("mfa_authenticate")


@pytest.fixture
def user() -> User:
    return data_manager(CentreFactory.create())


def first_step(client: Client, user: User, **more: str):
    data = {"username": user.username, "password": PASSWORD, **more}
    return client.post(reverse("login"), data)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_who_has_an_app_is_asked_its_code(client: Client, user: User):
    with_app(user)

    assert first_step(client, user)["Location"] == SECOND_STEP
    assert not is_signed_in(client)
    assert client.get(HOME).status_code == 302

    answer = client.post(SECOND_STEP, {"code": code_now()})
    assert answer["Location"] == HOME
    assert is_signed_in(client)


def test_a_wrong_code_does_not_sign_in(client: Client, user: User):
    with_app(user)
    first_step(client, user)

    answer = client.post(SECOND_STEP, {"code": "000000"})

    assert "The code is wrong" in answer.content.decode()
    assert not is_signed_in(client)


def test_the_code_of_another_person_does_not_sign_in(client: Client, user: User):
    with_app(user)
    other_key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    with_app(data_manager(CentreFactory.create()), other_key)
    first_step(client, user)

    client.post(SECOND_STEP, {"code": code_now(other_key)})

    assert not is_signed_in(client)


def test_a_recovery_code_signs_in_once(client: Client, user: User):
    with_app(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    first_step(client, user)
    assert client.post(SECOND_STEP, {"code": code})["Location"] == HOME
    client.post(reverse("logout"))

    first_step(client, user)
    client.post(SECOND_STEP, {"code": code})
    assert not is_signed_in(client)


def test_the_second_step_is_not_open_without_the_first(client: Client, user: User):
    with_app(user)

    assert client.post(SECOND_STEP, {"code": code_now()})["Location"] == reverse("login")
    assert not is_signed_in(client)


def test_a_kept_form_comes_through_both_steps(client: Client, user: User):
    with_app(user)
    form = reverse("registry:new_patient")
    page = client.post(form, {"user": user.pk, "family_name": "typed before"})
    assert page.status_code == 401

    first_step(client, user, kept=page.context["kept"], next=form)
    answer = client.post(SECOND_STEP, {"code": code_now()})

    assert answer["Location"] == form
    assert "typed+before" in Draft.objects.get(user=user, address=form).fields


def test_a_kept_form_of_another_person_is_not_given_to_this_one(client: Client, user: User):
    form = reverse("registry:new_patient")
    other = data_manager(CentreFactory.create())
    page = client.post(form, {"user": other.pk, "family_name": "typed before"})

    first_step(client, user, kept=page.context["kept"], next=form)

    assert not Draft.objects.exists()
    assert "typed by another person" in client.get(HOME).content.decode()


def test_a_text_that_was_not_sealed_here_is_not_kept(client: Client, user: User):
    first_step(client, user, kept="gAAAAABnot-of-ours")

    assert is_signed_in(client)
    assert not Draft.objects.exists()


def test_cancelling_the_second_step_begins_anew(client: Client, user: User):
    with_app(user)
    first_step(client, user)
    assert client.get(reverse("login"))["Location"] == SECOND_STEP

    client.post(reverse("logout"))

    assert client.get(reverse("login")).status_code == 200


def test_the_secrets_are_encrypted_with_the_identity_keyring(user: User):
    with_app(user)
    RecoveryCodes.activate(user)

    app = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    seed = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).data["seed"]
    assert KEY not in app
    assert keyring.decrypt(app) == KEY
    assert len(keyring.decrypt(seed)) == 80


def test_setting_up_an_app_shows_recovery_codes_and_tells_by_mail(
    client: Client, user: User, django_capture_on_commit_callbacks, monkeypatch
):
    sent: list[tuple[int, str]] = []
    monkeypatch.setattr(tasks.mail_change, "delay", lambda user, what: sent.append((user, what)))
    first_step(client, user)
    page = client.get(reverse("mfa_activate_totp"))
    key = page.context["form"].secret
    assert key in page.content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(key)})

    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(answer["Location"]).context["unused_codes"]
    assert len(codes) == 10
    assert sent == [(user.pk, "mfa/email/totp_activated")]
    tasks.mail_change(*sent[0])
    assert mail.outbox[0].to == [user.email]
    assert "An authenticator app was added." in mail.outbox[0].body
    assert key not in mail.outbox[0].body


def test_a_wrong_first_code_sets_nothing_up(client: Client, user: User):
    first_step(client, user)
    client.get(reverse("mfa_activate_totp"))

    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_long_after_signing_in_the_password_is_asked_before_a_change(client: Client, user: User):
    morning = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
    with time_machine.travel(morning, tick=False):
        first_step(client, user)
    with time_machine.travel(morning + dt.timedelta(minutes=10), tick=False):
        answer = client.get(reverse("mfa_activate_totp"))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
        wrong = client.post(answer["Location"], {"password": "wrong"})
        assert "The password is wrong." in wrong.content.decode()
        again = client.post(answer["Location"], {"password": PASSWORD})
        assert again["Location"] == reverse("mfa_activate_totp")
        assert client.get(again["Location"]).status_code == 200


# Roles that show identities need a second factor where the deployment asks for it.


@pytest.fixture
def required(settings) -> None:
    settings.MFA_REQUIRED = True


def test_without_the_setting_nobody_is_made_to_have_one(client: Client, user: User):
    client.force_login(user)

    assert client.get(HOME).status_code == 200


@pytest.mark.usefixtures("required")
def test_who_sees_identities_is_sent_to_set_one_up(client: Client, user: User):
    client.force_login(user)

    for page in (HOME, reverse("followup:grid"), reverse("account"), reverse("registry:imports")):
        assert client.get(page)["Location"] == SET_UP
    assert client.post(reverse("registry:new_patient"), {})["Location"] == SET_UP
    answer = client.get(SET_UP)
    assert answer.status_code == 200
    assert "Your roles need a second factor" in answer.content.decode()


@pytest.mark.usefixtures("required")
def test_parts_of_pages_and_the_api_answer_403(client: Client, user: User):
    client.force_login(user)

    assert client.get(HOME, headers={"HX-Request": "true"}).status_code == 403
    answer = client.get("/api/v1/")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 403


@pytest.mark.usefixtures("required")
def test_a_token_does_not_go_around_it(client: Client, user: User):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    _token, key = tokens.create(user=user, name="script", may_write=False, ends_on=tomorrow)

    def ask() -> int:
        return client.get(
            "/api/v1/patients/", headers={"Authorization": f"Token {key}"}
        ).status_code

    assert ask() == 403
    with_app(user)
    assert ask() == 200


@pytest.mark.usefixtures("required")
def test_everything_opens_when_one_is_set_up(client: Client, user: User):
    first_step(client, user)
    assert client.get(HOME)["Location"] == SET_UP
    key = client.get(reverse("mfa_activate_totp")).context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(key)})

    assert client.get(answer["Location"]).status_code == 200
    assert client.get(HOME).status_code == 200


@pytest.mark.usefixtures("required")
def test_recovery_codes_alone_are_no_second_factor(client: Client, user: User):
    RecoveryCodes.activate(user)
    client.force_login(user)

    assert client.get(HOME)["Location"] == SET_UP


@pytest.mark.usefixtures("required")
def test_the_last_one_cannot_be_removed_while_it_is_needed(client: Client, user: User):
    with_app(user)
    first_step(client, user)
    client.post(SECOND_STEP, {"code": code_now()})

    answer = client.post(reverse("mfa_deactivate_totp"))

    assert "set up another one before you remove this one" in answer.content.decode()
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


@pytest.mark.usefixtures("required")
def test_roles_without_identities_are_not_made_to_have_one(client: Client):
    study = ProtocolVersionFactory.create().study
    for person in (coordinator(study), administrator()):
        client.force_login(person)
        assert client.get(HOME).status_code == 200


@pytest.mark.usefixtures("required")
def test_signing_out_stays_open(client: Client, user: User):
    client.force_login(user)

    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert not is_signed_in(client)
