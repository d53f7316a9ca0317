"""Who reads a calendar feed, and the page on which people make and revoke their own."""

from __future__ import annotations

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followup.calendar_limits import FeedRate
from followup.models import CalendarFeed
from followup.services import calendar_feeds as service
from registry.models import Enrolment, Membership, User
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.followup.factories import expected, followed
from tests.followup.following import change
from tests.followup.subscribing import status, subscribe

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2024, 4, 20, 8, 30, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def enrolment() -> Enrolment:
    """Radiotherapy ended on 31 January 2024: month 3 is 30 April, month 6 is 31 July."""
    made = followed()
    expected(made, TODAY)
    return made


@pytest.fixture
def manager(enrolment: Enrolment) -> User:
    return data_manager(enrolment.patient.centre)


def test_who_the_address_does_not_belong_to_any_more_finds_nothing(
    enrolment: Enrolment, manager: User, time_machine: Any
) -> None:
    centre = enrolment.patient.centre
    paths = [subscribe(manager), subscribe(manager, centre, "Centre")]
    unknown = status(reverse("followup:calendar_feed", args=["A" * 43]))
    assert ([status(path) for path in paths], unknown) == ([200, 200], 404)

    manager.is_active = False
    manager.save()
    assert [status(path) for path in paths] == [404, 404]
    manager.is_active = True
    manager.save()
    Membership.objects.filter(user=manager).update(ends_on=TODAY)
    assert [status(path) for path in paths] == [200, 200]
    time_machine.move_to(NOW + dt.timedelta(days=1), tick=False)
    assert [status(path) for path in paths] == [404, 404]


def test_a_revoked_calendar_is_gone_at_the_next_reading(manager: User) -> None:
    path = subscribe(manager)
    assert status(path) == 200

    service.revoke(CalendarFeed.objects.get(), by=manager)

    assert status(path) == 404


def test_every_refusal_is_the_same_answer(manager: User) -> None:
    path = subscribe(manager)
    service.revoke(CalendarFeed.objects.get(), by=manager)

    revoked = Client().get(path)
    unknown = Client().get(reverse("followup:calendar_feed", args=["x"]))

    assert revoked.content == unknown.content
    assert revoked.headers.items() == unknown.headers.items()


def test_an_unchanged_calendar_is_answered_with_304(
    enrolment: Enrolment, manager: User, time_machine: Any
) -> None:
    path = subscribe(manager)
    etag = Client().get(path)["ETag"]
    time_machine.move_to(NOW + dt.timedelta(hours=5), tick=False)

    assert Client().get(path, headers={"If-None-Match": etag}).status_code == 304
    with system_scope():
        visit = enrolment.expected_visits.get(key="last_rt_day-m06")
    change(visit, target=dt.date(2024, 8, 2))
    assert Client().get(path, headers={"If-None-Match": etag}).status_code == 200


def test_a_reading_is_noted_once_a_day_and_stored_nowhere(manager: User, time_machine: Any) -> None:
    path = subscribe(manager)
    with CaptureQueriesContext(connection) as first:
        response = Client().get(path)
    with CaptureQueriesContext(connection) as second:
        Client().get(path)

    def writes(queries: CaptureQueriesContext) -> int:
        return sum("UPDATE" in query["sql"] for query in queries.captured_queries)

    assert (writes(first), writes(second)) == (1, 0)
    assert CalendarFeed.objects.get().last_read_on == TODAY
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies


def test_a_program_that_asks_without_end_is_told_to_wait(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FeedRate, "rate", "2/hour")
    path, other = subscribe(manager), subscribe(manager, name="Other")

    assert [status(path) for _ in range(3)] == [200, 200, 429]
    assert Client().get(path)["Retry-After"] == "3600"
    assert status(other) == 200


def test_a_key_reaches_no_log(
    manager: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = subscribe(manager)
    key = path.removeprefix("/calendars/").removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        Client().get(path)
        Client().post(path)
        Client(enforce_csrf_checks=True).post(path)
        Client().get(f"/calendars/{key}.ics/")
        logging.getLogger("django.server").warning('"%s" %s', f"GET {path} HTTP/1.1", 200)

        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("a fault in a feed")

        monkeypatch.setattr("followup.views.calendars.calendar_text", fail)
        assert Client(raise_request_exception=False).get(path).status_code == 500
        service.revoke(CalendarFeed.objects.get(), by=manager)
        Client().get(path)
    said = caplog.text

    assert "Not Found: /calendars/…" in said
    assert "a fault in a feed" in said
    assert key not in said


def test_only_a_digest_of_the_key_is_kept(manager: User) -> None:
    path = subscribe(manager)
    key = path.removeprefix("/calendars/").removesuffix(".ics")

    row = CalendarFeed.objects.values().get()

    assert len(key) == 43  # 32 random bytes in URL-safe base64
    assert key not in str(row)


# The page


def test_the_address_is_shown_once(client: Client, manager: User) -> None:
    client.force_login(manager)
    page = reverse("followup:calendars")

    answer = client.post(page, {"name": "Outlook", "centre": ""})
    (address,) = re.findall(r'<code id="address">([^<]+)</code>', answer.content.decode())

    assert address.startswith("http://testserver/calendars/")
    assert "no-store" in answer["Cache-Control"]
    assert status(address.removeprefix("http://testserver")) == 200
    listed = client.get(page).content.decode()
    assert "Outlook" in listed
    assert address not in listed


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "Mine"}, "You have a calendar of this name."),
        ({"name": "A", "centre": "other"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_made_is_refused_at_its_field(
    client: Client, manager: User, sent: dict[str, str], said: str
) -> None:
    subscribe(manager)
    other = CentreFactory.create(code="Z")
    client.force_login(manager)

    centre = str(other.pk) if "centre" in sent else ""
    answer = client.post(reverse("followup:calendars"), sent | {"centre": centre})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert CalendarFeed.objects.count() == 1


def test_who_sees_no_patients_makes_no_calendar(client: Client) -> None:
    client.force_login(administrator())
    page = reverse("followup:calendars")

    assert "nothing for a calendar to show" in client.get(page).content.decode()
    assert client.post(page, {"name": "Mine", "centre": ""}).status_code == 422
    assert not CalendarFeed.objects.exists()


def test_nobody_revokes_the_calendar_of_somebody_else(client: Client, manager: User) -> None:
    path = subscribe(manager)
    feed = CalendarFeed.objects.get()
    address = reverse("followup:calendar_revoke", args=[feed.pk])
    client.force_login(coordinator(ProtocolVersionFactory.create().study))
    assert client.post(address).status_code == 404
    assert status(path) == 200

    client.force_login(manager)
    assert client.post(address, follow=True).status_code == 200
    assert status(path) == 404


def test_a_person_has_twenty_calendars_at_most(manager: User) -> None:
    for number in range(20):
        subscribe(manager, name=str(number))
    with pytest.raises(ValueError, match="At most 20 calendars"):
        subscribe(manager, name="20")
