"""Who may open which copy of a report, and the lists of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from analytics.models import ReportCopy, ReportEdition, ReportIssue
from analytics.reports.sight import Sight, sight_of, sights_of
from followup.models import Letter, LetterKind
from registry.models import Study, User

MOST_ISSUES = 50
"""Reports of a study shown in its history."""

WITHOUT_FILES = ("edition__pdf", "edition__html", "edition__docx")


def copies_of(user: User, study: Study | None = None) -> list[ReportCopy]:
    """The copies that a person may still open, the newest first, without their files."""
    copies = _of(user).order_by("-issue__made_at", "-pk")
    if study is not None:
        copies = copies.filter(issue__schedule__study=study)
    shown = list(copies[:MOST_ISSUES])
    sights = sights_of(user, {copy.issue.schedule.study for copy in shown})
    return [copy for copy in shown if _shows(sights[copy.issue.schedule.study], copy.edition)]


def latest_copies(user: User) -> list[ReportCopy]:
    """Of each study the newest copy that the person may still open, tests left out."""
    found: dict[int, ReportCopy] = {}
    for copy in copies_of(user):
        if not copy.issue.is_test:
            found.setdefault(copy.issue.schedule.study_id, copy)
    return sorted(found.values(), key=lambda copy: copy.issue.schedule.study.key)


def own_copy(user: User, pk: int) -> ReportCopy | None:
    """The copy of that key, if the person may open it; a file is read when it is asked for."""
    copy = _of(user).filter(pk=pk).first()
    return copy if copy is not None and may_open(user, copy) else None


def _of(user: User) -> QuerySet[ReportCopy]:
    copies = ReportCopy.objects.filter(reader=user).select_related(
        "edition", "issue__schedule__study", "issue__snapshot"
    )
    return copies.defer(*WITHOUT_FILES, "issue__snapshot__bundle")


def may_open(user: User, copy: ReportCopy) -> bool:
    """True for the reader of the copy, as long as they may read what it tells."""
    if copy.reader_id != user.pk:
        return False
    return _shows(sight_of(user, copy.issue.schedule.study), copy.edition)


def _shows(sight: Sight | None, edition: ReportEdition) -> bool:
    """Whether whoever has that sight today may read the edition."""
    if sight is None:
        return False
    of = Sight.read(edition.sight)
    reads_them = sight.is_whole or (not of.is_whole and set(of.centre_ids) <= set(sight.centre_ids))
    return reads_them and (sight.reads_cases or not of.reads_cases)


@dataclass(frozen=True)
class Sent:
    """A copy with the letter that told of it."""

    copy: ReportCopy
    letter: Letter | None


@dataclass(frozen=True)
class Issued:
    """An issue and to whom it went."""

    issue: ReportIssue
    sent: tuple[Sent, ...]


def history(study: Study) -> list[Issued]:
    """The latest reports of a study and what became of each copy, in a fixed number of queries."""
    issues = list(
        ReportIssue.objects.filter(schedule__study=study)
        .select_related("schedule", "snapshot", "tests_for")
        .defer("snapshot__bundle")
        .order_by("-entered_at", "-pk")[:MOST_ISSUES]
    )
    copies: dict[int, list[ReportCopy]] = {}
    rows = ReportCopy.objects.filter(issue__in=issues).select_related("reader", "edition")
    for copy in rows.defer(*WITHOUT_FILES).order_by("reader__display_name", "pk"):
        copies.setdefault(copy.issue_id, []).append(copy)
    letters = _letters(issues)
    return [
        Issued(
            issue,
            tuple(
                Sent(copy, letters.get((str(issue.pk), copy.reader_id)))
                for copy in copies.get(issue.pk, [])
            ),
        )
        for issue in issues
    ]


def _letters(issues: Iterable[ReportIssue]) -> dict[tuple[str, int], Letter]:
    keys = [str(issue.pk) for issue in issues]
    rows: QuerySet[Letter] = Letter.objects.filter(kind=LetterKind.REPORT, occasion__in=keys)
    return {(letter.occasion, letter.user_id): letter for letter in rows}
