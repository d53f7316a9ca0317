"""One page of the status grid: a line per patient with the state of every form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from followup.models import ExpectedVisit, VisitState
from registry.models import FormMark, Patient
from registry.models.choices import FormState, MarkKind
from registry.models.marks import WHOLE_CASE
from registry.models.status import FORMS
from registry.scope import system_scope
from registry.selectors.patient_state import state_of

OVERDUE = "overdue"
"""State of the assessments while an expected visit is overdue; follows from the day."""

_MISSING = FormState.MISSING.value
_LOCKED = FormState.LOCKED.value


class OpenVisit(NamedTuple):
    """An expected visit that is not done."""

    target: dt.date
    window_start: dt.date
    window_end: dt.date


@dataclass(slots=True)
class GridLine:
    """One patient in the grid.

    Attributes:
        states: form → a :class:`FormState` or "overdue".
        missing, unlikely: items to do; None where nobody has worked it out yet.
        marks: "signed" and "verified" → on how many forms; 0 where it is on the whole case.
    """

    pseudonym: str
    centre: str
    missing: int | None
    unlikely: int | None
    states: dict[str, str]
    studies: set[str] = field(default_factory=set)
    died: bool = False
    withdrew: bool = False
    lost: bool = False
    next_visit: OpenVisit | None = None
    marks: dict[str, int] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """What became of the patient, a :class:`PatientState`."""
        return state_of(died=self.died, withdrew=self.withdrew, lost=self.lost).value


_OF_PATIENT = ("pk", "pseudonym", "centre__name")
_OF_STATUS = ("incomplete_count", "unconfirmed_count", *FORMS)
_OF_OTHERS = (
    *("deaths__pk", "deaths__voided_at"),
    *("losses__pk", "losses__found_again_on", "losses__voided_at"),
    *("enrolments__pk", "enrolments__study__key"),
    *("enrolments__withdrawn_on", "enrolments__voided_at"),
)
_COLUMNS = (*_OF_PATIENT, *(f"status__{name}" for name in _OF_STATUS), *_OF_OTHERS)


def lines_of(keys: Sequence[int], today: dt.date) -> list[GridLine]:
    """Lines of the patients with these keys, in that order; three queries however many they are.

    The caller has just read the keys in the scope of the reader (:mod:`followup.selectors.grid`).
    The scope is not asked for again: it would lead SQLite along an index of centres with thousands
    of rows instead of to fifty keys.
    """
    lines: dict[int, GridLine] = {}
    of_enrolment: dict[int, GridLine] = {}
    with system_scope():
        # One query for all: a patient comes once for each enrolment and loss, which are few.
        for row in Patient.objects.filter(pk__in=keys).values_list(*_COLUMNS):
            line = lines.get(row[0])
            if line is None:
                line = lines[row[0]] = _line(row)
            enrolment = _add_others(line, row[-len(_OF_OTHERS) :])
            if enrolment is not None:
                of_enrolment[enrolment] = line
        for enrolment, visit in _open_visits(list(of_enrolment)):
            line = of_enrolment[enrolment]
            if line.next_visit is None:
                line.next_visit = visit
                if visit.window_end < today and line.states["assessments"] != _LOCKED:
                    line.states["assessments"] = OVERDUE
        _add_marks(lines)
    return [lines[key] for key in keys if key in lines]


def _line(row: tuple[Any, ...]) -> GridLine:
    _key, pseudonym, centre, missing, unlikely, *rest = row
    states = {form: state or _MISSING for form, state in zip(FORMS, rest, strict=False)}
    return GridLine(pseudonym, centre, missing, unlikely, states)


def _add_others(line: GridLine, row: tuple[Any, ...]) -> int | None:
    """Lay death, loss and enrolment of a row into the line; returns the live enrolment's key."""
    death, death_voided, loss, found_again, loss_voided, enrolment, study, withdrawn, voided = row
    line.died |= death is not None and death_voided is None
    line.lost |= loss is not None and loss_voided is None and found_again is None
    if enrolment is None or voided is not None:
        return None
    line.studies.add(study)
    line.withdrew |= withdrawn is not None
    return int(enrolment)


def _add_marks(lines: dict[int, GridLine]) -> None:
    """Lay the signatures and verifications in force into the lines; a lock is a state."""
    marks = FormMark.objects.filter(patient__in=list(lines), ended_at=None)
    said = marks.exclude(kind=MarkKind.LOCKED).order_by()
    for patient, kind, entity in said.values_list("patient_id", "kind", "entity"):
        counts = lines[patient].marks
        if entity == WHOLE_CASE:
            counts[kind] = 0
        elif counts.get(kind) != 0:
            counts[kind] = counts.get(kind, 0) + 1


def _open_visits(enrolments: Sequence[int]) -> Iterator[tuple[int, OpenVisit]]:
    """Open visits of these enrolments, the one whose window closes first at the top."""
    visits = ExpectedVisit.objects.filter(state=VisitState.OPEN, enrolment__in=enrolments)
    rows = visits.order_by("window_end", "pk").values_list("enrolment_id", *OpenVisit._fields)
    for enrolment, *visit in rows:
        yield enrolment, OpenVisit(*visit)
