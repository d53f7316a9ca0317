"""What stands in a calendar feed, and how calendar programs follow what changes."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from followup.selectors import calendar_visits as selector
from registry.models import Enrolment, Patient, User
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    DeathFactory,
    IdentityFactory,
    MembershipFactory,
    coordinator,
    data_manager,
)
from tests.followup.factories import expected, followed, full_visit, open_visit
from tests.followup.following import change
from tests.followup.subscribing import events, read, status, subscribe
from tests.followup.test_transfer import transfer

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


def test_a_client_sees_the_right_days(enrolment: Enrolment, manager: User) -> None:
    shown = events(subscribe(manager))
    pseudonym = enrolment.patient.pseudonym

    month_3 = shown[f"{pseudonym}: Month 3"]
    assert month_3.decoded("dtstart") == dt.date(2024, 4, 30)
    assert month_3.decoded("dtend") == dt.date(2024, 5, 1)
    assert month_3["dtstart"].params["VALUE"] == "DATE"
    assert month_3["status"] == "CONFIRMED"
    assert month_3["transp"] == "TRANSPARENT"
    assert month_3.decoded("sequence") == 0
    assert month_3["categories"].cats == ["jinling"]
    assert "16 Apr 2024 to 14 May 2024" in month_3["description"]
    assert "Status: Due" in month_3["description"]
    assert month_3["url"] == f"http://testserver/patients/{pseudonym}/"
    assert shown[f"{pseudonym}: Month 6"].decoded("dtstart") == dt.date(2024, 7, 31)
    # Month 24 opens on 1 January 2026 and month 30 on 1 July 2026: 24 months ahead is 20 April.
    assert f"{pseudonym}: Month 24" in shown
    assert f"{pseudonym}: Month 30" not in shown


def test_the_calendar_says_what_it_is_and_how_often_to_ask(manager: User) -> None:
    calendar = read(subscribe(manager, name="Outlook"))

    assert calendar["method"] == "PUBLISH"
    assert calendar["x-wr-calname"] == calendar["name"] == "Follow-up: Outlook"
    assert calendar.decoded("refresh-interval") == dt.timedelta(hours=6)
    assert calendar["x-published-ttl"] == "PT6H"
    assert "Sarcoma RT Registry" in calendar["prodid"]


def test_a_summary_names_what_is_still_required(enrolment: Enrolment, manager: User) -> None:
    (month_3, *_) = read(subscribe(manager)).walk("VEVENT")

    with system_scope():
        visit = enrolment.expected_visits.get(key="last_rt_day-m03")
    assert month_3["summary"] == (
        f"{enrolment.patient.pseudonym}: Month 3 ({visit.outstanding_text})"
    )
    assert visit.outstanding_text


def test_a_visit_that_moves_keeps_its_uid_and_counts_up(
    enrolment: Enrolment, manager: User, time_machine: Any
) -> None:
    path, name = subscribe(manager), f"{enrolment.patient.pseudonym}: Month 3"
    before = events(path)[name]
    time_machine.move_to(NOW + dt.timedelta(hours=3), tick=False)
    with system_scope():
        course = enrolment.patient.courses.get()
        course.ended_on = "2024-02-15"
        course.save()
    expected(enrolment, TODAY)

    after = events(path)[name]

    assert after["uid"] == before["uid"]
    assert re.fullmatch(r"visit-\d+@testserver", after["uid"])
    assert after.decoded("dtstart") == dt.date(2024, 5, 15)
    assert after.decoded("sequence") > before.decoded("sequence")
    assert after.decoded("last-modified") > before.decoded("last-modified")


def test_a_death_cancels_what_was_ahead(enrolment: Enrolment, manager: User) -> None:
    path, pseudonym = subscribe(manager), enrolment.patient.pseudonym
    DeathFactory.create(patient=enrolment.patient, died_on="2024-04-10")
    expected(enrolment, TODAY)

    shown = events(path)

    gone = shown[f"{pseudonym}: Month 6"]
    assert gone["status"] == "CANCELLED"
    assert gone.decoded("sequence") > 0
    assert "CONFIRMED" not in {event["status"] for event in shown.values()}


def test_a_visit_that_is_done_stays_and_says_so(enrolment: Enrolment, manager: User) -> None:
    path = subscribe(manager)
    full_visit(enrolment, "2024-04-18")
    expected(enrolment, TODAY)

    done = events(path)[f"{enrolment.patient.pseudonym}: Month 3"]

    assert done["summary"].endswith("Month 3 (done on 18 Apr 2024)")
    assert done["status"] == "CONFIRMED"
    assert done.decoded("dtstart") == dt.date(2024, 4, 30)


def test_what_an_amendment_takes_out_is_cancelled(enrolment: Enrolment, manager: User) -> None:
    path = subscribe(manager)
    with system_scope():
        visit = enrolment.expected_visits.get(key="last_rt_day-m06")
    change(visit, state="superseded")

    assert events(path)[f"{enrolment.patient.pseudonym}: Month 6"]["status"] == "CANCELLED"


@pytest.mark.parametrize("state", ["done", "missed", "cancelled", "superseded"])
def test_what_was_settled_is_shown_for_90_days(
    enrolment: Enrolment, manager: User, state: str
) -> None:
    path, name = subscribe(manager), f"{enrolment.patient.pseudonym}: Month 6"
    with system_scope():
        visit = enrolment.expected_visits.get(key="last_rt_day-m06")

    change(visit, state=state, changed_at=NOW - dt.timedelta(days=90))
    assert name in events(path)
    change(visit, state=state, changed_at=NOW - dt.timedelta(days=90, seconds=1))
    assert name not in events(path)


def test_what_was_never_open_is_in_no_calendar(manager: User) -> None:
    patient = followed(centre=manager.memberships.get().centre).patient
    open_visit(patient, "2024-07-01", state="cancelled")

    assert not [name for name in events(subscribe(manager)) if patient.pseudonym in name]


def test_an_overdue_visit_stays_as_long_as_it_is_open(
    enrolment: Enrolment, manager: User, time_machine: Any
) -> None:
    path, name = subscribe(manager), f"{enrolment.patient.pseudonym}: Month 3"
    time_machine.move_to(dt.datetime(2025, 4, 20, tzinfo=dt.UTC), tick=False)

    overdue = events(path)[name]

    assert "Status: Overdue" in overdue["description"]
    # The window closed on 14 May 2024: the event became another one on the day after.
    assert overdue.decoded("last-modified") == dt.datetime(2024, 5, 15, tzinfo=dt.UTC)


def test_after_a_transfer_the_visits_are_in_the_new_centre_s_calendar_only(
    enrolment: Enrolment, manager: User
) -> None:
    receiver = data_manager(CentreFactory.create(code="B"))
    there = receiver.memberships.get().centre
    assert there is not None
    enrolment.study.participations.create(centre=there)
    left = subscribe(manager), subscribe(manager, enrolment.patient.centre, "Centre")
    right = subscribe(receiver), subscribe(receiver, there, "Centre")
    assert [len(events(path)) for path in right] == [0, 0]

    transfer(enrolment.patient, manager, receiver)

    assert [len(events(path)) for path in left] == [0, 0]
    assert all(len(events(path)) > 3 for path in right)


def test_a_calendar_of_one_centre_shows_that_centre_only(manager: User) -> None:
    other = followed(centre=CentreFactory.create(code="Z"))
    expected(other, TODAY)
    MembershipFactory.create(user=manager, role="data_manager", centre=other.patient.centre)

    everything = events(subscribe(manager))
    one = events(subscribe(manager, other.patient.centre, "Z"))

    names = {name.split(":")[0] for name in one}
    assert names == {other.patient.pseudonym}
    assert names < {name.split(":")[0] for name in everything}


def test_a_coordinator_s_calendar_shows_the_study_over_all_centres(enrolment: Enrolment) -> None:
    second = followed(centre=CentreFactory.create(code="Z"))
    other_study = followed("cams")
    for one in (second, other_study):
        expected(one, TODAY)

    shown = events(subscribe(coordinator(enrolment.study)))

    names = {name.split(":")[0] for name in shown}
    assert names == {enrolment.patient.pseudonym, second.patient.pseudonym}


def test_nothing_in_a_calendar_tells_who_a_patient_is(enrolment: Enrolment, manager: User) -> None:
    patient = enrolment.patient
    IdentityFactory.create(
        patient=patient,
        family_name="Kanarienfeder",
        given_names="Seraphinette",
        record_number="RN-FEDER-17",
        contact="Zeisigstieg 3",
    )
    Patient._base_manager.filter(pk=patient.pk).update(birth_date="1951-03-09")
    text = Client().get(subscribe(manager)).content.decode().lower().replace("\r\n ", "")

    assert patient.pseudonym.lower() in text
    for trace in ("kanarienfeder", "seraphinette", "rn-feder-17", "zeisigstieg", "1951"):
        assert trace not in text


def test_reasons_that_people_typed_stay_in_the_registry(
    enrolment: Enrolment, manager: User
) -> None:
    with system_scope():
        visit = enrolment.expected_visits.get(key="last_rt_day-m03")
    note: dict[str, Any] = {
        "code": "missed",
        "about": [],
        "on": None,
        "reason": "Mrs Kanarienfeder moved away",
    }
    change(visit, state="missed", why=[note])

    text = Client().get(subscribe(manager)).content.decode()

    assert "Missed" in text
    assert "Kanarienfeder" not in text


def test_the_number_of_queries_does_not_grow_with_the_visits(
    enrolment: Enrolment, manager: User
) -> None:
    path = subscribe(manager)
    status(path)  # the day is noted

    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            status(path)
        return len(made)

    few = queries()
    for _ in range(3):
        expected(followed(centre=enrolment.patient.centre), TODAY)
    assert queries() == few


def test_a_calendar_that_is_too_long_keeps_what_is_nearest_and_says_so(
    enrolment: Enrolment, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selector, "MOST_EVENTS", 2)
    open_visit(enrolment.patient, "2024-04-10", key="last_rt_day-m01")

    calendar = read(subscribe(manager))

    days = [event.decoded("dtstart") for event in calendar.walk("VEVENT")]
    # The window of 10 April has closed 10 days ago, that of month 3 closes in 24 days.
    assert days == [dt.date(2024, 3, 27), dt.date(2024, 4, 30)]
    assert "There are more than" in calendar["x-wr-caldesc"]
