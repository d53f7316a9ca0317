"""A coordinator makes and changes a schedule; what cannot be is told at its field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from analytics.models import ReportSchedule
from analytics.reports.blocks import BLOCKS
from registry.models import Study, User
from tests.analytics.extract.cohort import study_of
from tests.analytics.reports.issuing import NOW, scheduled
from tests.analytics.reports.schedules.pages import LIST, NEW, browser, text_of
from tests.analytics.reports.three_centres import at_centres
from tests.factories import UserFactory, coordinator

pytestmark = pytest.mark.django_db


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
