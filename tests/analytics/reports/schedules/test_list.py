"""Readers find their copies; coordinators what is scheduled and what went to whom."""

from __future__ import annotations

import datetime as dt
import html as markup
import re
from typing import Any

import pytest
from django.test import Client

from analytics.models import ReportCopy, ReportIssue
from followup.models import Letter
from registry.models import Study, User
from registry.models.choices import Role
from tests.analytics.extract.cohort import study_of
from tests.analytics.reports.issuing import NOW, issued, scheduled
from tests.analytics.reports.schedules.pages import LIST, NEW, browser, words
from tests.analytics.reports.three_centres import at_centres, on_study
from tests.factories import UserFactory, coordinator

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"


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
