"""Sessions end: after 30 minutes without a request, after 12 hours in all, when deactivated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Draft, User
from registry.services.activity import seen_today
from tests.factories import CentreFactory, UserFactory, data_manager
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

MORNING = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
HOME = reverse("registry:home")

At = Callable[[dt.timedelta], int]


@pytest.fixture
def user() -> User:
    return data_manager(CentreFactory.create())


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


@pytest.fixture
def ask(client: Client, user: User) -> At:
    """Status of the first page, so long after signing in at eight in the morning."""
    with time_machine.travel(MORNING, tick=False):
        client.post(reverse("login"), {"username": user.username, "password": PASSWORD})

    def page(after: dt.timedelta) -> int:
        with time_machine.travel(MORNING + after, tick=False):
            return client.get(HOME).status_code

    return page


def test_a_session_holds_for_thirty_minutes_without_a_request(ask: At):
    assert ask(minutes(29.9)) == 200


def test_a_session_ends_after_thirty_minutes_without_a_request(ask: At):
    assert ask(minutes(30.1)) == 302
    assert ask(minutes(30.2)) == 302


def test_each_request_begins_the_thirty_minutes_anew(ask: At):
    assert [ask(minutes(after)) for after in (25, 50, 75, 104)] == [200, 200, 200, 200]
    assert ask(minutes(135)) == 302


def test_a_session_ends_after_twelve_hours_of_work(ask: At):
    for quarter in range(1, 48):
        assert ask(minutes(15 * quarter)) == 200
    assert ask(hours(12)) == 200
    assert ask(hours(12) + minutes(1)) == 302


def test_a_session_of_before_the_limits_begins_now(client: Client, user: User):
    client.force_login(user)
    session = client.session
    del session["began_at"], session["seen_at"]
    session.save()
    with time_machine.travel(MORNING, tick=False):
        assert client.get(HOME).status_code == 200
    with time_machine.travel(MORNING + minutes(29), tick=False):
        assert client.get(HOME).status_code == 200
    with time_machine.travel(MORNING + minutes(60), tick=False):
        assert client.get(HOME).status_code == 302


def test_a_part_of_a_page_gets_401_after_the_end(ask: At, client: Client):
    with time_machine.travel(MORNING + minutes(31), tick=False):
        answer = client.get(HOME, headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.content == b""


def test_a_form_sent_after_the_end_comes_back_as_a_draft(ask: At, client: Client, user: User):
    form = reverse("registry:new_patient")
    with time_machine.travel(MORNING + minutes(31), tick=False):
        answer = client.post(form, {"user": user.pk, "family_name": "typed before"})
        assert answer.status_code == 401
        kept = answer.context["kept"]
        credentials = {"username": user.username, "password": PASSWORD}
        answer = client.post(reverse("login"), credentials | {"next": form, "kept": kept})

    assert answer["Location"] == form
    assert "typed+before" in Draft.objects.get(user=user, address=form).fields


def test_a_session_is_written_once_a_minute_at_most(ask: At):
    def writes(after: dt.timedelta) -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(after)
        return sum(one["sql"].startswith(("UPDATE", "INSERT")) for one in queries)

    assert ask(minutes(2)) == 200
    assert writes(minutes(2.5)) == 0
    assert writes(minutes(3.5)) > 0


def test_a_deactivated_person_is_out_at_the_next_request(ask: At, client: Client, user: User):
    assert ask(minutes(1)) == 200
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert ask(minutes(2)) == 302
    part = client.get(HOME, headers={"HX-Request": "true"})
    assert part.status_code == 401


def test_the_list_of_sessions_says_when_each_was_seen_last(ask: At, user: User):
    ask(minutes(20))

    assert UserSession.objects.get(user=user).last_seen_at == MORNING + minutes(20)


def test_the_ended_session_is_gone_from_the_database(ask: At):
    key = Session.objects.get().session_key
    ask(minutes(31))

    assert not Session.objects.filter(session_key=key).exists()


def test_the_last_day_of_a_person_is_written_once_a_day(django_assert_num_queries):
    user = UserFactory.create()
    with time_machine.travel(MORNING, tick=False), django_assert_num_queries(1):
        seen_today(user)
        seen_today(user)
    assert User.objects.get(pk=user.pk).last_active_on == dt.date(2026, 3, 2)

    with time_machine.travel(MORNING + hours(20), tick=False):
        seen_today(User.objects.get(pk=user.pk))
    assert User.objects.get(pk=user.pk).last_active_on == dt.date(2026, 3, 3)


def test_a_request_writes_the_last_day(ask: At, user: User):
    ask(minutes(1))

    assert User.objects.get(pk=user.pk).last_active_on == dt.date(2026, 3, 2)
