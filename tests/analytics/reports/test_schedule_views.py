"""Pages of scheduled reports: lists, the form, ending and testing, copies and their files."""

from __future__ import annotations

import datetime as dt
import html as markup
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from analytics.models import ReportCopy, ReportIssue, ReportSchedule
from analytics.reports.blocks import BLOCKS
from analytics.tasks import make_reports
from followup.models import Letter
from registry.models import Study, User
from registry.models.choices import Role
from tests.analytics.extract.cohort import enrol, study_of
from tests.analytics.kept.broker import take_all
from tests.analytics.reports.issuing import NOW, PDF, issued, scheduled
from tests.analytics.reports.three_centres import at_centres, centre, on_study
from tests.factories import ParticipationFactory, UserFactory, coordinator

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"
LIST = "/studies/jinling/reports/"
NEW = f"{LIST}new/"
TASK = "analytics.tasks.make_reports"


@pytest.fixture
def study() -> Study:
    study = study_of("jinling")
    for code in ("AMSEL", "BIRKE"):
        ParticipationFactory.create(study=study, centre__code=code)
        enrol(study, f"{code}-1", centre=code)
    return study


@pytest.fixture
def steering(study: Study) -> User:
    return coordinator(study, display_name="Coordinator")


@pytest.fixture
def reader(study: Study) -> User:
    return on_study(study, Role.READER, display_name="Reader")


@pytest.fixture
def as_coordinator(client: Client, steering: User) -> Client:
    client.force_login(steering)
    return client


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(client: Client, address: str, status: int = 200) -> str:
    """The words of a page, without its elements."""
    answer = client.get(address)
    assert answer.status_code == status
    return text_of(answer)


def text_of(answer: Any) -> str:
    page = re.sub(r"<(script|style|svg).*?</\1>", "", answer.content.decode(), flags=re.S)
    return " ".join(markup.unescape(re.sub(r"<[^>]*>", " ", page)).split())


