"""Pages have the day and the times of the reader's centre; roles have those of the installation."""

import datetime as dt

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from registry.middleware import RequestScopeMiddleware
from registry.models import Membership, User
from registry.permissions import may_enter_cases
from registry.services.memberships import end
from registry.views.audit_forms import MomentForm
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.followup.factories import followed

pytestmark = pytest.mark.django_db

NEXT_DAY_IN_TOKYO = dt.datetime(2024, 4, 15, 15, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NEXT_DAY_IN_TOKYO, tick=False)


def manager_in(zone: str) -> User:
    return data_manager(CentreFactory.create(timezone=zone))


def today_for(user: User) -> dt.date:
    """Today in a request of this person."""
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(timezone.localdate())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = user
    RequestScopeMiddleware(view)(request)
    return seen[0]


def test_today_is_the_day_at_the_readers_first_centre():
    user = manager_in("Asia/Tokyo")
    MembershipFactory.create(
        user=user, role="data_manager", centre=CentreFactory.create(timezone="Europe/Rome")
    )
    assert today_for(user) == dt.date(2024, 4, 16)
    assert today_for(manager_in("Europe/Rome")) == dt.date(2024, 4, 15)


def test_people_without_a_centre_and_centres_without_a_zone_have_that_of_the_settings():
    assert today_for(coordinator(followed().study)) == dt.date(2024, 4, 15)
    assert today_for(manager_in("Mars/Olympus")) == dt.date(2024, 4, 15)


def test_a_centre_of_which_the_role_has_ended_does_not_count():
    user = manager_in("Asia/Tokyo")
    Membership.objects.filter(user=user).update(ends_on=dt.date(2024, 4, 14))
    assert today_for(user) == dt.date(2024, 4, 15)


def test_the_zone_ends_with_the_request_also_when_the_page_fails():
    def fail(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    request = RequestFactory().get("/")
    request.user = manager_in("Asia/Tokyo")
    with pytest.raises(RuntimeError):
        RequestScopeMiddleware(fail)(request)
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Asia/Tokyo", "Times are those of Asia/Tokyo unless marked UTC."),
        ("UTC", "All times are UTC."),
    ],
)
def test_the_foot_of_a_page_names_the_zone(client, zone, says):
    client.force_login(manager_in(zone))
    assert says in client.get(reverse("registry:home")).content.decode()


def test_a_role_that_is_ended_at_once_has_ended_everywhere():
    """It is tomorrow in Tokyo: yesterday is still today where the installation is."""
    user = manager_in("Asia/Tokyo")
    role = Membership.objects.get(user=user)
    assert role.centre_id is not None
    with timezone.override(dt.timezone(dt.timedelta(hours=9))):
        end(role, by=administrator(), reason="has left")
        assert not may_enter_cases(user, role.centre_id)
    assert not may_enter_cases(user, role.centre_id)
    role.refresh_from_db()
    assert role.ends_on == dt.date(2024, 4, 14)


def test_a_moment_that_is_asked_for_in_utc_is_read_in_utc():
    with timezone.override(dt.timezone(dt.timedelta(hours=9))):
        form = MomentForm({"at": "2024-04-15T09:30"})
        assert form.is_valid()
    assert form.cleaned_data["at"] == dt.datetime(2024, 4, 15, 9, 30, tzinfo=dt.UTC)
