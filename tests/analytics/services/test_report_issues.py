"""Reports are made once and told of once, whoever is killed, and as the facts were on file then."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from analytics.artefacts.parts import Artefact
from analytics.models import (
    ReportCopy,
    ReportEdition,
    ReportIssue,
    ReportSchedule,
    Rhythm,
    Snapshot,
)
from analytics.reports import running
from analytics.reports.blocks import BLOCKS, BlockKind
from analytics.reports.files import report_bytes
from analytics.reports.goals import Goal
from analytics.reports.material import Material
from analytics.reports.report import Report
from analytics.reports.sight import Sight
from analytics.services import report_issues
from analytics.services.report_issues import LEASE, enter_due, make_due, make_issue
from analytics.services.report_schedules import (
    Plan,
    ask_for_test,
    end_schedule,
    enter_issue,
    make_schedule,
)
from analytics.services.snapshots import freeze
from followup import letters
from followup.models import Letter
from registry.models import Assessment, Death, Study, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.time_zones import installation_day
from tests.access.collecting import plain
from tests.analytics.cohort.test_read import void
from tests.analytics.extract.cohort import after, enrol, follow, study_of
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    UserFactory,
    coordinator,
    data_manager,
)
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = [pytest.mark.django_db, pytest.mark.services]

MADE = dt.datetime(2026, 2, 10, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def study() -> Study:
    return _study()


def _study() -> Study:
    """Six patients at centre A and one at centre B; one of them died."""
    study = study_of("jinling")
    for code in ("A", "B"):
        ParticipationFactory.create(study=study, centre=CentreFactory.create(code=code))
    for number in range(6):
        follow(study, f"P-{number}", 800, died=number == 0)
    follow(study, "Q-1", 800, died=False, centre="B")
    return study


@pytest.fixture
def steering(study: Study) -> User:
    return coordinator(study, username="steering")


@pytest.fixture
def reader(study: Study) -> User:
    return member(study, Role.READER, username="reader")


def member(study: Study, role: Role, **values: str) -> User:
    user = UserFactory.create(**values)
    MembershipFactory.create(user=user, role=role, study=study)
    return user


def manager(code: str) -> User:
    return data_manager(CentreFactory.create(code=code), username=f"manager {code.lower()}")


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files are HTML, which takes a tenth of the time, but where a test asks for true ones."""
    if "true_files" in request.fixturenames:
        return

    def as_html(report: Report, _ending: str) -> bytes:
        return report_bytes(report, "html")

    monkeypatch.setattr(report_issues, "report_bytes", as_html)


@pytest.fixture
def true_files() -> None:
    """PDF and document are made as well."""


def schedule(
    study: Study, *readers: User, rhythm: Rhythm = Rhythm.MONTHLY, now: dt.datetime = MADE, **more
) -> ReportSchedule:
    """A monthly report of one part, made a month before."""
    replaces = more.pop("replaces", None)
    plan = Plan(title="Report", rhythm=rhythm, readers=readers, **{"blocks": ["methods"]} | more)
    return make_schedule(study=study, plan=plan, by=None, now=now, replaces=replaces)


def clock(now: dt.datetime = NOW) -> Callable[[], dt.datetime]:
    return lambda: now


def run(now: dt.datetime = NOW) -> int:
    """A round of the worker."""
    return running.run(clock=clock(now))


def occasions() -> list[str]:
    return list(ReportIssue.objects.order_by("pk").values_list("occasion", flat=True))


def snapshots() -> int:
    with system_scope():
        return Snapshot.objects.count()


def copies() -> dict[str, tuple[str, str | None]]:
    """Reader → sight of the edition and of what the mail carries."""
    rows = ReportCopy.objects.select_related("reader", "edition", "carried")
    return {
        one.reader.username: (one.edition.sight, one.carried.sight if one.carried else None)
        for one in rows
    }


def letters_about() -> dict[str, int]:
    """Letters by what they are about: the key of the issue, with a word or without."""
    found: dict[str, int] = {}
    for occasion in Letter.objects.values_list("occasion", flat=True):
        found[occasion] = found.get(occasion, 0) + 1
    return found


def html(sight: Sight, issue: ReportIssue | None = None) -> str:
    editions = ReportEdition.objects.filter(sight=sight.key)
    edition = editions.get() if issue is None else editions.get(issue=issue)
    return bytes(edition.html).decode()


class Killed(BaseException):
    """No error that anybody would catch."""


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


