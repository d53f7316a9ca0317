"""Accounts: one per person, changed with a reason, deactivated and never deleted."""

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from registry.errors import Refused
from registry.models import AuditEvent, Membership, User
from registry.models.choices import Role
from registry.services import people, tokens
from registry.services.memberships import RoleAt
from tests.factories import CentreFactory, UserFactory, administrator, coordinator, data_manager
from tests.factories.people import PASSWORD, StudyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NEW: dict[str, Any] = {"username": "mori", "display_name": "A. Mori", "email": "mori@example.org"}


def test_a_person_is_invited_with_roles_and_no_password() -> None:
    by, centre = administrator(), CentreFactory.create()

    invitation = people.invite(**NEW, roles=[RoleAt(Role.DATA_MANAGER, centre=centre)], by=by)

    person = User.objects.get(username="mori")
    assert (str(person), person.email, person.is_active) == ("A. Mori", "mori@example.org", True)
    assert not person.has_usable_password()
    assert (invitation.user, invitation.invited_by) == (person, by)
    membership = person.memberships.get()
    assert (membership.role, membership.centre) == (Role.DATA_MANAGER, centre)
    assert (membership.granted_on, membership.granted_by) == (dt.date.today(), by)


def test_an_invitation_with_a_role_that_does_not_fit_makes_no_account() -> None:
    with pytest.raises(Refused, match="belongs to a centre"):
        people.invite(**NEW, roles=[RoleAt(Role.DATA_MANAGER)], by=administrator())

    assert not User.objects.filter(username="mori").exists()
    assert not mail.outbox


@pytest.mark.parametrize("username", ["mori", "MORI", "ｍｏｒｉ", " Mori "])
def test_look_alike_user_names_are_one_account(username: str) -> None:
    UserFactory.create(username="Mori", email="other@example.org")

    with pytest.raises(Refused, match="one person has one account") as refused:
        people.invite(**NEW | {"username": username}, by=administrator())

    assert [finding.field for finding in refused.value.findings] == ["username"]


def test_a_mail_address_belongs_to_one_account() -> None:
    UserFactory.create(email="Mori@Example.org")

    with pytest.raises(Refused, match="one person has one account") as refused:
        people.invite(**NEW, by=administrator())

    assert [finding.field for finding in refused.value.findings] == ["email"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "mori\u200b"),
        ("username", "a mori"),
        ("username", "m" * 151),
        ("display_name", "  "),
        ("email", ""),
        ("email", "mori"),
        ("email", "mori@example.org\nBcc: all@example.org"),
    ],
)
def test_what_is_no_name_or_address_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        people.invite(**NEW | {field: value}, by=administrator())

    assert {finding.field for finding in refused.value.findings} == {field}


def test_only_those_who_keep_accounts_do_any_of_it() -> None:
    person, study = UserFactory.create(), StudyFactory.create()
    for by in (coordinator(study), data_manager(CentreFactory.create()), person):
        with pytest.raises(PermissionDenied):
            people.invite(**NEW, by=by)
        with pytest.raises(PermissionDenied):
            people.change(person, **NEW, by=by, reason="new name")
        with pytest.raises(PermissionDenied):
            people.deactivate(person, by=by, reason="left")
        with pytest.raises(PermissionDenied):
            people.reactivate(person, by=by, reason="back")
        with pytest.raises(PermissionDenied):
            people.reset_second_factor(person, by=by, reason="lost")

    assert not User.objects.filter(username="mori").exists()


def test_a_change_is_on_the_trail_with_its_reason() -> None:
    by, person = administrator(), UserFactory.create(username="mori", email="old@example.org")
    EmailAddress.objects.create(user=person, email="old@example.org", verified=True)

    people.change(
        person,
        username="mori",
        display_name="A. Mori",
        email="new@example.org",
        by=by,
        reason="married",
    )

    event = AuditEvent.objects.get(table="registry_user", row_id=person.pk, operation="U")
    assert (event.actor_id, event.reason) == (by.pk, "married")
    assert (event.old["email"], event.new["email"]) == ("old@example.org", "new@example.org")
    assert not EmailAddress.objects.filter(user=person).exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_changed_without_a_reason(reason: str) -> None:
    by, person = administrator(), UserFactory.create()

    for change in (people.deactivate, people.reactivate, people.reset_second_factor):
        with pytest.raises(Refused, match="reason"):
            change(person, by=by, reason=reason)
    with pytest.raises(Refused, match="reason"):
        people.change(person, **NEW, by=by, reason=reason)

    person.refresh_from_db()
    assert person.is_active


