"""What an amendment would change of the visits of each patient, before it is saved.

It is worked out as the recomputation after saving does it, and compared with what is stored.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from followup.basis import Basis, read_bases
from followup.models import ExpectedVisit, VisitState
from followup.rules import StudyRules, read_study_rules
from registry.models import Enrolment, ProtocolVersion

PAGE_SIZE = 50
MOST_COUNTED = 5000
"""Patients over whom the totals are made; with more the totals say so."""
_BATCH = 500

_NOT_EXPECTED = frozenset({VisitState.CANCELLED, VisitState.SUPERSEDED})


class ChangeKind(StrEnum):
    """What becomes of one visit."""

    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Shown:
    """The parts of a visit that are compared."""

    label: str
    target: dt.date | None
    window_start: dt.date | None
    window_end: dt.date | None
    items: tuple[str, ...]
    state: str

    @property
    def window(self) -> tuple[dt.date | None, dt.date | None]:
        """First and last day in time."""
        return self.window_start, self.window_end


@dataclass(frozen=True)
class VisitChange:
    """One visit as it is and as it would be; None where it is not expected."""

    kind: ChangeKind
    before: Shown | None
    after: Shown | None

    @property
    def day(self) -> dt.date:
        """For their order: the new date, else the old one, else last."""
        shown = self.after or self.before
        return (shown.target if shown else None) or dt.date.max


@dataclass(frozen=True)
class PatientChanges:
    """What would change for one patient, by date, and how many visits change in which way."""

    pseudonym: str
    centre: str
    visits: tuple[VisitChange, ...]
    added: int = 0
    dropped: int = 0
    moved: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Totals:
    """Sums over patients; ``affected`` are those for whom something changes."""

    centre: str
    patients: int = 0
    affected: int = 0
    added: int = 0
    dropped: int = 0
    moved: int = 0
    changed: int = 0
    unchanged: int = 0

    def add(self, one: PatientChanges) -> None:
        """Count a patient."""
        self.patients += 1
        self.affected += bool(one.visits)
        for kind in ChangeKind:
            setattr(self, kind, getattr(self, kind) + getattr(one, kind))


@dataclass(frozen=True)
class AllTotals:
    """By centre and together. ``enrolled`` may be more than were counted."""

    centres: list[Totals]
    together: Totals
    enrolled: int

    @property
    def is_cut(self) -> bool:
        """True when not every patient was counted."""
        return self.enrolled > self.together.patients


def preview_page(
    draft: ProtocolVersion, page: str | int | None, *, today: dt.date
) -> tuple[Page[Enrolment], list[PatientChanges]]:
    """What an unsaved version would change for one page of patients; a fixed number of queries.

    Within the scope in force. By centre and pseudonym.
    """
    shown = Paginator(_enrolled(draft), PAGE_SIZE).get_page(page)
    found = _changes(list(shown.object_list), read_study_rules(draft), today)
    return shown, list(found)


def preview_totals(draft: ProtocolVersion, *, today: dt.date) -> AllTotals:
    """Sums over at most :data:`MOST_COUNTED` patients of the scope in force."""
    enrolled = _enrolled(draft)
    rules = read_study_rules(draft)
    centres: dict[str, Totals] = {}
    together = Totals("")
    counted = list(enrolled[:MOST_COUNTED])
    for start in range(0, len(counted), _BATCH):
        for one in _changes(counted[start : start + _BATCH], rules, today):
            centres.setdefault(one.centre, Totals(one.centre)).add(one)
            together.add(one)
    number = enrolled.count() if len(counted) == MOST_COUNTED else len(counted)
    return AllTotals(list(centres.values()), together, number)


def _enrolled(draft: ProtocolVersion) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.live()
        .filter(study=draft.study_id, patient__voided_at__isnull=True)
        .select_related("patient__centre")
        .order_by("patient__centre__code", "patient__pseudonym", "pk")
    )


def _changes(
    enrolments: Collection[Enrolment], rules: StudyRules, today: dt.date
) -> Iterator[PatientChanges]:
    """In the order of the enrolments."""
    bases = {
        basis.enrolment.pk: basis
        for basis in read_bases([row.patient_id for row in enrolments], rules=rules)
    }
    for row in enrolments:
        visits = _compared(bases[row.pk], today)
        yield PatientChanges(
            pseudonym=row.patient.pseudonym,
            centre=row.patient.centre.name,
            visits=tuple(sorted(_told(visits), key=lambda change: change.day)),
            **Counter(str(change.kind) for change in visits),
        )


def _told(visits: Collection[VisitChange]) -> list[VisitChange]:
    return [change for change in visits if change.kind is not ChangeKind.UNCHANGED]


def _compared(basis: Basis, today: dt.date) -> list[VisitChange]:
    """Every visit that is expected before or after."""
    before = _by_key(visit.row(basis.enrolment) for visit in basis.stored)
    after = _by_key(basis.plan(today).visits)
    return [
        VisitChange(_kind(before.get(key), after.get(key)), before.get(key), after.get(key))
        for key in dict.fromkeys([*before, *after])
    ]


def _by_key(rows: Iterable[ExpectedVisit]) -> dict[str, Shown]:
    return {row.key: _shown(row) for row in rows if row.state not in _NOT_EXPECTED}


def _shown(row: ExpectedVisit) -> Shown:
    return Shown(
        row.label,
        row.target,
        row.window_start,
        row.window_end,
        tuple(row.requirements),
        str(row.state),
    )


def _kind(before: Shown | None, after: Shown | None) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    if after is None:
        return ChangeKind.DROPPED
    if before.target != after.target:
        return ChangeKind.MOVED
    return ChangeKind.UNCHANGED if before == after else ChangeKind.CHANGED
