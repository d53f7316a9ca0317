"""The review: what is confirmed counts from today, what is revoked ends at once."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from registry.errors import Refused
from registry.models import ApiToken, AuditEvent, Membership, TemporaryAccess, User
from registry.scope import Scope, system_scope
from registry.services import access_review, tokens
from tests.factories import (
    CentreFactory,
    PatientFactory,
    UserFactory,
    administrator,
    data_manager,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

TODAY = dt.date(2026, 5, 12)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC), tick=False):
        yield


def role() -> Membership:
    return data_manager(CentreFactory.create()).memberships.get()


def token() -> ApiToken:
    return tokens.create(
        user=data_manager(CentreFactory.create()), name="t", may_write=False, ends_on=TODAY
    )[0]


def temporary() -> TemporaryAccess:
    with system_scope():
        return TemporaryAccess.objects.create(
            patient=PatientFactory.create(),
            user=UserFactory.create(),
            reason="second opinion",
            given_by=UserFactory.create(),
            given_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
            ends_at=dt.datetime(2026, 5, 20, tzinfo=dt.UTC),
        )


every_kind = pytest.mark.parametrize("make", [role, token, temporary])


@every_kind
def test_a_confirmation_is_kept_and_recorded(make) -> None:
    by, held = administrator(), make()

    access_review.confirm(held, by=by)

    row = type(held)._base_manager.get(pk=held.pk)
    assert (row.reviewed_on, row.reviewed_by) == (TODAY, by)
    event = AuditEvent.objects.filter(table=held._meta.db_table, row_id=held.pk).latest("id")
    assert (event.actor_id, event.reason) == (by.pk, "access review: confirmed")


@every_kind
def test_nothing_is_revoked_without_a_reason(make) -> None:
    with pytest.raises(Refused, match="reason|Say why"):
        access_review.revoke(make(), by=administrator(), reason=" ")


@every_kind
def test_a_review_is_for_those_who_keep_accounts(make) -> None:
    held = make()

    with pytest.raises(PermissionDenied):
        access_review.confirm(held, by=held.user)
    with pytest.raises(PermissionDenied):
        access_review.revoke(held, by=held.user, reason="mine")


def sees_anything(user: User) -> bool:
    scope = Scope.of(user)
    return bool(scope.centre_ids or scope.study_ids or scope.patient_ids)


@pytest.mark.parametrize("make", [role, temporary])
def test_what_is_revoked_gives_nothing_from_then_on(make) -> None:
    by, held = administrator(), make()
    assert sees_anything(held.user)

    access_review.revoke(held, by=by, reason="not needed")

    assert not sees_anything(held.user)
    event = AuditEvent.objects.filter(table=held._meta.db_table, row_id=held.pk).latest("id")
    assert (event.actor_id, event.reason) == (by.pk, "not needed")
    with pytest.raises(Refused, match="ended already"):
        access_review.revoke(held, by=by, reason="again")


def test_a_revoked_token_is_gone() -> None:
    access_review.revoke(token(), by=administrator(), reason="not needed")

    assert not ApiToken.objects.exists()