def test_a_change_of_nothing_is_refused() -> None:
    person = UserFactory.create(display_name="A. Mori")
    same = {name: getattr(person, name) for name in ("username", "display_name", "email")}

    with pytest.raises(Refused, match="Nothing was changed"):
        people.change(person, **same, by=administrator(), reason="none")


def test_a_deactivated_person_is_out_at_the_next_request(client: Client) -> None:
    person = data_manager(CentreFactory.create())
    client.force_login(person)
    assert client.get(reverse("registry:home")).status_code == 200

    people.deactivate(person, by=administrator(), reason="left")

    answer = client.get(reverse("registry:home"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


def test_a_session_of_before_does_not_come_back_with_the_account(client: Client) -> None:
    by, person = administrator(), data_manager(CentreFactory.create())
    client.force_login(person)

    people.deactivate(person, by=by, reason="left")
    people.reactivate(person, by=by, reason="back")

    assert client.get(reverse("registry:home")).status_code == 302


def token_of(person: User) -> str:
    _row, shown = tokens.create(
        user=person, name="script", may_write=False, ends_on=dt.date.today() + dt.timedelta(days=1)
    )
    return shown


def authenticate(token: str) -> User:
    request = RequestFactory().get("/", headers={"Authorization": f"Token {token}"})
    found = TokenAuthentication().authenticate(request)
    assert found is not None
    return found[0]


def test_the_tokens_of_a_deactivated_person_end_for_good() -> None:
    by, person = administrator(), data_manager(CentreFactory.create())
    token = token_of(person)
    assert authenticate(token) == person

    people.deactivate(person, by=by, reason="left")
    with pytest.raises(AuthenticationFailed):
        authenticate(token)

    people.reactivate(person, by=by, reason="back")
    with pytest.raises(AuthenticationFailed):
        authenticate(token)


def test_a_token_that_is_still_there_is_refused_while_its_person_is_deactivated() -> None:
    person = data_manager(CentreFactory.create())
    token = token_of(person)

    User.objects.filter(pk=person.pk).update(is_active=False)

    with pytest.raises(AuthenticationFailed):
        authenticate(token)


def test_roles_stay_on_record_and_hold_again_after_reactivation() -> None:
    by, person = administrator(), data_manager(CentreFactory.create())
    before = Membership.objects.get(user=person)

    people.deactivate(person, by=by, reason="left")
    assert Membership.objects.get(user=person).ends_on is None
    people.reactivate(person, by=by, reason="back")

    assert Membership.objects.get(user=person).pk == before.pk
    person.refresh_from_db()
    assert person.is_active
    assert not person.check_password(PASSWORD)


def test_nobody_deactivates_the_own_account() -> None:
    by = administrator()
    administrator()

    with pytest.raises(Refused, match="own account"):
        people.deactivate(by, by=by, reason="tired")


def test_the_last_administrator_is_not_deactivated() -> None:
    last = administrator()
    administrator(is_active=False)

    with pytest.raises(Refused, match="last administrator"):
        people.deactivate(last, by=None, reason="left")

    last.refresh_from_db()
    assert last.is_active


def test_a_lost_second_factor_is_taken_away_and_the_trail_says_by_whom() -> None:
    by, person = administrator(), UserFactory.create()
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": "Canary-Secret"}
    )

    assert people.reset_second_factor(person, by=by, reason="phone lost") == 1

    assert not Authenticator.objects.filter(user=person).exists()
    made, gone = AuditEvent.objects.filter(table="mfa_authenticator")
    assert (gone.operation, gone.actor_id, gone.reason) == ("D", by.pk, "phone lost")
    assert "Canary" not in f"{made.new}{gone.old}"
    with pytest.raises(Refused, match="no second factor"):
        people.reset_second_factor(person, by=by, reason="again")
    with pytest.raises(Refused, match="own"):
        people.reset_second_factor(by, by=by, reason="mine")
