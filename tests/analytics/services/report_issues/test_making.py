"""Each reader gets a copy of what they may read, and is told of it once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from analytics.models import (
    ReportCopy,
    ReportEdition,
    ReportIssue,
    Rhythm,
    Snapshot,
)
from analytics.reports.sight import Sight
from analytics.services import report_issues
from analytics.services.snapshots import freeze
from followup.models import Letter
from registry.models import Study, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.time_zones import installation_day
from tests.access.collecting import plain
from tests.analytics.extract.cohort import follow, study_of
from tests.analytics.services.report_issues.reporting import (
    MINUTE,
    NOW,
    copies,
    html,
    letters_about,
    manager,
    member,
    run,
    schedule,
    snapshots,
)
from tests.factories import CentreFactory, ParticipationFactory, coordinator
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = [pytest.mark.django_db, pytest.mark.services]


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