class TestList:
    def test_a_reader_finds_the_own_copies_and_nothing_of_others(
        self, study: Study, steering: User, reader: User
    ):
        page = words(browser(reader), LIST)
        assert "No report has been sent to you yet." in page

        schedule = scheduled(study, reader, steering, title="Board report")
        issued(schedule, number=4)
        page = words(browser(reader), LIST)
        assert "Board report, 4" in page
        for absent in ("Coordinator", "New schedule", "What went to whom", "Send me a test"):
            assert absent not in page
        links = re.findall(r'href="/reports/(\d+)/', browser(reader).get(LIST).content.decode())
        assert {int(pk) for pk in links} == {ReportCopy.objects.get(reader=reader).pk}

    def test_a_centre_finds_its_copies_too(self, study: Study):
        person = at_centres("AMSEL")
        issued(scheduled(study, person, title="Board report"))
        assert "Board report, 1" in words(browser(person), LIST)

    def test_a_coordinator_finds_what_is_scheduled_and_what_went_to_whom(
        self, study: Study, steering: User, reader: User, as_coordinator: Client
    ):
        assert "Nothing is scheduled." in words(as_coordinator, LIST)
        assert "No report was due yet." in words(as_coordinator, LIST)

        rhythms: list[dict[str, Any]] = [
            {"rhythm": "monthly", "title": "Monthly"},
            {"rhythm": "enrolments", "every": 25, "title": "Each 25"},
            {"rhythm": "enrolments", "every": 1, "title": "Each"},
            {"rhythm": "meetings", "every": 7, "meetings": ["2060-06-18"], "title": "Meetings"},
            {"rhythm": "data_cuts", "title": "Cuts", "ended_at": NOW},
        ]
        made = [scheduled(study, reader, steering, made_by=steering, **one) for one in rhythms]
        issued(made[0], number=1, failed=("flow",))
        Letter.objects.filter(user=reader).update(state="sent", sent_at=NOW)
        ReportIssue.objects.create(
            schedule=made[4],
            number=7,
            occasion="snapshot-3",
            due_on=dt.date(2026, 3, 9),
            entered_at=NOW,
            attempts=3,
        )
        page = words(as_coordinator, LIST)

        for told in (
            "Every month, on its first working day",
            "Whenever 25 more patients are enrolled",
            "Whenever 1 more patient is enrolled",
            "7 days before each meeting",
            "11 Jun 2060",
            "Coordinator; Reader",
            "by Coordinator, 10 Mar 2026",
        ):
            assert told in page
        scheduled_part, sent_part = page.split("What went to whom", 1)
        assert "Cuts" not in scheduled_part
        assert "Coordinator: Pending with parts that failed" in sent_part
        assert "Reader: Sent 10 Mar 2026 09:00 with parts that failed" in sent_part
        assert "Cuts, 7 9 Mar 2026 not yet attempt 3" in sent_part

    def test_many_schedules_take_few_queries_each(
        self, study: Study, as_coordinator: Client, django_assert_max_num_queries: Any
    ):
        people = [on_study(study, Role.READER) for _ in range(12)]
        for _ in range(6):
            issued(scheduled(study, *people))
        as_coordinator.get(LIST)  # the first request of a session notes it
        with django_assert_max_num_queries(45):
            as_coordinator.get(LIST)

    def test_hostile_titles_are_shown_as_text(
        self, study: Study, steering: User, as_coordinator: Client
    ):
        made = scheduled(study, steering, title=HOSTILE)
        copy = ReportCopy.objects.get(issue=issued(made))
        for address in (LIST, f"{NEW}?replaces={made.pk}", f"/reports/{copy.pk}/", "/"):
            page = as_coordinator.get(address).content.decode()
            assert HOSTILE not in page, address
            assert markup.escape(HOSTILE) in page, address

    def test_strangers_find_no_page(self, study: Study):
        for person in (UserFactory.create(), coordinator(study_of("cams"))):
            assert browser(person).get(LIST).status_code == 404

    def test_the_preview_is_the_report_of_the_schedule(
        self, study: Study, steering: User, as_coordinator: Client
    ):
        scheduled(study, steering, blocks=["comparison", "methods"], goals=["LC@24>=85"])
        page = as_coordinator.get(LIST).content.decode()
        (address,) = re.findall(r'href="([^"]*)">Preview', page)
        preview = as_coordinator.get(markup.unescape(address)).content.decode()
        assert 'id="comparison"' in preview
        assert 'id="methods"' in preview
        assert 'id="flow"' not in preview
        assert "≥ 85.0 %" in preview


def typed(*readers: User, **values: object) -> dict[str, object]:
    return {
        "title": "Board report",
        "rhythm": "monthly",
        "every": "",
        "meetings": "",
        "blocks": list(BLOCKS),
        "goals": "",
        "readers": [str(one.pk) for one in readers],
    } | values


