"""Wishes and leave: each person writes their own, and what cannot be is refused."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from followup.models import Leave, ReminderWish
from followup.selectors.wishes import language_of
from followup.services.wishes import (
    cancel_leave,
    enter_leave,
    possible_stand_ins,
    set_wishes,
    subscribe_again,
    unsubscribe,
)
from registry.errors import Refused
from registry.models import Centre, Study, User
from registry.models.choices import Role
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    StudyFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

TODAY = dt.date(2024, 7, 1)
NOW = dt.datetime(2024, 7, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create()


@pytest.fixture
def person(centre: Centre) -> User:
    return data_manager(centre)


@pytest.fixture
def colleague(centre: Centre) -> User:
    return data_manager(centre)


def leave_of(person: User, first: str, last: str, stand_in: User | None = None) -> Leave:
    return enter_leave(
        person,
        first_day=dt.date.fromisoformat(first),
        last_day=dt.date.fromisoformat(last),
        stand_in=stand_in,
        today=TODAY,
    )


def refusal(person: User, first: str, last: str, stand_in: User | None = None) -> tuple[str, str]:
    """Field and message of what is refused; nothing is stored."""
    before = Leave.objects.count()
    with pytest.raises(Refused) as refused:
        leave_of(person, first, last, stand_in)
    assert Leave.objects.count() == before
    (finding,) = refused.value.findings
    return finding.field, finding.message


def test_wishes_are_stored_once_and_changed_after(person):
    said: dict[str, Any] = {"rhythm": "weekly", "weekday": 2, "tells_ahead": False}
    set_wishes(person, **said, rests_on_days_off=True)
    set_wishes(person, **said | {"weekday": 4}, rests_on_days_off=False)

    wish = ReminderWish.objects.get()
    assert (wish.user, wish.rhythm, wish.weekday) == (person, "weekly", 4)
    assert (wish.tells_ahead, wish.rests_on_days_off) == (False, False)


def test_a_rhythm_and_a_weekday_that_there_are_not_are_both_refused(person):
    with pytest.raises(Refused) as refused:
        set_wishes(person, rhythm="hourly", weekday=7, tells_ahead=True, rests_on_days_off=False)

    assert [one.field for one in refused.value.findings] == ["rhythm", "weekday"]
    assert not ReminderWish.objects.exists()


def test_reports_come_in_the_language_wished_and_else_in_that_of_the_installation(person):
    said: dict[str, Any] = {"rhythm": "daily", "weekday": 0, "tells_ahead": True}
    assert language_of(person) == "en"

    set_wishes(person, **said, rests_on_days_off=False, language="en")
    assert language_of(person) == "en"
    with pytest.raises(Refused, match="Choose a language"):
        set_wishes(person, **said, rests_on_days_off=False, language="tlh")
    ReminderWish.objects.update(language="no-longer")
    assert language_of(person) == "en"


def test_who_unsubscribes_twice_has_done_so_the_first_time(person):
    unsubscribe(person, now=NOW)
    unsubscribe(person, now=NOW + dt.timedelta(days=9))

    assert ReminderWish.objects.get(user=person).unsubscribed_at == NOW


def test_wishes_do_not_subscribe_again_and_subscribing_keeps_the_wishes(person):
    unsubscribe(person, now=NOW)
    set_wishes(person, rhythm="weekly", weekday=2, tells_ahead=True, rests_on_days_off=True)
    assert ReminderWish.objects.get().unsubscribed_at == NOW

    subscribe_again(person)
    wish = ReminderWish.objects.get()
    assert (wish.unsubscribed_at, wish.rhythm, wish.weekday) == (None, "weekly", 2)


def test_stand_ins_enter_cases_at_the_same_centre(centre, person, colleague):
    investigator = UserFactory.create()
    MembershipFactory.create(user=investigator, role=Role.INVESTIGATOR, centre=centre)
    former, gone = data_manager(centre), data_manager(centre, is_active=False)
    former.memberships.update(ends_on=TODAY - dt.timedelta(days=1))
    elsewhere = [data_manager(CentreFactory.create()), administrator(), UserFactory.create()]

    found = set(possible_stand_ins(person, TODAY))

    assert found == {colleague, investigator}
    assert not found & {person, former, gone, *elsewhere}


def test_stand_ins_of_a_coordinator_coordinate_the_same_study(centre):
    study: Study = StudyFactory.create()
    person, other = coordinator(study), coordinator(study)
    monitor(study)
    coordinator(StudyFactory.create(key="cams"))

    assert list(possible_stand_ins(person, TODAY)) == [other]


def test_who_has_no_place_has_no_stand_in(person):
    assert list(possible_stand_ins(administrator(), TODAY)) == []


def test_a_leave_is_entered_with_its_stand_in(person, colleague):
    leave_of(person, "2024-07-01", "2024-07-14", colleague)

    leave = Leave.objects.get()
    assert (leave.user, leave.stand_in) == (person, colleague)
    assert (leave.first_day, leave.last_day) == (TODAY, dt.date(2024, 7, 14))


def test_a_leave_of_one_day_is_one(person):
    assert leave_of(person, "2024-07-09", "2024-07-09").stand_in is None


def test_days_in_the_wrong_order_are_refused(person):
    assert refusal(person, "2024-07-09", "2024-07-08")[0] == "last_day"


def test_a_day_that_has_passed_is_refused(person):
    assert refusal(person, "2024-06-30", "2024-07-08")[0] == "first_day"


def test_a_mistyped_year_is_refused(person):
    # 730 days from 1 July 2024 are 1 July 2026.
    leave_of(person, "2026-07-01", "2026-07-01")
    assert refusal(person, "2026-06-29", "2026-07-02")[0] == "last_day"
    assert refusal(person, "2042-07-01", "9999-12-31")[0] == "last_day"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2024-07-20", "2024-07-25"),
        ("2024-07-05", "2024-07-10"),
        ("2024-07-12", "2024-07-13"),
        ("2024-07-01", "2024-07-31"),
    ],
)
def test_days_of_another_leave_are_refused_and_named(person, first, last):
    leave_of(person, "2024-07-10", "2024-07-20")

    field, message = refusal(person, first, last)

    assert field == "first_day"
    assert "2024-07-10 to 2024-07-20" in message


def test_days_beside_another_leave_are_free_and_so_are_those_of_a_cancelled_one(person):
    leave = leave_of(person, "2024-07-10", "2024-07-20")
    leave_of(person, "2024-07-21", "2024-07-25")
    leave_of(person, "2024-07-01", "2024-07-09")

    cancel_leave(leave, by=person, now=NOW)
    leave_of(person, "2024-07-12", "2024-07-13")


def test_people_of_the_same_centre_may_be_away_on_the_same_days(person, colleague):
    leave_of(person, "2024-07-10", "2024-07-20")
    leave_of(colleague, "2024-07-10", "2024-07-20")


def test_nobody_stands_in_for_themselves_nor_for_a_stranger(person):
    days = ("2024-07-10", "2024-07-20")

    assert refusal(person, *days, person)[0] == "stand_in"
    assert refusal(person, *days, data_manager(CentreFactory.create()))[0] == "stand_in"


def test_a_leave_is_cancelled_by_its_person_once(person, colleague):
    leave = leave_of(person, "2024-07-10", "2024-07-20", colleague)

    with pytest.raises(PermissionDenied):
        cancel_leave(leave, by=colleague, now=NOW)
    cancel_leave(leave, by=person, now=NOW)
    with pytest.raises(Refused):
        cancel_leave(leave, by=person, now=NOW + dt.timedelta(hours=1))

    assert Leave.objects.get().cancelled_at == NOW


@pytest.mark.parametrize(
    "values",
    [
        {"first_day": dt.date(2024, 7, 2), "last_day": TODAY},
        {"first_day": TODAY, "last_day": TODAY, "stand_in": "user"},
    ],
)
def test_the_database_refuses_what_the_service_does(person, values):
    values = {key: person if value == "user" else value for key, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Leave.objects.create(user=person, **values)
