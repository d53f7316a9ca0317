"""Enters the reports that are due, makes them, and has each reader told once.

Every step can be repeated: a worker that is killed leaves a claim behind whose lease ends, and
whatever editions it has stored; another one makes what is missing. An edition is stored with all
its files in one statement, so there is never a part of one.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation

from analytics.cohort import Cohort
from analytics.cohort.read import read_cohort
from analytics.known import is_as_now
from analytics.models import (
    ReportCopy,
    ReportEdition,
    ReportIssue,
    ReportSchedule,
    Rhythm,
    Snapshot,
)
from analytics.reports.due import due_occasion
from analytics.reports.files import report_bytes
from analytics.reports.goals import Goal
from analytics.reports.material import read_material
from analytics.reports.report import failure, report_of
from analytics.reports.sight import Sight, sight_of
from analytics.services.report_schedules import enter_issue
from analytics.services.snapshots import freeze, one_state
from followup import letters
from followup.days import Clock
from followup.models import LetterKind
from followup.people import People
from followup.posting import pause_after
from followup.selectors.wishes import language_of
from registry.models import User
from registry.scope import system_scope
from registry.time_zones import installation_day

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=15)
"""Longer than one edition of the largest study takes; renewed with each."""

TOLD_AFTER = 4
"""So many attempts, some seven minutes, and coordinators are told that a report is late."""

FAILED, LATE = "failed", "late"
"""Second word of the occasion of a letter about parts that failed, or the whole."""


class ClaimLost(Exception):
    """The lease was over, and another worker has the issue."""


@dataclass(frozen=True)
class Wanted:
    """The edition of one reader, and the one that the mail carries."""

    reader: User
    sight: Sight
    language: str
    carried: Sight | None


def enter_due(*, now: dt.datetime) -> None:
    """One issue for every schedule whose occasion has come."""
    with system_scope():
        for schedule in ReportSchedule.objects.filter(ended_at=None).select_related("study"):
            occasion = due_occasion(schedule, now=now)
            if occasion is not None:
                enter_issue(schedule, occasion=occasion.key, due_on=occasion.day, now=now)


def make_due(*, clock: Clock) -> int:
    """Make the issues that are not made and that nobody has; returns how many were finished."""
    waiting = ReportIssue.objects.filter(_free(clock()), made_at=None).order_by("pk")
    return sum(make_issue(pk, clock=clock) for pk in list(waiting.values_list("pk", flat=True)))


def make_issue(pk: int, *, clock: Clock) -> bool:
    """Make an issue unless another worker has it; True when it was finished.

    Never raises for one that cannot be made: it is tried again after a growing pause.
    """
    token = uuid.uuid4().hex
    now = clock()
    issues = ReportIssue.objects.filter(pk=pk)
    if not issues.filter(_free(now), made_at=None).update(
        claim=token, lease_until=now + LEASE, attempts=F("attempts") + 1
    ):
        return False
    issue = issues.select_related("schedule__study", "snapshot").get()
    try:
        with system_scope():
            _make(issue, clock)
    except ClaimLost:
        return False
    except Exception as error:
        # Whatever it is, the reports of other studies are made.
        logger.error("report %s could not be made: %s", pk, failure(error))
        issues.filter(claim=token).update(lease_until=clock() + pause_after(issue.attempts))
        if issue.attempts == TOLD_AFTER:
            _tell_of_failure(issue, f"{pk} {LATE}", now=clock())
        return False
    return True


def _make(issue: ReportIssue, clock: Clock) -> None:
    wanted = wanted_editions(issue)
    snapshot = issue.snapshot or _frozen(issue)
    _renew(issue, clock, snapshot=snapshot)
    whole: Cohort | None = None
    for sight, language in _distinct(wanted):
        if issue.editions.filter(sight=sight.key, language=language).exists():
            continue
        if whole is None:
            whole = _as_frozen(snapshot)
        _make_edition(issue, snapshot, whole, sight, language, clock())
        _renew(issue, clock)
    _finish(issue, wanted, now=clock())


def _as_frozen(snapshot: Snapshot) -> Cohort:
    """The study as the snapshot froze it."""
    study, moment = snapshot.study, snapshot.known_at
    with one_state():
        past = None if is_as_now(study, moment) else moment
        return read_cohort(study, data_cut=snapshot.data_cut, known_at=past)


def wanted_editions(issue: ReportIssue) -> list[Wanted]:
    """Who gets the issue, by what they may read today; who may read nothing any more gets none."""
    schedule = issue.schedule
    readers = [issue.tests_for] if issue.tests_for else schedule.readers.filter(is_active=True)
    found = []
    for reader in readers:
        sight = sight_of(reader, schedule.study)
        if sight is not None:
            carried = sight.for_sending if schedule.sends_file else None
            found.append(Wanted(reader, sight, language_of(reader), carried))
    return found


def _distinct(wanted: Iterable[Wanted]) -> list[tuple[Sight, str]]:
    found = {}
    for one in wanted:
        for sight in filter(None, (one.sight, one.carried)):
            found[sight.key, one.language] = (sight, one.language)
    return [found[key] for key in sorted(found)]


def _frozen(issue: ReportIssue) -> Snapshot:
    """The snapshot of the issue; one that was frozen before a worker was killed is taken up."""
    schedule = issue.schedule
    if schedule.rhythm == Rhythm.DATA_CUTS and not issue.is_test:
        return schedule.study.snapshots.get(number=int(issue.occasion.removeprefix("snapshot-")))
    # The note tells it again: a snapshot cannot be changed, so it is not entered with the issue.
    note = f"Report: {schedule.title} {issue.number} (issue {issue.pk})"
    found = schedule.study.snapshots.filter(note=note, made_by=None).first()
    return found or freeze(study=schedule.study, by=None, note=note)


def _make_edition(
    issue: ReportIssue,
    snapshot: Snapshot,
    whole: Cohort,
    sight: Sight,
    language: str,
    now: dt.datetime,
) -> None:
    schedule = issue.schedule
    with translation.override(language):
        material = read_material(
            schedule.study,
            whole=whole,
            sight=sight,
            today=installation_day(),
            goals=[Goal.read(text) for text in schedule.goals],
            changed=_changed(issue, snapshot),
        )
        report = replace(
            report_of(material, made_at=now, blocks=schedule.blocks), known_at=snapshot.known_at
        )
        files = {ending: report_bytes(report, ending) for ending in ("pdf", "html", "docx")}
    ReportEdition.objects.bulk_create(
        [
            ReportEdition(
                issue=issue,
                sight=sight.key,
                language=language,
                failed_blocks=[block.key for block in report.blocks if block.failed],
                made_at=now,
                **files,
            )
        ],
        ignore_conflicts=True,
    )


def _changed(issue: ReportIssue, snapshot: Snapshot) -> tuple[Snapshot, Snapshot] | None:
    """The snapshot of the issue before, also of a schedule that this one replaces."""
    before = (
        ReportIssue.objects.filter(
            schedule__in=issue.schedule.with_replaced(),
            tests_for=None,
            made_at__isnull=False,
            entered_at__lt=issue.entered_at,
        )
        .exclude(snapshot=snapshot)
        .select_related("snapshot")
        .order_by("-entered_at")
        .first()
    )
    return None if before is None or before.snapshot is None else (before.snapshot, snapshot)


def _finish(issue: ReportIssue, wanted: Iterable[Wanted], *, now: dt.datetime) -> None:
    """Everybody's copy, the letters about them and the end, in one step."""
    editions = {
        (one.sight, one.language): one for one in issue.editions.defer("pdf", "html", "docx")
    }
    study = issue.schedule.study
    with transaction.atomic():
        _step(issue, made_at=now, lease_until=None)
        copies = [
            ReportCopy(
                issue=issue,
                reader=one.reader,
                edition=editions[one.sight.key, one.language],
                carried=editions[one.carried.key, one.language] if one.carried else None,
            )
            for one in wanted
        ]
        ReportCopy.objects.bulk_create(copies)
        readers = [copy.reader_id for copy in copies]
        letters.enter(LetterKind.REPORT, str(issue.pk), readers, study=study, now=now)
        if any(edition.failed_blocks for edition in editions.values()):
            _tell_of_failure(issue, f"{issue.pk} {FAILED}", now=now)


def _tell_of_failure(issue: ReportIssue, occasion: str, *, now: dt.datetime) -> None:
    """Coordinators are told; of a test who asked for it."""
    study = issue.schedule.study
    told = [issue.tests_for_id] if issue.tests_for_id is not None else []
    told = told or People.at(now).coordinators.get(study.pk, [])
    letters.enter(LetterKind.REPORT, occasion, told, study=study, now=now)


def _free(now: dt.datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def _renew(issue: ReportIssue, clock: Clock, **columns: object) -> None:
    _step(issue, lease_until=clock() + LEASE, **columns)


def _step(issue: ReportIssue, **columns: object) -> None:
    """Write to the issue as long as the claim holds."""
    mine = ReportIssue.objects.filter(pk=issue.pk, claim=issue.claim, made_at__isnull=True)
    if not mine.update(**columns):
        raise ClaimLost