class TestNew:
    def test_the_form_offers_everybody_with_what_they_would_read(
        self, study: Study, steering: User, reader: User, as_coordinator: Client
    ):
        at_centres("AMSEL", display_name="Manager")
        UserFactory.create(display_name="Stranger")
        answer = as_coordinator.get(NEW)
        page = text_of(answer)
        assert "Coordinator – every case" in page
        assert "Reader – figures without small groups" in page
        assert "Manager – own centre, the others without names" in page
        assert "Stranger" not in page
        # Every part is chosen at first, no reader, and no file in the mail.
        assert answer.content.decode().count(" checked") == len(BLOCKS)

    def test_what_is_typed_is_scheduled(
        self, study: Study, steering: User, reader: User, as_coordinator: Client
    ):
        sent = typed(
            steering,
            reader,
            rhythm="meetings",
            every="7",
            meetings="2026-09-10\n2026-06-18, 2026-09-10",
            blocks=["methods", "flow"],
            goals="LC@24>=85, OS@60>=70",
            sends_file="on",
        )
        answer = as_coordinator.post(NEW, sent, follow=True)
        assert answer.redirect_chain == [(LIST, 302)]
        assert "Board report is scheduled." in text_of(answer)

        made = ReportSchedule.objects.get()
        assert (made.study, made.title, made.rhythm, made.every) == (
            study,
            "Board report",
            "meetings",
            7,
        )
        assert made.meetings == ["2026-06-18", "2026-09-10"]
        assert made.blocks == ["flow", "methods"]
        assert made.goals == ["LC@24>=85", "OS@60>=70"]
        assert made.sends_file
        assert set(made.readers.all()) == {steering, reader}
        assert made.made_by == steering

    @pytest.mark.parametrize(
        ("values", "told"),
        [
            ({"title": " "}, "This field is required."),
            ({"title": "x" * 121}, "at most 120 characters"),
            ({"rhythm": "hourly"}, "hourly is not one of the available choices"),
            ({"rhythm": "enrolments"}, "Say after how many more patients."),
            ({"rhythm": "enrolments", "every": "-1"}, "greater than or equal to 0"),
            ({"rhythm": "meetings", "every": "7"}, "Name the days of the meetings"),
            (
                {"rhythm": "meetings", "every": "7", "meetings": "in June"},
                "in is no day; type it as YYYY-MM-DD.",
            ),
            ({"blocks": []}, "This field is required."),
            ({"blocks": ["poem"]}, "poem is not one of the available choices"),
            ({"goals": "better"}, "goal 'better': write it as LC@24>=85"),
            ({"goals": "XX@24>=85"}, "goal XX@24>=85: "),
            ({"readers": []}, "Choose at least one reader."),
            ({"readers": ["987654321"]}, "987654321 is not one of the available choices"),
            ({"title": "a\x00b"}, "Null characters are not allowed."),
        ],
    )
    def test_what_cannot_be_is_told_at_its_field_and_nothing_is_made(
        self, steering: User, as_coordinator: Client, values: dict[str, Any], told: str
    ):
        answer = as_coordinator.post(NEW, typed(steering) | values)
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert not ReportSchedule.objects.exists()

    def test_a_person_without_rights_is_no_reader(
        self, study: Study, steering: User, as_coordinator: Client
    ):
        stranger = UserFactory.create()
        answer = as_coordinator.post(NEW, typed(steering, stranger))
        assert answer.status_code == 422
        assert not ReportSchedule.objects.exists()

    def test_only_who_steers_the_study_is_let_in(self, study: Study, reader: User):
        for person, status in (
            (reader, 403),
            (at_centres("AMSEL"), 403),
            (coordinator(study_of("cams")), 404),
        ):
            client = browser(person)
            assert client.get(NEW).status_code == status
            assert client.post(NEW, typed(reader)).status_code == status
        assert not ReportSchedule.objects.exists()

    def test_a_page_that_is_looked_at_writes_nothing(self, as_coordinator: Client):
        as_coordinator.get(NEW)
        as_coordinator.head(NEW)
        assert not ReportSchedule.objects.exists()


