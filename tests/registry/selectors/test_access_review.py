"""What gives people access, and when it has to be looked at again."""

import datetime as dt

import pytest
import time_machine

from registry.models import Membership, TemporaryAccess, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.selectors.access_review import Access, accesses, overdue_reviews
from registry.services import tokens
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    PatientFactory,
    UserFactory,
    data_manager,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

TODAY = dt.date(2026, 5, 12)


@pytest.fixture(autouse=True)
def noon(settings):
    settings.ACCESS_REVIEW_DAYS = 30
    with time_machine.travel(dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC), tick=False):
        yield


def role(granted_on: dt.date | None, **kwargs: object) -> Membership:
    person = UserFactory.create()
    return MembershipFactory.create(
        user=person,
        role=Role.DATA_MANAGER,
        centre=CentreFactory.create(),
        granted_on=granted_on,
        **kwargs,
    )


def test_a_review_is_due_so_many_days_after_the_grant_or_the_last_review() -> None:
    role(dt.date(2026, 4, 12))  # the 30 days end today
    role(dt.date(2026, 4, 11))  # one day over
    role(dt.date(2025, 1, 1), reviewed_on=dt.date(2026, 5, 1))

    assert [(row.due_on, row.is_overdue) for row in accesses()] == [
        (dt.date(2026, 5, 11), True),
        (dt.date(2026, 5, 12), False),
        (dt.date(2026, 5, 31), False),
    ]
    assert overdue_reviews() == 1


def test_a_role_of_unknown_age_is_overdue_and_comes_first() -> None:
    role(dt.date(2020, 1, 1))
    unknown = role(None)

    first = accesses()[0]

    assert (first.pk, first.due_on, first.is_overdue) == (unknown.pk, None, True)


def test_what_has_ended_or_belongs_to_the_deactivated_is_not_reviewed() -> None:
    role(TODAY, ends_on=dt.date(2026, 5, 11))
    gone = role(TODAY)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    held = role(TODAY, ends_on=TODAY)

    assert [row.pk for row in accesses()] == [held.pk]


def only(kind: str) -> Access:
    (found,) = [row for row in accesses() if row.kind == kind]
    return found


def test_a_token_is_reviewed_too() -> None:
    person = data_manager(CentreFactory.create())
    tokens.create(user=person, name="nightly", may_write=True, ends_on=dt.date(2026, 6, 1))

    row = only("token")

    assert row.what == "API token “nightly”, read and write"
    assert (row.who, row.granted_on, row.ends_on) == (person, TODAY, dt.date(2026, 6, 1))
    assert row.last_used_on is None


def test_temporary_access_is_named_without_its_patient_and_reason() -> None:
    guest, giver = UserFactory.create(), UserFactory.create()
    with system_scope():
        TemporaryAccess.objects.create(
            patient=PatientFactory.create(pseudonym="CANARY-1", centre__name="Kyoto"),
            user=guest,
            reason="canary of the thigh",
            given_by=giver,
            given_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
            ends_at=dt.datetime(2026, 5, 20, tzinfo=dt.UTC),
        )

    row = only("temporary")

    assert (row.who, row.where, row.granted_by) == (guest, "Kyoto", giver)
    assert "canary" not in str(row).casefold()


def test_a_role_that_somebody_granted_themselves_is_marked() -> None:
    own = role(TODAY)
    Membership.objects.filter(pk=own.pk).update(granted_by=own.user_id)
    other = role(TODAY, granted_by=UserFactory.create())

    assert {row.pk: row.is_own_grant for row in accesses()} == {own.pk: True, other.pk: False}


def test_the_last_day_of_activity_is_shown() -> None:
    held = role(TODAY)
    User.objects.filter(pk=held.user_id).update(last_active_on=dt.date(2026, 5, 10))

    assert accesses()[0].last_used_on == dt.date(2026, 5, 10)
