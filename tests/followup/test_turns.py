"""On which days digests go out: daily, weekly, and not on days off."""

import datetime as dt
from typing import Any

import pytest

from followup.mailbox import MailboxBackend
from followup.models import Digest, ReminderWish
from registry.models import Centre, User
from tests.factories import CentreFactory, data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import mails_to, sweep_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]

MONDAY = 0


def reader(zone: str = "UTC", country: str = "IT", **wishes: Any) -> User:
    """A data manager with these wishes."""
    user = data_manager(CentreFactory.create(timezone=zone, country=country))
    ReminderWish.objects.create(user=user, **wishes)
    return user


def weekly(**more: Any) -> User:
    return reader(rhythm="weekly", weekday=MONDAY, **more)


def visit_due_from(user: User, ended_on: str = "2024-01-31") -> None:
    """A visit of which the window opens on 16 April 2024, a Tuesday, or by another date of RT."""
    followed(centre=Centre.objects.get(memberships__user=user), ended_on=ended_on)


def days_of_digests() -> list[str]:
    return [f"{digest.day:%a %d %b}" for digest in Digest.objects.order_by("day")]


def sweep_daily(first: str, days: int, hour: str = "08:00") -> None:
    for offset in range(days):
        day = dt.date.fromisoformat(first) + dt.timedelta(days=offset)
        sweep_at(f"{day} {hour}")


def test_a_weekly_digest_has_everything_since_the_last_one():
    user = weekly()
    visit_due_from(user)  # ahead from Tuesday 2 April, due on Tuesday 16 April
    visit_due_from(user, "2024-02-02")  # due on Thursday 18 April
    sweep_daily("2024-04-15", 8)
    assert days_of_digests() == ["Mon 15 Apr", "Mon 22 Apr"]
    _, second = mails_to(user.email)
    assert second.subject == "Follow-up: 2 visits due"


def test_what_comes_up_after_the_day_waits_for_the_next_one():
    user = weekly()
    sweep_daily("2024-04-15", 2)
    visit_due_from(user)
    sweep_daily("2024-04-17", 6)
    assert days_of_digests() == ["Mon 22 Apr"]


def test_what_comes_up_at_midnight_in_tokyo_waits_for_the_next_one_as_well():
    """In UTC it is still the wished day."""
    user = weekly(zone="Asia/Tokyo", tells_ahead=False)
    visit_due_from(user)
    for moment in ("2024-04-15 01:00", "2024-04-15 15:30", "2024-04-16 15:30"):
        sweep_at(moment)
    assert days_of_digests() == []
    sweep_at("2024-04-21 15:30")
    assert days_of_digests() == ["Mon 22 Apr"]


def test_a_day_without_scheduler_is_made_up_for_on_the_next_one():
    user = weekly()
    sweep_daily("2024-04-13", 2)
    visit_due_from(user)
    sweep_daily("2024-04-17", 3)  # no sweep on Monday and Tuesday
    assert days_of_digests() == ["Wed 17 Apr"]


def test_a_day_without_mail_server_is_made_up_for_once(monkeypatch):
    def down(self):
        raise ConnectionRefusedError

    user = weekly()
    visit_due_from(user)
    with monkeypatch.context() as patch:
        patch.setattr(MailboxBackend, "open", down)
        sweep_daily("2024-04-15", 1)
    sweep_daily("2024-04-16", 6)
    assert [(str(one.day), one.state) for one in Digest.objects.order_by("day")] == [
        ("2024-04-15", "carried_over"),
        ("2024-04-16", "sent"),
    ]


def test_nobody_is_told_on_days_off_and_everything_on_the_day_after():
    """25 April, a Thursday, is a holiday in Italy; 27 and 28 are a weekend."""
    user = reader(rests_on_days_off=True)
    visit_due_from(user, "2024-02-09")  # due on 25 April
    visit_due_from(user, "2024-02-11")  # due on 27 April
    sweep_daily("2024-04-25", 5)
    assert days_of_digests() == ["Fri 26 Apr", "Mon 29 Apr"]
    assert [mail.subject for mail in mails_to(user.email)] == [
        "Follow-up: 1 visit due, 1 visit opens soon",
        "Follow-up: 1 visit due",
    ]


def test_without_the_wish_days_off_are_days_like_others():
    user = reader()
    visit_due_from(user, "2024-02-09")
    sweep_daily("2024-04-25", 1)
    assert days_of_digests() == ["Thu 25 Apr"]


def test_a_weekly_reader_who_rests_is_told_on_the_next_working_day():
    """Monday 1 April is Easter Monday."""
    user = weekly(rests_on_days_off=True)
    sweep_at("2024-03-25 08:00")
    visit_due_from(user, "2024-01-14")  # due from 31 March
    sweep_daily("2024-03-29", 6)
    assert days_of_digests() == ["Tue 02 Apr"]


def test_a_weekly_digest_waits_for_its_hour_and_is_not_lost_with_it(settings):
    settings.FOLLOWUP_SEND_FROM_HOUR = 7
    user = weekly()
    visit_due_from(user)
    sweep_at("2024-04-15 06:00")
    assert days_of_digests() == []
    sweep_at("2024-04-16 07:00")  # the worker was down from six o'clock on
    assert days_of_digests() == ["Tue 16 Apr"]


def test_an_unknown_country_rests_on_saturdays_and_sundays():
    user = reader(country="", rests_on_days_off=True)
    visit_due_from(user, "2024-02-03")  # due from Friday 19 April
    sweep_daily("2024-04-20", 3)
    assert days_of_digests() == ["Mon 22 Apr"]