class TestChange:
    @pytest.fixture
    def running(self, study: Study, steering: User) -> ReportSchedule:
        return scheduled(
            study,
            steering,
            title="Old title",
            rhythm="meetings",
            every=7,
            meetings=["2026-06-18", "2026-09-10"],
            goals=["LC@24>=85"],
            blocks=["flow"],
        )

    def test_the_form_shows_it_as_it_is(self, as_coordinator: Client, running: ReportSchedule):
        page = as_coordinator.get(f"{NEW}?replaces={running.pk}").content.decode()
        assert 'value="Old title"' in page
        assert "2026-06-18\n2026-09-10" in page
        assert 'value="LC@24&gt;=85"' in page
        assert page.count(" checked") == 3  # when, one part and one reader
        assert "Change “Old title”" in page

    def test_all_parts_are_chosen_where_none_was_named(
        self, as_coordinator: Client, running: ReportSchedule
    ):
        ReportSchedule.objects.update(blocks=[])
        page = as_coordinator.get(f"{NEW}?replaces={running.pk}").content.decode()
        assert page.count(' name="blocks"') == len(BLOCKS)
        assert page.count(" checked") == 2 + len(BLOCKS)

    def test_another_schedule_takes_its_place(
        self, steering: User, as_coordinator: Client, running: ReportSchedule
    ):
        address = f"{NEW}?replaces={running.pk}"
        assert as_coordinator.post(address, typed(steering)).status_code == 302
        running.refresh_from_db()
        assert running.ended_by == steering
        assert ReportSchedule.objects.get(ended_at=None).replaces == running

    def test_one_that_has_ended_or_is_not_there_is_not_changed(
        self, steering: User, as_coordinator: Client, running: ReportSchedule
    ):
        other = scheduled(study_of("cams"))
        ReportSchedule.objects.filter(pk=running.pk).update(ended_at=NOW)
        for key in (running.pk, other.pk, 987654321, 10**30, "x", "-1"):
            address = f"{NEW}?replaces={key}"
            assert as_coordinator.get(address).status_code == 404, key
            assert as_coordinator.post(address, typed(steering)).status_code == 404, key
        assert ReportSchedule.objects.count() == 2


class TestEnd:
    def test_a_coordinator_ends_it(self, study: Study, steering: User, as_coordinator: Client):
        made = scheduled(study, steering, title="Board report")
        address = f"{LIST}{made.pk}/end/"
        assert "Board report has ended." in text_of(as_coordinator.post(address, follow=True))
        again = text_of(as_coordinator.post(address, follow=True))
        assert "This schedule has ended already." in again
        made.refresh_from_db()
        assert made.ended_by == steering

    def test_nobody_else_does_and_not_by_looking(self, study: Study, reader: User):
        made = scheduled(study, reader)
        address = f"{LIST}{made.pk}/end/"
        for person, status in ((reader, 403), (coordinator(study_of("cams")), 404)):
            assert browser(person).post(address).status_code == status
        assert browser(coordinator(study)).get(address).status_code == 405
        made.refresh_from_db()
        assert made.ended_at is None

    def test_a_schedule_of_another_study_is_not_there(self, as_coordinator: Client):
        other = scheduled(study_of("cams"))
        for verb in ("end", "test"):
            assert as_coordinator.post(f"{LIST}{other.pk}/{verb}/").status_code == 404


class TestTest:
    def test_one_is_entered_for_who_asks_and_a_worker_is_called(
        self,
        study: Study,
        steering: User,
        reader: User,
        as_coordinator: Client,
        django_capture_on_commit_callbacks: Any,
    ):
        made = scheduled(study, reader)
        take_all(TASK)
        with django_capture_on_commit_callbacks(execute=True):
            answer = as_coordinator.post(f"{LIST}{made.pk}/test/")
        assert answer.status_code == 302
        assert "A test is being made." in words(as_coordinator, LIST)
        issue = ReportIssue.objects.get()
        assert (issue.schedule, issue.tests_for) == (made, steering)
        assert len(take_all(TASK)) == 1

    def test_without_a_broker_it_is_made_by_the_next_tick(
        self,
        study: Study,
        as_coordinator: Client,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
        caplog: pytest.LogCaptureFixture,
    ):
        def fails(*_args: Any, **_options: Any) -> None:
            raise OperationalError

        monkeypatch.setattr(make_reports, "apply_async", fails)
        made = scheduled(study)
        with django_capture_on_commit_callbacks(execute=True):
            answer = as_coordinator.post(f"{LIST}{made.pk}/test/")
        assert answer.status_code == 302
        assert ReportIssue.objects.count() == 1
        assert "No round over the reports could be queued" in caplog.text

    def test_who_does_not_steer_asks_for_none(self, study: Study, reader: User):
        address = f"{LIST}{scheduled(study, reader).pk}/test/"
        for person, status in ((reader, 403), (coordinator(study_of("cams")), 404)):
            assert browser(person).post(address).status_code == status
        assert not ReportIssue.objects.exists()

    def test_of_an_ended_schedule_it_says_why_not(self, study: Study, as_coordinator: Client):
        made = scheduled(study, ended_at=NOW)
        answer = as_coordinator.post(f"{LIST}{made.pk}/test/", follow=True)
        assert "This schedule has ended already." in text_of(answer)
        assert not ReportIssue.objects.exists()


