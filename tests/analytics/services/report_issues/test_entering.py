"""What is due is entered once, whatever happens to patients and schedules meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from analytics.models import (
    ReportIssue,
    Rhythm,
)
from analytics.services.report_issues import enter_due
from analytics.services.report_schedules import end_schedule
from analytics.services.snapshots import freeze
from tests.analytics.cohort.test_read import void
from tests.analytics.extract.cohort import enrol
from tests.analytics.services.report_issues.reporting import (
    MINUTE,
    NOW,
    occasions,
    schedule,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


class TestEntering:
    def test_what_is_due_is_entered_once_however_often_it_is_asked(self, study, steering):
        made = schedule(study, steering)
        for minute in range(3):
            enter_due(now=NOW + minute * MINUTE)

        issue = ReportIssue.objects.get()
        assert (issue.schedule, issue.occasion, issue.number) == (made, "2026-03", 1)
        assert (issue.due_on, issue.entered_at) == (dt.date(2026, 3, 2), NOW)
        assert not issue.is_test

    def test_nothing_is_entered_on_the_day_of_making_nor_of_what_has_ended(self, study, steering):
        schedule(study, steering, now=NOW)
        ended = schedule(study, steering)
        end_schedule(schedule=ended, by=None, now=NOW)
        enter_due(now=NOW)
        assert occasions() == []

    def test_months_that_were_missed_are_made_up_for_by_the_latest(self, study, steering):
        schedule(study, steering)
        for months in (150, 151):
            enter_due(now=NOW + dt.timedelta(days=months))
        assert occasions() == ["2026-08"]

    def test_enrolments_that_are_taken_back_repeat_nothing(self, study, steering):
        """Seven are in the study; each fourth is reported."""
        schedule(study, steering, rhythm=Rhythm.ENROLMENTS, every=4)
        found = []

        def ask() -> None:
            enter_due(now=NOW)
            found.append(occasions())

        ask()
        late = [enrol(study, f"R-{number}") for number in range(6)]  # 13
        ask()
        void(late[0])
        void(late[1])  # 11, fewer than the 12 that were reported
        ask()
        for number in range(4):
            enrol(study, f"S-{number}")  # 15
        ask()
        enrol(study, "S-9")  # 16
        ask()

        assert found == [[], *[["enrolled-12"]] * 3, ["enrolled-12", "enrolled-16"]]

    def test_a_schedule_that_replaces_another_goes_on_where_that_one_was(self, study, steering):
        """Neither the same meeting nor the same number of patients is reported on again."""
        meeting: dict[str, Any] = {
            "rhythm": Rhythm.MEETINGS,
            "every": 14,
            "meetings": [dt.date(2026, 3, 20)],
        }
        counted: dict[str, Any] = {"rhythm": Rhythm.ENROLMENTS, "every": 4}
        first = [schedule(study, steering, **one) for one in (meeting, counted)]
        patient = enrol(study, "R-1")
        enter_due(now=NOW)
        assert occasions() == ["meeting-2026-03-20", "enrolled-8"]

        void(patient)
        for old, kind in zip(first, (meeting, counted), strict=True):
            schedule(study, steering, now=NOW, replaces=old, **kind)
        enrol(study, "R-2")
        enter_due(now=NOW + MINUTE)
        assert occasions() == ["meeting-2026-03-20", "enrolled-8"]

    def test_a_snapshot_of_a_person_is_an_occasion_and_those_of_reports_are_none(
        self, study, steering
    ):
        freeze(study=study, by=steering)
        now = dt.datetime.now(dt.UTC)
        schedule(study, steering, rhythm=Rhythm.DATA_CUTS, now=now)
        freeze(study=study, by=None)
        enter_due(now=now + MINUTE)
        assert occasions() == []

        cut = freeze(study=study, by=steering)
        for minute in (1, 2):
            enter_due(now=now + minute * MINUTE)
        assert occasions() == [f"snapshot-{cut.number}"]
