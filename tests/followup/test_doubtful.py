"""Doubtful mails and refused addresses: who sees them, who settles them, and how."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followup.models import AddressNotice, Digest, RefusedAddress
from registry.models import Patient, Study, User
from tests.factories import (
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.followup.factories import open_visit
from tests.followup.reminding import MORNING, digest_of, doubtful_digest, reminder_of, words
from tests.followup.two_centres import NOW, two_centres

pytestmark = [pytest.mark.django_db, pytest.mark.services]

PAGE = "/reminders/doubtful/"
HOME = "/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class World:
    """Two centres of a study, their data managers, the coordinator, and one of another study."""

    study: Study
    a: Patient
    b: Patient
    manager: User
    other_manager: User
    coordinator: User
    stranger: User


@pytest.fixture
def world() -> World:
    found = two_centres()
    a, b = found.patients["A-3"], found.patients["B-1"]
    open_visit(b, "2024-07-15")
    cams = Study.objects.get(key="cams")
    return World(
        found.study,
        a,
        b,
        data_manager(found.a, display_name="Data manager of Centre A"),
        data_manager(found.b, display_name="Data manager of Centre B"),
        coordinator(found.study, display_name="Coordinator of the study"),
        coordinator(cams),
    )


@pytest.fixture
def digest(world: World) -> Digest:
    """A doubtful mail of Centre A's data manager: a visit due, two overdue, one held back."""
    digest = doubtful_digest(world.manager)
    reminder_of(world.a, world.manager, digest=digest)
    for number in (1, 2):
        reminder_of(world.a, world.manager, kind="overdue", round=number, digest=digest)
    reminder_of(world.a, world.manager, kind="ahead", digest=digest, held="done")
    return digest


def refused_of(user: User, **values: object) -> RefusedAddress:
    return RefusedAddress.objects.create(
        **{
            "user": user,
            "address": user.email,
            "code": "5.1.1",
            "source": "bounce",
            "since": MORNING,
        }
        | values
    )


def mails(client: Client, user: User) -> list[int]:
    """Keys of the doubtful mails that a person sees."""
    client.force_login(user)
    return [mail.digest.pk for mail in client.get(PAGE).context["mails"]]


def addresses(client: Client, user: User) -> list[User]:
    """The people whose refused addresses a person sees."""
    client.force_login(user)
    return [row.user for row in client.get(PAGE).context["addresses"].rows]


def settle(client: Client, user: User, digest: Digest, do: str = "arrived"):
    client.force_login(user)
    address = reverse("followup:doubtful_settle", args=[digest.pk])
    return client.post(address, {"do": do}, follow=True)


def say_right(client: Client, user: User, refused: RefusedAddress):
    client.force_login(user)
    return client.post(reverse("followup:address_right", args=[refused.pk]), follow=True)


def test_a_doubtful_mail_says_to_whom_when_and_of_what(client, world, digest):
    client.force_login(world.coordinator)

    text = words(client.get(PAGE))

    assert "Data manager of Centre A 1 Jul 2024 handed over 1 Jul 2024 06:00 3 visits" in text
    assert "Due: 1, Overdue: 2 " in text
    assert digest.message_id in text
    assert "(you)" not in text


def test_its_reader_and_the_coordinators_of_its_visits_see_it_and_nobody_else(
    client, world, digest
):
    assert mails(client, world.manager) == [digest.pk]
    assert mails(client, world.coordinator) == [digest.pk]
    for nobody in (
        world.other_manager,
        world.stranger,
        monitor(world.study),
        administrator(),
        UserFactory.create(),
    ):
        assert mails(client, nobody) == []
        assert settle(client, nobody, digest).status_code == 404
    digest.refresh_from_db()
    assert digest.state == "unknown"