KINDS = {
    "pdf": ("application/pdf", PDF),
    "html": ("text/html; charset=utf-8", b"HTML of "),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"DOCX of ",
    ),
}


class TestCopy:
    def test_the_reader_opens_it_and_saves_its_files(self, study: Study):
        person = at_centres("AMSEL")
        issued(scheduled(study, person, title="Board report"), number=3)
        copy, client = ReportCopy.objects.get(), browser(person)

        page = words(client, f"/reports/{copy.pk}/")
        for told in (
            "Board report, 3",
            "Study jinling",
            "2 Jan 2026",
            "own centre, the others without names",
        ):
            assert told in page
        for ending, (kind, begin) in KINDS.items():
            answer = client.get(f"/reports/{copy.pk}/report.{ending}")
            assert answer["Content-Type"] == kind
            assert answer["Content-Disposition"] == (
                f'attachment; filename="jinling-report-3.{ending}"'
            )
            assert answer.content == begin + str(centre("AMSEL").pk).encode()

    def test_it_says_where_parts_failed(self, study: Study, reader: User):
        issued(scheduled(study, reader), failed=("flow",))
        page = words(browser(reader), f"/reports/{ReportCopy.objects.get().pk}/")
        assert "Parts of this report could not be made" in page

    def test_a_file_of_no_kind_is_not_there(self, study: Study, reader: User):
        issued(scheduled(study, reader))
        address = f"/reports/{ReportCopy.objects.get().pk}/report."
        for ending in ("exe", "sight", "carried", "made_at"):
            assert browser(reader).get(f"{address}{ending}").status_code == 404

    def test_the_copy_of_another_is_there_for_nobody(
        self, study: Study, steering: User, reader: User
    ):
        issued(scheduled(study, reader))
        pk = ReportCopy.objects.get().pk
        for person in (steering, on_study(study, Role.READER), UserFactory.create()):
            client = browser(person)
            for address in (f"/reports/{pk}/", *(f"/reports/{pk}/report.{one}" for one in KINDS)):
                assert client.get(address).status_code == 404
        assert Client().get(f"/reports/{pk}/")["Location"].startswith(reverse("login"))

    def test_the_own_copy_is_gone_with_the_right_to_read_it(self, study: Study):
        person = at_centres("AMSEL", "BIRKE")
        issued(scheduled(study, person, title="Board report"))
        pk, client = ReportCopy.objects.get().pk, browser(person)
        addresses = [f"/reports/{pk}/", *(f"/reports/{pk}/report.{one}" for one in KINDS)]
        assert {client.get(address).status_code for address in addresses} == {200}

        person.memberships.filter(centre__code="BIRKE").delete()

        assert {client.get(address).status_code for address in addresses} == {404}
        assert "Board report" not in words(client, LIST)
        assert "Board report" not in words(client, "/")

    def test_the_newest_report_stands_on_the_first_page(self, study: Study, reader: User):
        schedule = scheduled(study, reader, title="Board report")
        for number in (1, 2):
            issued(schedule, number=number)
        page = words(browser(reader), "/")
        assert "Latest reports" in page
        assert "Board report, 2" in page
        assert "Board report, 1" not in page
