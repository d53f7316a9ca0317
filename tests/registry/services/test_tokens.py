"""API tokens: shown once, kept as a digest, with an end, recorded without it."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from registry.errors import Refused
from registry.models import ApiToken, AuditEvent, User
from registry.services import tokens
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    UserFactory,
    administrator,
    data_manager,
    monitor,
)
from tests.factories.people import StudyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def person() -> User:
    return data_manager(CentreFactory.create())


def reader_of_figures() -> User:
    user = UserFactory.create()
    MembershipFactory.create(user=user, role="reader", study=StudyFactory.create())
    return user


def make(person: User, **changed: object) -> tuple[ApiToken, str]:
    usual = {"name": "nightly", "may_write": False, "ends_on": dt.date(2026, 8, 10)}
    return tokens.create(user=person, **usual | changed)  # type: ignore[arg-type]


def test_a_token_is_good_until_the_end_of_its_last_day(person: User, noon) -> None:
    token, shown = make(person)

    assert len(shown) == 64
    assert token.expiry == dt.datetime(2026, 8, 11, tzinfo=dt.UTC)
    noon.move_to(dt.datetime(2026, 8, 10, 23, 59, tzinfo=dt.UTC))
    assert list(tokens.in_force(person)) == [token]
    noon.move_to(dt.datetime(2026, 8, 11, tzinfo=dt.UTC))
    assert not tokens.in_force(person).exists()


def test_the_token_itself_is_stored_nowhere(person: User) -> None:
    _token, shown = make(person)

    row = ApiToken.objects.values().get()
    assert shown not in str(row)
    assert row["digest"] != shown
    assert shown not in str(list(AuditEvent.objects.values()))


def test_the_trail_keeps_creation_and_revocation_without_the_digest(person: User) -> None:
    token, _shown = make(person)
    key, digest, start = token.pk, token.digest, token.token_key

    tokens.revoke(token, by=person)

    made, gone = AuditEvent.objects.filter(table="registry_apitoken", row_id=key)
    assert (made.operation, made.actor_id, made.new["name"]) == ("I", person.pk, "nightly")
    assert (gone.operation, gone.actor_id) == ("D", person.pk)
    told = f"{made.new}{gone.old}"
    assert digest not in told
    assert start not in told
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "n" * 81}),
        ("ends_on", {"ends_on": dt.date(2026, 5, 11)}),
        ("ends_on", {"ends_on": dt.date(2027, 5, 13)}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(person: User, field, changed) -> None:
    with pytest.raises(Refused) as refused:
        make(person, **changed)

    assert [finding.field for finding in refused.value.findings] == [field]
    assert not ApiToken.objects.exists()


def test_a_year_is_the_longest(person: User) -> None:
    make(person, ends_on=dt.date(2027, 5, 12))


def test_a_name_is_borne_by_one_token_of_a_person(person: User) -> None:
    make(person)

    with pytest.raises(Refused, match="a token of this name"):
        make(person)
    make(data_manager(CentreFactory.create()))


def test_only_people_who_may_write_something_hold_a_token_that_writes(person: User) -> None:
    make(person, may_write=True)
    make(monitor(StudyFactory.create()), may_write=True)

    for reader in (reader_of_figures(), UserFactory.create()):
        with pytest.raises(Refused, match="only read"):
            make(reader, may_write=True)
        make(reader)


def test_somebody_elses_token_is_revoked_by_an_administrator_with_a_reason(person: User) -> None:
    token, _shown = make(person)
    by = administrator()

    with pytest.raises(PermissionDenied):
        tokens.revoke(token, by=data_manager(CentreFactory.create()), reason="mine")
    with pytest.raises(Refused, match="reason"):
        tokens.revoke(token, by=by)
    tokens.revoke(token, by=by, reason="leaked")

    event = AuditEvent.objects.filter(table="registry_apitoken").latest("id")
    assert (event.operation, event.actor_id, event.reason) == ("D", by.pk, "leaked")
