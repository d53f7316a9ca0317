"""Reports that were made and sent, as rows with tiny files that say whose they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analytics.models import (
    ReportCopy,
    ReportEdition,
    ReportIssue,
    ReportSchedule,
    Rhythm,
    Snapshot,
)
from analytics.reports.sight import Sight, sight_of
from followup import letters
from followup.models import Letter, LetterKind, MailState
from registry.models import Study, User
from registry.scope import system_scope

NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n% of "
)
"""An empty page; what follows is a comment in it."""


def scheduled(study: Study, *readers: User, **columns: Any) -> ReportSchedule:
    """A quarterly report to these people."""
    values = {"title": "Quarterly report", "rhythm": Rhythm.QUARTERLY, "made_at": NOW}
    schedule = ReportSchedule.objects.create(study=study, **values | columns)
    schedule.readers.set(readers)
    return schedule


def issued(
    schedule: ReportSchedule, *, number: int = 1, failed: tuple[str, ...] = (), **columns: Any
) -> ReportIssue:
    """A report of a schedule that is made, with a copy and a letter for each reader.

    Args:
        failed: keys of parts that could not be made.
    """
    values = {
        "occasion": f"2026-Q{number}",
        "due_on": dt.date(2026, 1, 2),
        "entered_at": NOW + number * dt.timedelta(hours=1),
        "made_at": NOW + number * dt.timedelta(hours=1),
    }
    with system_scope():
        issue = ReportIssue.objects.create(
            schedule=schedule,
            number=number,
            snapshot=_snapshot_of(schedule.study),
            **values | columns,
        )
    readers = [issue.tests_for] if issue.tests_for else list(schedule.readers.all())
    for reader in readers:
        sight = sight_of(reader, schedule.study)
        assert sight is not None
        carried = edition(issue, sight.for_sending) if schedule.sends_file else None
        ReportCopy.objects.create(
            issue=issue, reader=reader, edition=edition(issue, sight, failed), carried=carried
        )
    letters.enter(
        LetterKind.REPORT,
        str(issue.pk),
        [reader.pk for reader in readers],
        study=schedule.study,
        now=issue.entered_at,
    )
    return issue


def doubtful(study: Study, reader: User, *others: User) -> tuple[ReportCopy, Letter]:
    """The reader's copy of a report, and the letter about it, which may have arrived or not."""
    issue = issued(scheduled(study, reader, *others, title=f"Report of {study.key}"))
    letter = Letter.objects.get(user=reader, kind=LetterKind.REPORT, occasion=str(issue.pk))
    letter.state, letter.handed_over_at = MailState.UNKNOWN, issue.entered_at
    letter.save()
    return issue.copies.get(reader=reader), letter


def edition(issue: ReportIssue, sight: Sight, failed: tuple[str, ...] = ()) -> ReportEdition:
    """That of a sight, whose files name it."""
    name = sight.key.encode()
    files = {"pdf": PDF + name, "html": b"HTML of " + name, "docx": b"DOCX of " + name}
    found, _is_new = ReportEdition.objects.get_or_create(
        issue=issue,
        sight=sight.key,
        language="en",
        defaults={"made_at": issue.entered_at, "failed_blocks": list(failed), **files},
    )
    return found


def _snapshot_of(study: Study) -> Snapshot:
    """The newest of the study, or one of nothing."""
    return study.snapshots.first() or Snapshot.objects.create(
        study=study,
        number=1,
        data_cut=NOW.date(),
        known_at=NOW,
        made_at=NOW,
        protocol_version=1,
        patient_count=0,
        bundle=b"",
    )
