"""The page of wishes and leave, and where else leave is shown."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followup.models import Leave, RefusedAddress, ReminderWish
from registry.models import Centre, User
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
)
from tests.followup.reminding import digest_of, words

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
PAGE = "/reminders/wishes/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(country="IT")


@pytest.fixture
def person(centre: Centre, client: Client) -> User:
    person = data_manager(centre, display_name="Data manager of Centre A")
    client.force_login(person)
    return person


@pytest.fixture
def colleague(centre: Centre) -> User:
    return data_manager(centre, display_name="Second data manager")


def leave_of(user: User, first: int, last: int, **values: object) -> Leave:
    """A leave from and to these days of July 2024."""
    return Leave.objects.create(
        user=user,
        first_day=dt.date(2024, 7, first),
        last_day=dt.date(2024, 7, last),
        **values,
    )


def test_the_page_says_what_holds_and_when_the_next_mail_can_come(client, person):
    text = words(client.get(PAGE))

    assert "You get one mail on every day on which something is new" in text
    assert "Mails come on weekends and public holidays too." in text
    assert "the next mail comes on 1 Jul 2024" in text
    assert "None of your roles is reminded" not in text


def test_after_todays_mail_the_next_one_comes_tomorrow(client, person):
    digest_of(person)

    assert "the next mail comes on 2 Jul 2024" in words(client.get(PAGE))


def test_a_mail_of_today_that_is_tried_again_still_comes_today(client, person):
    digest_of(person, state="failed", retry_at=NOW)

    assert "the next mail comes on 1 Jul 2024" in words(client.get(PAGE))


def test_a_mail_of_today_that_is_given_up_is_made_up_for_tomorrow(client, person):
    digest_of(person, state="failed", retry_at=None)

    assert "the next mail comes on 2 Jul 2024" in words(client.get(PAGE))


def test_who_is_not_reminded_reads_so(client):
    client.force_login(UserFactory.create())

    assert "None of your roles is reminded" in words(client.get(PAGE))


def test_wishes_are_saved_and_told(client, person):
    sent = {"rhythm": "weekly", "weekday": "3", "tells_ahead": "no", "rests_on_days_off": "yes"}
    sent["language"] = "en"
    answer = client.post(PAGE, {"do": "wish", **sent}, follow=True)

    text = words(answer)
    assert "Your wishes are saved." in text
    assert "You get one mail a week, on Thursday" in text
    assert "when the window of a visit opens, and in rounds after it has closed, but not" in text
    assert "the next mail comes on 4 Jul 2024" in text
    wish = ReminderWish.objects.get(user=person)
    assert (wish.rhythm, wish.weekday, wish.tells_ahead) == ("weekly", 3, False)
    assert wish.rests_on_days_off
    assert wish.language == "en"


def test_wishes_that_cannot_be_are_named_at_their_fields(client, person):
    answer = client.post(PAGE, {"do": "wish", "rhythm": "hourly", "weekday": "9"})

    assert answer.status_code == 422
    assert set(answer.context["sent"].errors) == {
        "rhythm",
        "weekday",
        "tells_ahead",
        "rests_on_days_off",
        "language",
    }
    assert not ReminderWish.objects.exists()


def test_mails_are_stopped_and_begun_again(client, person):
    text = words(client.post(PAGE, {"do": "stop"}, follow=True))
    assert "You get no mails about visits and reports since 1 Jul 2024 12:00" in text
    assert "the next mail comes" not in text

    text = words(client.post(PAGE, {"do": "start"}, follow=True))
    assert "the next mail comes on 1 Jul 2024" in text


def test_a_leave_is_entered_and_the_next_mail_comes_after_it(client, person, colleague):
    sent = {"first_day": "2024-07-01", "last_day": "2024-07-14", "stand_in": colleague.pk}
    text = words(client.post(PAGE, {"do": "leave", **sent}, follow=True))

    assert "You are on leave until 14 Jul 2024; Second data manager is told in your place." in text
    assert "the next mail comes on 15 Jul 2024" in text
    assert Leave.objects.get().stand_in == colleague


def test_a_leave_that_cannot_be_is_told_and_what_was_typed_stays(client, person):
    stranger = data_manager(CentreFactory.create())
    sent = {"first_day": "2024-07-09", "last_day": "2024-07-08", "stand_in": ""}
    answer = client.post(PAGE, {"do": "leave", **sent})

    assert answer.status_code == 422
    assert "The last day lies before the first one." in words(answer)
    assert 'value="2024-07-09"' in answer.content.decode()
    answer = client.post(PAGE, {"do": "leave", **sent, "stand_in": stranger.pk})
    assert set(answer.context["sent"].errors) == {"stand_in"}
    answer = client.post(PAGE, {"do": "leave", "first_day": "tomorrow", "last_day": ""})
    assert set(answer.context["sent"].errors) == {"first_day", "last_day"}
    assert not Leave.objects.exists()


def test_only_leaves_that_are_not_over_are_listed(client, person):
    leave_of(person, 1, 3)
    leave_of(person, 8, 9)
    Leave.objects.create(user=person, first_day=dt.date(2024, 6, 1), last_day=dt.date(2024, 6, 30))
    leave_of(person, 20, 21, cancelled_at=NOW)

    page = client.get(PAGE)

    days = [row.leave.first_day.day for row in page.context["leaves"]]
    assert days == [1, 8]
    assert "You are away" in words(page)
    assert "To come" in words(page)


def test_a_stand_in_who_is_away_too_or_reads_no_mails_is_told_of(client, person, colleague):
    leave_of(person, 1, 14, stand_in=colleague)
    leave_of(colleague, 14, 20)
    ReminderWish.objects.create(user=colleague, unsubscribed_at=NOW)

    text = words(client.get(PAGE))

    assert "away too, 14 Jul 2024 – 20 Jul 2024" in text
    assert "gets no mails by their own wish" in text


def test_a_leave_of_the_stand_in_on_other_days_does_not_matter(client, person, colleague):
    leave_of(person, 1, 14, stand_in=colleague)
    leave_of(colleague, 15, 20)

    assert "away too" not in words(client.get(PAGE))


def test_one_reads_for_whom_one_stands_in(client, person, colleague):
    leave_of(colleague, 3, 5, stand_in=person)
    leave_of(colleague, 8, 9, stand_in=person, cancelled_at=NOW)

    text = words(client.get(PAGE))

    assert "You stand in for 1 Second data manager, 3 Jul 2024 – 5 Jul 2024" in text


def test_a_leave_is_cancelled_by_its_person_only(client, person, colleague):
    own, other = leave_of(person, 1, 3), leave_of(colleague, 1, 3)

    assert client.post(reverse("followup:leave_cancel", args=[other.pk])).status_code == 404
    text = words(client.post(reverse("followup:leave_cancel", args=[own.pk]), follow=True))
    assert "The leave is cancelled." in text
    assert "No leave is entered." in text
    text = words(client.post(reverse("followup:leave_cancel", args=[own.pk]), follow=True))
    assert "This leave was cancelled before." in text
    other.refresh_from_db()
    assert other.cancelled_at is None


def test_who_cannot_be_written_to_reads_so(client, person):
    RefusedAddress.objects.create(user=person, address=person.email, source="server", since=NOW)

    assert "Your mail address refuses mail" in words(client.get(PAGE))


def test_the_first_page_and_the_account_lead_there(client, person, colleague):
    home = reverse("registry:home")
    assert "on leave" not in words(client.get(home))
    leave_of(person, 1, 14, stand_in=colleague)

    text = words(client.get(home))

    assert "You are on leave until 14 Jul 2024; Second data manager is told in your place." in text
    assert PAGE in client.get(reverse("account")).content.decode()


def test_the_page_of_a_centre_says_who_is_on_leave(client, centre, person, colleague):
    study = ProtocolVersionFactory.create().study
    ParticipationFactory.create(study=study, centre=centre)
    leave_of(person, 1, 14, stand_in=colleague)
    leave_of(colleague, 2, 3)
    client.force_login(coordinator(study))

    text = words(client.get(reverse("followup:centre", args=[study.key, centre.code])))

    said = "on leave until 14 Jul 2024, stand-in Second data manager"
    assert f"Data manager of Centre A {said}" in text
    assert text.count("on leave until") == 1
