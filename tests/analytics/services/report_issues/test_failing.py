"""Parts and whole reports that fail, and reports that are tests."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from django.core import mail

from analytics.artefacts.parts import Artefact
from analytics.models import (
    ReportEdition,
    ReportIssue,
    Rhythm,
    Snapshot,
)
from analytics.reports.blocks import BLOCKS, BlockKind
from analytics.reports.material import Material
from analytics.reports.sight import Sight
from analytics.services import report_issues
from analytics.services.report_issues import TOLD_AFTER, enter_due, make_due
from analytics.services.report_schedules import ask_for_test, enter_issue
from analytics.services.snapshots import freeze
from followup.models import Letter
from registry.models import Study
from tests.analytics.extract.cohort import study_of
from tests.analytics.services.report_issues.reporting import (
    MINUTE,
    NOW,
    clock,
    copies,
    html,
    letters_about,
    occasions,
    run,
    schedule,
    snapshots,
)
from tests.factories import coordinator

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def broken(_material: Material) -> list[Artefact]:
    raise RuntimeError("patient P-3 has no lesion")


def fails_always(**_: Any) -> Snapshot:
    raise ValueError("patient P-3 has no lesion")


class TestFailing:
    def test_a_part_that_fails_says_so_and_the_coordinators_are_told_once(
        self, study, steering, reader, monkeypatch
    ):
        other = coordinator(study)
        monkeypatch.setitem(BLOCKS, "flow", BlockKind("Flow of patients", broken))
        schedule(study, steering, reader, blocks=["flow", "methods"])

        assert [run(NOW + minute * MINUTE) for minute in range(2)] == [1, 0]

        issue = ReportIssue.objects.get()
        assert {tuple(one.failed_blocks) for one in ReportEdition.objects.all()} == {("flow",)}
        for sight in (Sight(), Sight(reads_cases=False)):
            assert "This part could not be made" in html(sight)
            assert "7 patients enrolled" in html(sight)
        assert letters_about() == {str(issue.pk): 2, f"{issue.pk} failed": 2}
        told = Letter.objects.filter(occasion=f"{issue.pk} failed")
        assert {one.user for one in told} == {steering, other}
        assert len(mail.outbox) == 4

    def test_of_a_test_with_a_part_that_fails_who_asked_alone_is_told(
        self, study, steering, monkeypatch
    ):
        coordinator(study)
        monkeypatch.setitem(BLOCKS, "flow", BlockKind("Flow of patients", broken))
        made = schedule(study, steering, now=NOW, blocks=["flow"])
        issue = ask_for_test(schedule=made, by=steering, now=NOW)
        run()
        assert letters_about() == {str(issue.pk): 1, f"{issue.pk} failed": 1}
        assert {one.user for one in Letter.objects.all()} == {steering}

    def test_a_report_that_cannot_be_made_waits_longer_each_time_and_others_are_made(
        self, study, steering, monkeypatch, caplog
    ):
        ill = study_of("cams")
        sick = schedule(ill, coordinator(ill))
        sound = schedule(study, steering)

        def fails(*, study: Study, **kwargs: Any) -> Snapshot:
            if study == ill:
                raise ValueError("patient P-3 has no lesion")
            return freeze(study=study, **kwargs)

        def next_try() -> dt.datetime:
            lease_until = sick.issues.get().lease_until
            assert lease_until is not None
            return lease_until

        now, waits = NOW, []
        with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
            patch.setattr(report_issues, "freeze", fails)
            assert run(now) == 1
            for _ in range(12):
                waits.append(next_try() - now)
                assert run(next_try()) == 0  # not a moment too early
                now = next_try() + dt.timedelta(seconds=1)
                assert run(now) == 0

        minutes = [wait / MINUTE for wait in waits]
        assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
        assert "could not be made: ValueError at " in caplog.text
        assert "P-3" not in caplog.text
        assert list(copies()) == ["steering"]

        issue = sick.issues.get()
        assert letters_about() == {f"{issue.pk} late": 1, str(sound.issues.get().pk): 1}
        late = [one for one in mail.outbox if one.subject == "The report on cams is late"]
        assert len(late) == 1
        assert "It could not be made so far." in str(late[0].body)
        assert run(next_try() + MINUTE) == 1
        assert sick.issues.get().attempts == 14

    def test_nobody_is_told_that_a_report_is_late_which_is_there_by_then(
        self, study, steering, monkeypatch
    ):
        made = schedule(study, steering)
        now = NOW
        with monkeypatch.context() as patch:
            patch.setattr(report_issues, "freeze", fails_always)
            for _ in range(TOLD_AFTER):
                enter_due(now=now)
                make_due(clock=clock(now))
                lease_until = made.issues.get().lease_until
                assert lease_until is not None
                now = lease_until + dt.timedelta(seconds=1)
        assert letters_about() == {f"{made.issues.get().pk} late": 1}

        assert run(now) == 1

        assert [one.subject for one in mail.outbox] == ["Outcome report: Study jinling"]


class TestTests:
    def test_a_test_goes_to_who_asked_alone_and_as_they_may_read(self, study, steering, reader):
        made = schedule(study, reader, now=NOW, sends_file=True)
        issue = ask_for_test(schedule=made, by=steering, now=NOW)

        assert run() == 1

        assert copies() == {"steering": ("study", "study-figures")}
        assert [(one.to, one.subject) for one in mail.outbox] == [
            ([steering.email], "Test: Outcome report: Study jinling")
        ]
        assert letters_about() == {str(issue.pk): 1}

    def test_a_test_is_never_the_report_before(self, study, steering):
        """The second report compares with the first, also after the schedule was replaced."""
        made = schedule(study, steering, blocks=["changes"])
        first = enter_issue(made, occasion="2026-03", due_on=NOW.date(), now=NOW)
        make_due(clock=clock())
        assert "There is no report before this one." in html(Sight(), first)

        later = NOW + 60 * MINUTE
        test = ask_for_test(schedule=made, by=steering, now=later)
        make_due(clock=clock(later))
        assert compared(html(Sight(), test)) == ["1", "2"]

        following = schedule(
            study, steering, blocks=["changes"], now=later, replaces=made, rhythm=Rhythm.QUARTERLY
        )
        later += 60 * MINUTE
        second = enter_issue(following, occasion="2026-Q2", due_on=NOW.date(), now=later)
        make_due(clock=clock(later))
        assert compared(html(Sight(), second)) == ["1", "3"]

    def test_a_test_of_reports_on_snapshots_freezes_one_that_is_no_occasion(self, study, steering):
        now = dt.datetime.now(dt.UTC)
        made = schedule(study, steering, rhythm=Rhythm.DATA_CUTS, now=now)
        ask_for_test(schedule=made, by=steering, now=now)
        assert run(now + MINUTE) == 1
        assert run(now + 2 * MINUTE) == 0
        assert len(occasions()) == snapshots() == 1


def compared(page: str) -> list[str]:
    """The numbers of the two snapshots at the head of the comparison."""
    table = page[page.index("The two snapshots") :]
    head = table[: table.index("</thead>")]
    texts = [part.split("<")[0].strip() for part in head.split(">")]
    return [text for text in texts if text.isdecimal()]