def test_a_coordinator_reads_only_of_visits_in_the_own_studies(client, world):
    digest = doubtful_digest(world.other_manager)
    reminder_of(world.b, world.other_manager, digest=digest)
    of_other_study = two_study_patient()
    reminder_of(of_other_study, world.other_manager, kind="overdue", digest=digest)

    for reader, visits in ((world.coordinator, 1), (world.stranger, 1), (world.other_manager, 2)):
        client.force_login(reader)
        (mail,) = client.get(PAGE).context["mails"]
        assert mail.visits == visits


def two_study_patient() -> Patient:
    """The patient of Centre B in the other study, who has a visit of the same key."""
    patient: Patient = Patient._base_manager.get(pseudonym="B-3")
    return patient


@pytest.mark.parametrize("state", ["sent", "failed", "held", "pending"])
def test_only_mails_in_doubt_are_listed(client, world, digest, state):
    Digest.objects.update(state=state, sent_at=MORNING)

    assert mails(client, world.manager) == []
    assert "No mail is in doubt." in words(client.get(PAGE))


def test_ones_own_mail_that_tells_only_of_an_address_is_listed(client, world):
    digest = doubtful_digest(world.coordinator)
    refused = refused_of(world.manager)
    AddressNotice.objects.create(refused=refused, recipient=world.coordinator, digest=digest)

    assert mails(client, world.coordinator) == [digest.pk]
    text = words(client.get(PAGE))
    assert "Coordinator of the study (you)" in text
    assert "1 refused address" in text


def test_a_mail_that_arrived_counts_as_sent_when_it_was_handed_over(client, world, digest):
    text = words(settle(client, world.coordinator, digest))

    assert "Noted: the mail arrived." in text
    assert "No mail is in doubt." in text
    digest.refresh_from_db()
    assert (digest.state, digest.sent_at) == ("sent", MORNING)
    assert (digest.settled_by, digest.settled_at) == (world.coordinator, NOW)


def test_a_mail_is_sent_again_by_its_own_reader_too(client, world, digest):
    text = words(settle(client, world.manager, digest, "again"))

    assert "The mail is sent again with the next sweep." in text
    digest.refresh_from_db()
    assert (digest.state, digest.handed_over_at, digest.retry_at) == ("failed", None, NOW)
    assert digest.settled_by == world.manager


def test_who_comes_second_finds_it_settled(client, world, digest):
    settle(client, world.manager, digest)

    assert settle(client, world.coordinator, digest, "again").status_code == 404
    digest.refresh_from_db()
    assert (digest.state, digest.settled_by) == ("sent", world.manager)


def test_neither_of_both_is_no_answer(client, world, digest):
    assert settle(client, world.manager, digest, "perhaps").status_code == 400
    digest.refresh_from_db()
    assert digest.state == "unknown"


def test_many_doubtful_mails_come_page_by_page(client, world, monkeypatch):
    monkeypatch.setattr("followup.views.doubtful.PAGE_SIZE", 2)
    for day in (27, 28, 29):
        doubtful_digest(world.manager, f"2024-06-{day}")
    client.force_login(world.manager)

    first, second = client.get(PAGE), client.get(PAGE, {"page": 2})

    assert [mail.digest.day.day for mail in first.context["mails"]] == [29, 28]
    assert [mail.digest.day.day for mail in second.context["mails"]] == [27]


def test_a_refused_address_says_whose_since_when_and_who_knows(client, world):
    refused = refused_of(world.manager)
    sent = digest_of(world.coordinator)
    AddressNotice.objects.create(refused=refused, recipient=world.coordinator, digest=sent)
    other = coordinator(world.study, display_name="Second coordinator")
    AddressNotice.objects.create(refused=refused, recipient=other)
    client.force_login(world.coordinator)

    text = words(client.get(PAGE))

    said = f"Data manager of Centre A {world.manager.email} 1 Jul 2024 06:00 A mail came back"
    assert f"{said} (5.1.1)" in text
    assert "Coordinator of the study mail of 1 Jul 2024: Sent" in text
    assert "Second coordinator in the next mail" in text


