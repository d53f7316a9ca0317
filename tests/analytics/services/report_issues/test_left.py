"""What a worker leaves who is killed or hangs is finished by another, as it was on file then."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection

from analytics.models import (
    ReportCopy,
    ReportEdition,
    ReportIssue,
    Snapshot,
)
from analytics.reports.files import report_bytes
from analytics.reports.goals import Goal
from analytics.reports.report import Report
from analytics.reports.sight import Sight
from analytics.services import report_issues
from analytics.services.report_issues import LEASE, enter_due, make_due, make_issue
from analytics.services.report_schedules import enter_issue
from analytics.services.snapshots import freeze
from followup import letters
from registry.models import Assessment, Death
from registry.scope import system_scope
from tests.analytics.extract.cohort import after, follow
from tests.analytics.services.report_issues.reporting import (
    MINUTE,
    NOW,
    clock,
    copies,
    html,
    letters_about,
    occasions,
    reported_study,
    run,
    schedule,
    snapshots,
)
from tests.factories import ProtocolVersionFactory, coordinator
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = [pytest.mark.django_db, pytest.mark.services]


class Killed(BaseException):
    """No error that anybody would catch."""


def raise_at(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, call: int) -> None:
    """Have the function kill its caller at that call, before it does anything."""
    function, calls = getattr(module, name), []

    def killed(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == call:
            raise Killed
        return function(*args, **kwargs)

    monkeypatch.setattr(module, name, killed)


STEPS = {
    "before anything is frozen": (report_issues, "freeze", 1),
    "when the snapshot is frozen and not yet noted": (report_issues, "_renew", 1),
    "when everything is read": (report_issues, "read_material", 1),
    "while the first files are written": (report_issues, "report_bytes", 2),
    "when one edition is stored": (report_issues, "_renew", 2),
    "while the second edition is made": (report_issues, "report_bytes", 5),
    "when all editions are stored": (report_issues, "_finish", 1),
    "when the copies are written and nobody is told": (letters, "enter", 1),
}


class TestKilled:
    @pytest.mark.parametrize("step", STEPS)
    def test_another_worker_finishes_what_a_killed_one_left(
        self, study, steering, reader, monkeypatch, step
    ):
        schedule(study, steering, reader)
        enter_due(now=NOW)
        with monkeypatch.context() as patch:
            raise_at(patch, *STEPS[step])
            with pytest.raises(Killed):
                make_due(clock=clock())

        left = list(ReportEdition.objects.values("pk", "made_at"))
        assert ReportIssue.objects.get().made_at is None
        assert (copies(), letters_about()) == ({}, {})
        for edition in ReportEdition.objects.all():
            assert bytes(edition.pdf).endswith(b"</html>\n")
            assert bytes(edition.docx) == bytes(edition.pdf)
        # As long as the lease holds, nobody else takes it.
        assert make_due(clock=clock(NOW + LEASE)) == 0

        assert run(NOW + LEASE + MINUTE) == 1
        assert snapshots() == 1
        assert copies() == {"steering": ("study", None), "reader": ("study-figures", None)}
        assert ReportEdition.objects.count() == 2
        kept = ReportEdition.objects.filter(pk__in=[one["pk"] for one in left])
        assert list(kept.values("pk", "made_at")) == left
        assert letters_about() == {str(ReportIssue.objects.get().pk): 2}
        assert len(mail.outbox) == 2
        assert ReportIssue.objects.get().attempts == 2

    def test_what_is_finished_later_tells_what_was_on_file_at_the_snapshot(
        self, study, steering, reader, monkeypatch
    ):
        """Two editions of one issue, and corrections between them."""
        schedule(study, steering, reader, blocks=["comparison", "methods"], goals=[GOAL])
        enter_due(now=NOW)
        with monkeypatch.context() as patch:
            raise_at(patch, report_issues, "_renew", 2)
            with pytest.raises(Killed):
                make_due(clock=clock())
        assert [one.sight for one in ReportEdition.objects.all()] == ["study"]
        a_moment_later()
        with system_scope():
            Assessment.objects.all().delete()
            Death.objects.update(died_on=after(5))
        follow(study, "P-9", 50, died=True)

        assert run(NOW + LEASE + MINUTE) == 1

        # One of seven is dead on day 800, after 24 months.
        for sight in (Sight(), Sight(reads_cases=False)):
            assert "7 patients enrolled" in html(sight)
            assert "100.0 %" in goal_of(html(sight))

    def test_what_is_finished_after_midnight_is_of_the_protocol_of_the_snapshot(
        self, study, steering, monkeypatch
    ):
        """The amendment was entered long ago and is in force from 1 June on."""
        ProtocolVersionFactory.create(study=study, number=2, effective_on=dt.date(2060, 6, 1))
        evening = dt.datetime(2060, 5, 31, 20, tzinfo=dt.UTC)
        with time_machine.travel(evening, tick=False):
            enter_issue(schedule(study, steering), occasion="x", due_on=evening.date(), now=evening)
            with monkeypatch.context() as patch:
                raise_at(patch, report_issues, "read_material", 1)
                with pytest.raises(Killed):
                    make_due(clock=clock(evening))
        morning = evening + dt.timedelta(hours=12)
        with time_machine.travel(morning, tick=False):
            assert make_due(clock=clock(morning)) == 1

        assert snapshots() == 1
        assert "from protocol version 1." in html(Sight())

    def test_of_two_workers_at_once_one_makes_it(self, study, steering, monkeypatch):
        schedule(study, steering)
        enter_due(now=NOW)
        pk = ReportIssue.objects.get().pk
        seen = []

        def meanwhile(**kwargs: Any) -> Snapshot:
            seen.append(make_issue(pk, clock=clock(NOW + MINUTE)))
            return freeze(**kwargs)

        monkeypatch.setattr(report_issues, "freeze", meanwhile)

        assert make_issue(pk, clock=clock())
        assert seen == [False]
        assert not make_issue(pk, clock=clock(NOW + MINUTE))
        assert (snapshots(), ReportEdition.objects.count(), len(copies())) == (1, 1, 1)

    def test_a_worker_that_hangs_until_another_has_finished_adds_nothing(
        self, study, steering, reader, monkeypatch
    ):
        schedule(study, steering, reader)
        enter_due(now=NOW)
        pk = ReportIssue.objects.get().pk
        finished: list[bool | None] = []

        def hangs(report: Report, _ending: str) -> bytes:
            if not finished:
                finished.append(None)
                finished.append(make_issue(pk, clock=clock(NOW + LEASE + MINUTE)))
            return report_bytes(report, "html")

        monkeypatch.setattr(report_issues, "report_bytes", hangs)

        assert not make_issue(pk, clock=clock())
        assert finished == [None, True]
        issue = ReportIssue.objects.get()
        assert (issue.made_at, issue.attempts) == (NOW + LEASE + MINUTE, 2)
        assert ReportEdition.objects.count() == ReportCopy.objects.count() == 2
        assert letters_about() == {str(pk): 2}

    @pytest.mark.services(only=True)
    @pytest.mark.django_db(transaction=True)
    def test_of_workers_in_sessions_of_their_own_one_makes_it(self):
        """Four of them, all at once, enter what is due and make it."""
        study = reported_study()
        schedule(study, coordinator(study))
        start, made = threading.Barrier(4), []

        def work() -> None:
            start.wait()
            enter_due(now=NOW)
            made.append(make_due(clock=clock()))
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(made) == [0, 0, 0, 1]
        assert (occasions(), snapshots(), len(copies())) == (["2026-03"], 1, 1)


GOAL = Goal("OS", 24, 50)


def goal_of(page: str) -> str:
    """The line of the goal in a report as HTML."""
    start = page.index("Overall survival at 24 months")
    return page[start : page.index("</tr>", start)]
