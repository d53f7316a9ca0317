"""Reminders go by the clocks of the centre and of the person, over every jump of these clocks."""

import datetime as dt

import pytest

from followup.models import Digest, Reminder
from registry.models import Centre
from registry.scope import system_scope
from tests.factories import CentreFactory, coordinator, data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import digests, instant, sweep_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]

HOUR = dt.timedelta(hours=1)


def centre_in(zone: str) -> Centre:
    return CentreFactory.create(timezone=zone)


def told() -> list[tuple[str, dt.date, dt.datetime]]:
    """Kind, day of the digest and moment of sending of everything that was told."""
    with system_scope():
        rows = Reminder.objects.filter(held="", digest__state="sent").order_by("pk")
        return list(rows.values_list("kind", "digest__day", "digest__sent_at"))


@pytest.mark.parametrize(
    ("zone", "ended_on", "opens", "first_hour"),
    [
        # The window of month 3 opens on the day on which the clocks jump.
        ("Europe/Rome", "2024-01-14", "2024-03-31", "2024-03-30 23:00"),
        ("Europe/Rome", "2024-08-10", "2024-10-27", "2024-10-26 22:00"),
        ("Africa/Cairo", "2024-02-10", "2024-04-26", "2024-04-25 22:00"),
        ("Africa/Cairo", "2024-08-15", "2024-11-01", "2024-10-31 22:00"),
        ("Asia/Tokyo", "2024-01-31", "2024-04-16", "2024-04-15 15:00"),
        ("America/New_York", "2024-08-17", "2024-11-03", "2024-11-03 04:00"),
    ],
)
def test_a_visit_is_told_once_in_the_first_hour_of_its_day_at_the_centre(
    zone, ended_on, opens, first_hour
):
    data_manager(followed(centre=centre_in(zone), ended_on=ended_on).patient.centre)
    due = instant(first_hour)
    for hours in (-26, -2, -1, 0, 1, 2, 23, 24, 25):
        sweep_at(due + hours * HOUR)
    ahead, opening = told()
    assert ahead[0] == "ahead"
    assert opening == ("due", dt.date.fromisoformat(opens), due)
    assert len(digests()) == 2


@pytest.mark.parametrize(
    ("zone", "midnight", "seven"),
    [
        ("Asia/Tokyo", "2024-04-19 15:00", "2024-04-19 22:00"),
        ("Europe/Rome", "2024-04-19 22:00", "2024-04-20 05:00"),
        ("UTC", "2024-04-20 00:00", "2024-04-20 07:00"),
    ],
)
def test_a_digest_waits_for_the_hour_at_its_reader(settings, zone, midnight, seven):
    settings.FOLLOWUP_SEND_FROM_HOUR = 7
    data_manager(followed(centre=centre_in(zone)).patient.centre)
    for hours in range(9):
        sweep_at(instant(midnight) + hours * HOUR)
    assert told() == [("due", dt.date(2024, 4, 20), instant(seven))]


def test_an_hour_that_the_clocks_skip_is_made_up_for_in_the_next(settings):
    settings.FOLLOWUP_SEND_FROM_HOUR = 2
    data_manager(followed(centre=centre_in("Europe/Rome"), ended_on="2024-01-14").patient.centre)
    sweep_at("2024-03-30 12:00")
    sweep_at("2024-03-31 00:59")  # 1:59
    assert len(digests()) == 1
    sweep_at("2024-03-31 01:00")  # 3:00
    assert len(digests()) == 2


def test_an_hour_that_comes_twice_sends_once(settings):
    settings.FOLLOWUP_SEND_FROM_HOUR = 2
    data_manager(followed(centre=centre_in("Europe/Rome"), ended_on="2024-08-10").patient.centre)
    for moment in ("2024-10-27 00:30", "2024-10-27 01:30"):
        sweep_at(moment)
    assert digests() == [(dt.date(2024, 10, 27), "sent")]


def test_the_stage_is_that_of_the_centre_and_the_digest_that_of_the_coordinator():
    """At 22:00 UTC it is tomorrow in Tokyo; the coordinator has the day of the settings."""
    enrolment = followed(centre=centre_in("Asia/Tokyo"))
    coordinator(enrolment.study)
    sweep_at("2024-04-15 14:00")
    sweep_at("2024-04-15 22:00")  # the digest of the 15th has gone
    sweep_at("2024-04-16 00:00")
    assert [(kind, day) for kind, day, _ in told()] == [
        ("ahead", dt.date(2024, 4, 15)),
        ("due", dt.date(2024, 4, 16)),
    ]


def test_a_person_of_two_centres_has_the_day_of_the_first():
    tokyo, rome = centre_in("Asia/Tokyo"), centre_in("Europe/Rome")
    person = data_manager(tokyo)
    person.memberships.create(role="data_manager", centre=rome)
    followed(centre=rome)
    sweep_at("2024-04-19 16:00")
    assert Digest.objects.get().day == dt.date(2024, 4, 20)
    assert Digest.objects.get().user == person


def test_a_centre_with_a_zone_that_nobody_knows_has_the_days_of_utc():
    data_manager(followed(centre=centre_in("Mars/Olympus")).patient.centre)
    sweep_at("2024-04-15 23:59")
    sweep_at("2024-04-16 00:00")
    assert [(kind, day.day) for kind, day, _ in told()] == [("ahead", 15), ("due", 16)]
