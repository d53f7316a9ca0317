"""A coordinator ends a schedule, and asks for a test of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from analytics.models import ReportIssue
from analytics.tasks import make_reports
from registry.models import Study, User
from tests.analytics.extract.cohort import study_of
from tests.analytics.kept.broker import take_all
from tests.analytics.reports.issuing import NOW, scheduled
from tests.analytics.reports.schedules.pages import LIST, browser, text_of, words
from tests.factories import coordinator

pytestmark = pytest.mark.django_db

TASK = "analytics.tasks.make_reports"


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
