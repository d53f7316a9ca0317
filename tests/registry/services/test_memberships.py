"""Roles are granted at their place and ended with a reason; one administrator always stays."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from registry.errors import Refused
from registry.models import AuditEvent, Membership
from registry.models.choices import Role
from registry.permissions import may_enter_cases
from registry.services import memberships
from registry.services.memberships import RoleAt
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    UserFactory,
    administrator,
    data_manager,
)
from tests.factories.people import StudyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

TODAY = dt.date(2026, 5, 12)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC), tick=False):
        yield


def test_a_role_holds_from_the_moment_it_is_granted() -> None:
    by, person, centre = administrator(), UserFactory.create(), CentreFactory.create()
    assert not may_enter_cases(person, centre.pk)

    row = memberships.grant(person, given=RoleAt(Role.DATA_MANAGER, centre=centre), by=by)

    assert may_enter_cases(person, centre.pk)
    assert (row.granted_on, row.granted_by, row.ends_on) == (TODAY, by, None)
    event = AuditEvent.objects.get(table="registry_membership", row_id=row.pk)
    assert (event.operation, event.actor_id) == ("I", by.pk)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", ["centre", "study", "nowhere", "both"])
def test_a_role_is_granted_at_its_own_kind_of_place_only(role: Role, place: str) -> None:
    fits = {
        "centre": {Role.DATA_MANAGER, Role.INVESTIGATOR},
        "study": {Role.COORDINATOR, Role.MONITOR, Role.ANALYST, Role.READER},
        "nowhere": {Role.ADMINISTRATOR},
        "both": set(),
    }
    given = RoleAt(
        role,
        centre=CentreFactory.create() if place in ("centre", "both") else None,
        study=StudyFactory.create() if place in ("study", "both") else None,
    )
    person = UserFactory.create()

    if role in fits[place]:
        memberships.grant(person, given=given, by=administrator())
    else:
        with pytest.raises(Refused, match="This role belongs"):
            memberships.grant(person, given=given, by=administrator())

    assert person.memberships.exists() is (role in fits[place])


def test_a_role_is_not_granted_twice_but_anew_after_its_end() -> None:
    by, centre = administrator(), CentreFactory.create()
    given, person = RoleAt(Role.DATA_MANAGER, centre=centre), UserFactory.create()
    row = MembershipFactory.create(
        user=person,
        role=Role.DATA_MANAGER,
        centre=centre,
        ends_on=TODAY,
        reviewed_on=dt.date(2026, 1, 1),
    )
    with pytest.raises(Refused, match="has that role there already"):
        memberships.grant(person, given=given, by=by)

    Membership.objects.filter(pk=row.pk).update(ends_on=dt.date(2026, 5, 11))
    again = memberships.grant(person, given=given, by=by)

    assert again.pk == row.pk
    assert (again.ends_on, again.granted_on, again.reviewed_on) == (None, TODAY, None)


def test_a_last_day_that_has_passed_is_refused() -> None:
    given = RoleAt(Role.ADMINISTRATOR, ends_on=dt.date(2026, 5, 11))

    with pytest.raises(Refused, match="has passed"):
        memberships.grant(UserFactory.create(), given=given, by=administrator())


def test_a_deactivated_person_is_granted_nothing() -> None:
    with pytest.raises(Refused, match="deactivated"):
        memberships.grant(
            UserFactory.create(is_active=False),
            given=RoleAt(Role.ADMINISTRATOR),
            by=administrator(),
        )


def test_a_role_ends_at_once_with_its_reason_on_the_trail() -> None:
    by, person = administrator(), data_manager(CentreFactory.create())
    row = person.memberships.get()
    assert row.centre_id is not None

    memberships.end(row, by=by, reason="moved to research")

    assert not may_enter_cases(person, row.centre_id)
    event = AuditEvent.objects.filter(table="registry_membership", row_id=row.pk).latest("id")
    assert (event.operation, event.actor_id, event.reason) == ("U", by.pk, "moved to research")
    with pytest.raises(Refused, match="ended already"):
        memberships.end(row, by=by, reason="again")


def test_a_role_may_end_on_a_later_day_but_not_later_than_before() -> None:
    by, person = administrator(), data_manager(CentreFactory.create())
    row = person.memberships.get()

    memberships.end(row, by=by, reason="contract", last_day=dt.date(2026, 5, 31))

    assert Membership.objects.get(pk=row.pk).ends_on == dt.date(2026, 5, 31)
    with pytest.raises(Refused, match="ends before that day"):
        memberships.end(row, by=by, reason="longer", last_day=dt.date(2026, 6, 30))
    with pytest.raises(Refused, match="has passed"):
        memberships.end(row, by=by, reason="earlier", last_day=dt.date(2026, 5, 11))


def test_a_role_does_not_end_without_a_reason_or_by_somebody_else() -> None:
    row = data_manager(CentreFactory.create()).memberships.get()

    with pytest.raises(Refused, match="Say why"):
        memberships.end(row, by=administrator(), reason=" ")
    with pytest.raises(PermissionDenied):
        memberships.end(row, by=row.user, reason="mine")
    with pytest.raises(PermissionDenied):
        memberships.grant(row.user, given=RoleAt(Role.ADMINISTRATOR), by=row.user)


@pytest.mark.parametrize("last_day", [None, TODAY, dt.date(2026, 6, 30)])
def test_the_last_administrator_keeps_the_role(last_day: dt.date | None) -> None:
    last = administrator()
    administrator(is_active=False)
    MembershipFactory.create(
        user=UserFactory.create(), role=Role.ADMINISTRATOR, ends_on=dt.date(2026, 5, 11)
    )

    with pytest.raises(Refused, match="last administrator"):
        memberships.end(last.memberships.get(), by=last, reason="left", last_day=last_day)


def test_an_administrator_whose_own_role_ends_sooner_is_no_other_administrator() -> None:
    leaving = administrator()
    Membership.objects.filter(user=leaving).update(ends_on=dt.date(2026, 5, 20))
    last = administrator()

    with pytest.raises(Refused, match="last administrator"):
        memberships.end(
            last.memberships.get(), by=leaving, reason="left", last_day=dt.date(2026, 5, 31)
        )


def test_one_of_two_administrators_may_go() -> None:
    by, other = administrator(), administrator()

    memberships.end(other.memberships.get(), by=by, reason="left")

    assert Membership.objects.get(user=other).ends_on == dt.date(2026, 5, 11)
