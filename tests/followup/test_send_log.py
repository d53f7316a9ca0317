"""The send log: what went to whom, when and why, what was held back and why; cut to the reader."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followup.models import Reminder
from registry.models import Patient, Study, User
from registry.scope import system_scope
from tests.factories import UserFactory, coordinator, data_manager
from tests.followup.factories import open_visit
from tests.followup.reminding import MORNING, digest_of, doubtful_digest, reminder_of, words
from tests.followup.two_centres import NOW, two_centres

pytestmark = [pytest.mark.django_db, pytest.mark.services]

LOG = "/reminders/log/"
FILE = "/reminders/log.csv"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class World:
    """Patients of two centres with a visit each, and their people."""

    study: Study
    a: Patient
    b: Patient
    manager: User
    other_manager: User
    coordinator: User


@pytest.fixture
def world() -> World:
    found = two_centres()
    a, b = found.patients["A-3"], found.patients["B-1"]
    open_visit(b, "2024-07-15")
    return World(
        found.study,
        a,
        b,
        data_manager(found.a, display_name="Data manager of Centre A"),
        data_manager(found.b, display_name="Data manager of Centre B"),
        coordinator(found.study, display_name="Coordinator of the study"),
    )


@pytest.fixture
def one_of_each(world: World) -> World:
    """A reminder in every state; their rounds number them."""
    manager, key = world.manager, "last_rt_day-m03"
    sent, failed = digest_of(manager), digest_of(manager, "2024-06-28", state="failed", error="X")
    doubtful = doubtful_digest(manager, "2024-06-29")
    states: list[dict[str, Any]] = [
        {"digest": sent},
        {"digest": None},
        {"digest": sent, "held": "done"},
        {"digest": doubtful},
        {"digest": failed},
    ]
    for number, values in enumerate(states, start=1):
        reminder_of(world.a, manager, key=key, kind="overdue", round=number, **values)
    return world


def shown(client: Client, user: User, **cut: str) -> list[tuple[str, str]]:
    """Kind and state of the lines that a person sees."""
    client.force_login(user)
    lines = client.get(LOG, cut).context["lines"]
    return [(line.kind, line.state_word) for line in lines]


def rounds(client: Client, user: User, **cut: str) -> list[int]:
    """The numbers of the reminders that a person sees."""
    return [int(kind.rpartition(" ")[2]) for kind, _state in shown(client, user, **cut)]


def file_of(client: Client, user: User, **cut: str) -> list[list[str]]:
    """The rows of the file."""
    client.force_login(user)
    text = client.get(FILE, cut).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_a_line_says_what_went_to_whom_when_and_why(client, world):
    reminder_of(world.a, world.manager, kind="overdue", round=2, digest=digest_of(world.manager))
    client.force_login(world.manager)

    text = words(client.get(LOG))

    # The window of A-3 closes on 21 June; its target lies 14 days before.
    assert "1 Jul 2024 06:00 A-3 Centre A – 7 Jun 2024, jinling Overdue, round 2 Data" in text
    assert "Data manager of Centre A 1 Jul 2024 Sent 1 Jul 2024 06:00" in text
    assert f'href="{reverse("registry:patient", args=["A-3"])}#visits"' in (
        client.get(LOG).content.decode()
    )


def test_every_state_has_its_word_and_the_newest_stands_first(client, one_of_each):
    assert shown(client, one_of_each.manager) == [
        ("Overdue, round 5", "Failed"),
        ("Overdue, round 4", "Doubtful"),
        ("Overdue, round 3", "Held back"),
        ("Overdue, round 2", "Waiting"),
        ("Overdue, round 1", "Sent"),
    ]


def test_what_was_held_back_or_failed_says_why(client, one_of_each):
    client.force_login(one_of_each.manager)

    text = words(client.get(LOG))

    assert "Held back The visit is done." in text
    assert "Waiting Goes into the person's next mail." in text
    assert "Failed Not sent: X. What it says goes into the next mail." in text
    assert "Doubtful The mail may have arrived or not." in text


def test_a_mail_to_a_refused_address_says_so_without_the_address(client, world):
    digest = digest_of(world.manager, state="failed", error="address refused")
    reminder_of(world.a, world.manager, digest=digest)
    client.force_login(world.coordinator)

    text = words(client.get(LOG))

    assert "Failed The person's address refuses mail. What the mail says waits." in text
    assert world.manager.email not in text


@pytest.mark.parametrize(
    ("sent_at", "said"),
    [(0, "Coordinator of the study says that it arrived."), (9, "had it sent again.")],
)
def test_a_mail_once_doubtful_says_who_settled_it(client, world, sent_at, said):
    settled_at = MORNING + dt.timedelta(hours=3)
    digest = digest_of(
        world.manager,
        state="sent",
        sent_at=MORNING + dt.timedelta(hours=sent_at),
        settled_by=world.coordinator,
        settled_at=settled_at,
    )
    reminder_of(world.a, world.manager, digest=digest)
    client.force_login(world.manager)

    assert said in words(client.get(LOG))


@pytest.mark.parametrize(
    ("state", "numbers"),
    [("sent", [1]), ("waiting", [2]), ("held", [3]), ("doubtful", [4]), ("failed", [5])],
)
def test_the_log_is_cut_to_a_state(client, one_of_each, state, numbers):
    assert rounds(client, one_of_each.manager, state=state) == numbers


@pytest.mark.parametrize("state", ["pending", "sending"])
def test_what_is_on_its_way_waits(client, world, state):
    claimed: dict[str, Any] = {"claim": "x", "lease_until": NOW} if state == "sending" else {}
    digest = digest_of(world.manager, state=state, **claimed)
    reminder_of(world.a, world.manager, digest=digest)

    assert shown(client, world.manager, state="waiting") == [("Due", "Waiting")]


def test_days_are_those_of_the_mail_or_of_the_notice_where_there_is_none(client, one_of_each):
    manager = one_of_each.manager

    assert rounds(client, manager, first_day="2024-07-01") == [3, 2, 1]
    assert rounds(client, manager, last_day="2024-06-29") == [5, 4]
    assert rounds(client, manager, first_day="2024-06-29", last_day="2024-06-30") == [4]
    assert rounds(client, manager, first_day="2024-07-02") == []


def test_a_notice_late_in_the_evening_counts_on_its_day(client, world):
    late = dt.datetime(2024, 6, 30, 23, 59, tzinfo=dt.UTC)
    reminder_of(world.a, world.manager, created_at=late)

    assert len(shown(client, world.manager, last_day="2024-06-30")) == 1
    assert shown(client, world.manager, first_day="2024-07-01") == []


def test_the_log_is_cut_to_a_patient_a_person_and_a_kind(client, world):
    reminder_of(world.a, world.manager)
    reminder_of(world.b, world.other_manager, kind="ahead")
    reminder_of(world.a, world.coordinator, kind="escalation")

    steering = world.coordinator
    assert shown(client, steering, patient="B-1") == [("Opens soon", "Waiting")]
    assert shown(client, steering, person="Data manager of Centre A") == [("Due", "Waiting")]
    assert shown(client, steering, person=world.coordinator.username.upper()) == [
        ("Long overdue", "Waiting")
    ]
    assert shown(client, steering, kind="escalation") == [("Long overdue", "Waiting")]
    assert shown(client, steering, kind="escalation", patient="B-1") == []


def test_each_sees_what_was_sent_about_the_patients_they_see(client, world):
    reminder_of(world.a, world.manager)
    reminder_of(world.a, world.coordinator, kind="escalation")
    reminder_of(world.b, world.other_manager, kind="ahead")
    stranger = UserFactory.create()

    assert shown(client, world.manager) == [("Long overdue", "Waiting"), ("Due", "Waiting")]
    assert shown(client, world.other_manager) == [("Opens soon", "Waiting")]
    assert len(shown(client, world.coordinator)) == 3
    assert shown(client, stranger) == []
    assert shown(client, world.other_manager, patient="A-3") == []
    assert file_of(client, stranger)[1:] == []


def test_a_patient_who_was_taken_back_is_not_listed(client, world):
    reminder_of(world.a, world.manager)
    with system_scope():
        Patient.objects.filter(pk=world.a.pk).update(voided_at=NOW)

    assert shown(client, world.manager) == []


@pytest.mark.parametrize(
    ("cut", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"state": "nonsense"}, "state"),
        ({"first_day": "yesterday"}, "first_day"),
        ({"first_day": "2024-07-02", "last_day": "2024-07-01"}, "last_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"patient": "P" * 41}, "patient"),
    ],
)
def test_what_cannot_be_asked_is_named_at_its_field_and_nothing_is_shown(
    client, one_of_each, cut, field
):
    client.force_login(one_of_each.manager)

    page = client.get(LOG, cut)

    assert set(page.context["form"].errors) == {field}
    assert page.context["lines"] == []
    assert "Nothing is shown while a field above has an error." in words(page)


def test_pages_follow_one_another_without_a_gap(client, world, monkeypatch):
    monkeypatch.setattr("followup.views.send_log.PAGE_SIZE", 2)
    for number in range(1, 6):
        reminder_of(world.a, world.manager, kind="overdue", round=number)
    client.force_login(world.manager)

    seen: list[list[str]] = []
    before: int | str | None = ""
    for _page in range(3):
        page = client.get(LOG, {"kind": "overdue", "before": before})
        seen.append([line.kind[-1] for line in page.context["lines"]])
        before = page.context["older"]

    assert seen == [["5", "4"], ["3", "2"], ["1"]]
    assert before is None
    assert rounds(client, world.manager, before="-1 OR 1=1") == [5, 4]


def test_suggested_names_are_those_of_the_readers_centres_and_studies(client, world):
    client.force_login(world.manager)
    assert client.get(LOG).context["people"] == ["Data manager of Centre A"]

    client.force_login(world.coordinator)
    assert client.get(LOG).context["people"] == [
        "Coordinator of the study",
        "Data manager of Centre A",
        "Data manager of Centre B",
    ]


def test_the_number_of_queries_does_not_grow_with_the_lines(
    client, world, django_assert_num_queries, django_assert_max_num_queries
):
    reminder_of(world.a, world.manager, digest=digest_of(world.manager))
    client.force_login(world.coordinator)
    client.get(LOG)  # the first request of a session notes it
    with django_assert_max_num_queries(20) as one:
        client.get(LOG)

    for number in range(2, 30):
        settled = {"settled_by": world.coordinator, "settled_at": NOW}
        digest = digest_of(
            world.manager, f"2024-06-{number:02}", state="sent", sent_at=MORNING, **settled
        )
        reminder_of(world.b, world.other_manager, round=number, kind="overdue", digest=digest)
    with django_assert_num_queries(len(one)):
        client.get(LOG)


def test_the_file_holds_what_the_page_shows(client, one_of_each):
    header, *rows = file_of(client, one_of_each.manager, state="sent")

    assert header[0] == "Noticed (UTC)"
    (row,) = rows
    assert row == [
        "2024-07-01 06:00:00",
        "A-3",
        "jinling",
        "Centre A",
        "",
        "2024-06-07",
        "Overdue, round 1",
        "Data manager of Centre A",
        "2024-07-01",
        "Sent",
        "2024-07-01 06:00:00",
        "",
        f"<followup-20240701-{one_of_each.manager.pk}@testserver>",
    ]


def test_names_in_the_file_are_no_formulas(client, world):
    User.objects.filter(pk=world.manager.pk).update(display_name='=HYPERLINK("x")')
    reminder_of(world.a, world.manager)

    row = file_of(client, world.manager)[1]

    assert row[7] == '\'=HYPERLINK("x")'


@pytest.mark.parametrize(("most", "lines"), [(4, 4), (6, 5)])
def test_a_file_that_was_cut_says_so_in_its_last_line(
    client, one_of_each, monkeypatch, most, lines
):
    monkeypatch.setattr("followup.views.send_log.CHUNK_SIZE", 2)
    monkeypatch.setattr("followup.views.send_log.MOST_IN_FILE", most)

    _header, *rows = file_of(client, one_of_each.manager)

    was_cut = [row for row in rows if len(row) == 1]
    assert len(rows) - len(was_cut) == lines
    cut = [["Cut after 4 lines. Choose fewer days to get the rest."]]
    assert was_cut == (cut if most == 4 else [])


def test_a_file_that_just_fits_is_not_cut(client, world, monkeypatch):
    monkeypatch.setattr("followup.views.send_log.CHUNK_SIZE", 2)
    monkeypatch.setattr("followup.views.send_log.MOST_IN_FILE", 4)
    for number in range(1, 5):
        reminder_of(world.a, world.manager, kind="overdue", round=number)

    assert [row[6][-1] for row in file_of(client, world.manager)[1:]] == ["4", "3", "2", "1"]


def test_nothing_is_written_into_a_file_of_a_field_with_an_error(client, one_of_each):
    assert len(file_of(client, one_of_each.manager, kind="nonsense")) == 1


def test_the_patients_page_and_the_navigation_lead_there(client, world):
    client.force_login(world.manager)

    page = client.get(reverse("registry:patient", args=["A-3"])).content.decode()

    assert f'<a href="{LOG}?patient=A-3">Reminders sent</a>' in page
    assert '<a href="/reminders/">Reminders</a>' in page
    assert client.get("/reminders/")["Location"] == LOG


def test_reading_the_log_changes_nothing(client, one_of_each):
    with system_scope():
        before = list(Reminder.objects.order_by("pk").values())
        shown(client, one_of_each.manager)
        file_of(client, one_of_each.manager)
        assert list(Reminder.objects.order_by("pk").values()) == before