class TestMaking:
    def test_readers_of_one_sight_share_an_edition_and_each_gets_a_copy(
        self, study, steering, reader
    ):
        analyst = member(study, Role.ANALYST, username="analyst")
        a, b = manager("A"), manager("B")
        schedule(study, steering, reader, analyst, a, b)

        assert run() == 1

        own = {code: str(CentreFactory.create(code=code).pk) for code in ("A", "B")}
        assert copies() == {
            "steering": ("study", None),
            "analyst": ("study", None),
            "reader": ("study-figures", None),
            "manager a": (own["A"], None),
            "manager b": (own["B"], None),
        }
        assert ReportEdition.objects.count() == 4
        assert "7 patients enrolled" in html(Sight())
        assert "6 patients enrolled" in html(Sight((int(own["A"]),)))
        assert "1 patient enrolled" in html(Sight((int(own["B"]),)))
        issue = ReportIssue.objects.get()
        assert (issue.made_at, issue.attempts, issue.lease_until) == (NOW, 1, None)
        with system_scope():
            assert Snapshot.objects.get().made_by is None

    def test_another_language_is_another_edition(self, study, steering, monkeypatch):
        other = member(study, Role.ANALYST, username="analyst")
        monkeypatch.setattr(
            report_issues, "language_of", lambda user: "de" if user == other else "en"
        )
        schedule(study, steering, other)
        run()

        editions = ReportEdition.objects.values_list("sight", "language")
        assert sorted(editions) == [("study", "de"), ("study", "en")]
        assert ReportCopy.objects.get(reader=other).edition.language == "de"

    def test_what_a_mail_carries_tells_of_nobody_whoever_gets_it(self, study, steering, reader):
        a = manager("A")
        schedule(study, steering, reader, a, sends_file=True)
        run()

        own = str(CentreFactory.create(code="A").pk)
        assert copies() == {
            "steering": ("study", "study-figures"),
            "reader": ("study-figures", "study-figures"),
            "manager a": (own, f"{own}-figures"),
        }
        assert ReportEdition.objects.count() == 4

    def test_who_may_read_nothing_any_more_gets_nothing(self, study, steering, reader):
        gone, moved = member(study, Role.ANALYST), manager("B")
        schedule(study, steering, reader, gone, moved)
        yesterday = installation_day() - dt.timedelta(days=1)
        reader.memberships.update(ends_on=yesterday)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        study.participations.filter(centre__code="B").delete()
        run()

        assert list(copies()) == ["steering"]
        assert [one.user for one in Letter.objects.all()] == [steering]

    def test_a_report_that_nobody_may_read_ends_all_the_same(self, study, steering):
        schedule(study, steering)
        steering.memberships.all().delete()
        assert run() == 1
        assert run(NOW + MINUTE) == 0
        assert (copies(), letters_about(), mail.outbox) == ({}, {}, [])

    def test_each_reader_is_told_once_however_often_the_worker_runs(self, study, steering, reader):
        schedule(study, steering, reader)
        assert [run(NOW + minute * MINUTE) for minute in range(3)] == [1, 0, 0]

        issue = ReportIssue.objects.get()
        assert letters_about() == {str(issue.pk): 2}
        assert sorted(to for one in mail.outbox for to in one.to) == sorted(
            [steering.email, reader.email]
        )

    def test_a_report_on_a_snapshot_is_of_that_very_one(self, study, steering):
        now = dt.datetime.now(dt.UTC)
        schedule(study, steering, rhythm=Rhythm.DATA_CUTS, now=now)
        cut = freeze(study=study, by=steering)
        a_moment_later()
        follow(study, "P-9", 500, died=True)

        assert run(now + MINUTE) == 1
        assert ReportIssue.objects.get().snapshot == cut
        assert snapshots() == 1
        assert "7 patients enrolled" in html(Sight())

    def test_the_files_are_whole_documents(self, study, steering, true_files):
        schedule(study, steering)
        run()

        edition = ReportEdition.objects.get()
        assert bytes(edition.pdf).startswith(b"%PDF-")
        assert b"%%EOF" in bytes(edition.pdf)[-32:]
        assert bytes(edition.html).endswith(b"</html>\n")
        assert "7 patients enrolled" in plain("", bytes(edition.docx))

    @pytest.mark.parametrize("patients", [0, 1])
    def test_a_study_with_hardly_anybody_has_a_report(self, patients):
        study = study_of("cams")
        ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))
        if patients:
            follow(study, "C-1", 300, died=False)
        schedule(study, coordinator(study), blocks=[])

        assert run() == 1
        assert ReportEdition.objects.get().failed_blocks == []
        words = "1 patient enrolled" if patients else "0 patients enrolled"
        assert words in html(Sight())

    def test_hostile_words_reach_the_files_as_text(self, study, steering, true_files):
        hostile = '<script>alert(1)</script> #read("/etc/passwd") {{ 7|add:7 }}'
        Study.objects.filter(pk=study.pk).update(title=hostile)
        schedule(study, steering)
        run()

        edition = ReportEdition.objects.get()
        assert b"<script" not in bytes(edition.html)
        assert "&lt;script&gt;alert(1)" in bytes(edition.html).decode()
        assert "&lt;script&gt;alert(1)" in plain("", bytes(edition.docx))
        assert hostile[:20] in " ".join(plain("application/pdf", bytes(edition.pdf)).split())


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
        study = _study()
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


def broken(_material: Material) -> list[Artefact]:
    raise RuntimeError("patient P-3 has no lesion")


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
        schedule(study, steering)

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

        assert run(next_try() + MINUTE) == 1
        assert sick.issues.get().attempts == 14


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