def test_coordinators_see_the_addresses_of_their_people_and_administrators_all(client, world):
    steering = coordinator(world.study, display_name="Second coordinator")
    for user in (world.manager, steering, world.stranger):
        refused_of(user)

    assert set(addresses(client, world.coordinator)) == {world.manager, steering}
    assert set(addresses(client, administrator())) == {world.manager, steering, world.stranger}
    assert addresses(client, world.manager) == [world.manager]
    assert addresses(client, world.other_manager) == []
    assert addresses(client, monitor(world.study)) == []


def test_addresses_that_are_settled_are_not_listed(client, world):
    refused_of(world.manager, cleared_at=NOW)
    refused_of(world.other_manager, address="former@example.org")
    gone = data_manager(world.manager.memberships.get().centre, is_active=False)
    refused_of(gone)
    former = data_manager(world.manager.memberships.get().centre)
    former.memberships.update(ends_on=NOW.date() - dt.timedelta(days=1))
    refused_of(former)

    assert addresses(client, world.coordinator) == []
    assert "No address of the people you look after refuses mail." in words(client.get(PAGE))


def test_an_address_is_right_again_when_who_may_says_so(client, world):
    refused = refused_of(world.manager)
    for nobody in (world.other_manager, world.stranger, monitor(world.study)):
        assert say_right(client, nobody, refused).status_code == 404

    text = words(say_right(client, world.coordinator, refused))

    assert "Mails go to Data manager of Centre A again." in text
    refused.refresh_from_db()
    assert (refused.cleared_by, refused.cleared_at) == (world.coordinator, NOW)
    assert say_right(client, world.coordinator, refused).status_code == 404


@pytest.mark.parametrize("who", ["the person", "an administrator"])
def test_so_may_the_person_and_an_administrator(client, world, who):
    refused = refused_of(world.manager)
    say_right(client, world.manager if who == "the person" else administrator(), refused)

    refused.refresh_from_db()
    assert refused.cleared_at == NOW


def test_the_first_page_counts_what_waits_for_the_reader(client, world, digest):
    refused_of(world.other_manager)
    client.force_login(world.coordinator)

    text = words(client.get(HOME))

    assert "1 mail of reminders may have arrived or not: say which. Doubtful mails" in text
    assert "1 person gets no reminders: their mail address refuses mail." in text
    assert "Your mail address refuses mail" not in text


def test_the_first_page_tells_a_person_of_the_own_address_and_of_nobody_elses(client, world):
    refused_of(world.manager)
    refused_of(world.other_manager)
    client.force_login(world.manager)

    text = words(client.get(HOME))

    assert "Your mail address refuses mail, so no reminders reach you." in text
    assert "gets no reminders" not in text
    assert "may have arrived" not in text


def test_an_administrator_is_told_of_refused_addresses_and_led_to_the_person(client, world):
    refused_of(world.manager)
    client.force_login(administrator())

    assert "1 person gets no reminders" in words(client.get(HOME))
    page = client.get(PAGE).content.decode()
    assert reverse("registry:person", args=[world.manager.pk]) in page


def test_the_number_of_queries_does_not_grow(
    client, world, digest, django_assert_num_queries, django_assert_max_num_queries
):
    first = refused_of(world.manager)
    AddressNotice.objects.create(refused=first, recipient=world.coordinator, digest=digest)
    client.force_login(world.coordinator)
    client.get(PAGE)  # the first request of a session notes it
    with django_assert_max_num_queries(25) as one:
        client.get(PAGE)

    for day in range(1, 20):
        more = doubtful_digest(world.other_manager, f"2024-06-{day:02}")
        reminder_of(world.b, world.other_manager, kind="overdue", round=day, digest=more)
        person = coordinator(world.study)
        refused = refused_of(person)
        AddressNotice.objects.create(refused=refused, recipient=world.coordinator, digest=more)
    with django_assert_num_queries(len(one)):
        client.get(PAGE)
