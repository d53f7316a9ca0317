"""One page of the status grid: a line per patient, a mark per form, each with where it leads."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Value

from followup.models import ExpectedVisit, VisitState
from followup.selectors.visits import current
from registry.models import Baseline, Course, Disease, Enrolment, Patient, ToxicityEvent
from registry.models.choices import FormState
from registry.models.status import FORMS
from registry.selectors.patient_state import PatientState, with_state
from registry.selectors.studies import scope_in_force

OVERDUE = "overdue"
"""State of the assessments while an expected visit is overdue; follows from the day."""

SECTIONS = {
    "screening": "enrolment",
    "baseline": "courses",
    "disease": "disease",
    "treatment": "surgery",
    "lesions": "lesions",
    "courses": "courses",
    "assessments": "visits",
    "toxicity": "toxicity",
    "outcome": "outcome",
}
"""Form → the part of the patient's page that shows its rows."""

_NUMBERED = {"baseline": Baseline, "disease": Disease, "courses": Course, "toxicity": ToxicityEvent}
_ENTRY_FORM = {"courses": "course"}


class OpenVisit(NamedTuple):
    """An expected visit that is not done."""

    key: str
    target: dt.date
    window_start: dt.date
    window_end: dt.date


class Place(NamedTuple):
    """Where a mark leads: an entry form with its key, or ("", "") for the patient's page."""

    form: str = ""
    key: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """State of one form of a patient: a :class:`FormState` or "overdue"."""

    form: str
    state: str
    place: Place


@dataclass(frozen=True, slots=True)
class GridLine:
    """One patient in the grid; ``missing`` is None where nobody has worked it out."""

    pseudonym: str
    state: str
    centre: str
    studies: tuple[str, ...]
    next_visit: OpenVisit | None
    missing: int | None
    unlikely: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class _Found:
    """What the lines of a page are made of, by patient."""

    studies: Mapping[int, list[str]]
    visits: Mapping[int, OpenVisit]
    numbers: Mapping[tuple[str, int], list[int]]
    own_centres: frozenset[int]
    today: dt.date


def grid_lines(keys: Sequence[int], today: dt.date) -> list[GridLine]:
    """Lines of the patients with these keys, in that order; four queries however many they are."""
    rows = with_state(Patient.objects.filter(pk__in=keys).select_related("centre", "status"))
    patients: dict[int, Any] = {row.pk: row for row in rows}
    found = _Found(
        _studies(keys), _next_visits(keys), _numbers(keys), scope_in_force().centre_ids, today
    )
    return [_line(patients[key], found) for key in keys if key in patients]


def _studies(keys: Sequence[int]) -> dict[int, list[str]]:
    rows = Enrolment.objects.live().filter(patient__in=keys).order_by("study__key")
    studies: dict[int, list[str]] = defaultdict(list)
    for patient, study in rows.values_list("patient", "study__key"):
        studies[patient].append(study)
    return studies


def _next_visits(keys: Sequence[int]) -> dict[int, OpenVisit]:
    """By patient, the open visit whose window closes first."""
    visits = ExpectedVisit.objects.filter(state=VisitState.OPEN, enrolment__patient__in=keys)
    rows = current(visits).order_by("window_end", "pk")
    found: dict[int, OpenVisit] = {}
    for patient, *visit in rows.values_list("enrolment__patient", *OpenVisit._fields):
        if patient not in found:
            found[patient] = OpenVisit(*visit)
    return found


def _numbers(keys: Sequence[int]) -> dict[tuple[str, int], list[int]]:
    """Numbers of the live rows by form and patient."""
    first, *others = [
        model.objects.live()
        .filter(patient__in=keys)
        .order_by()
        .values_list(Value(form), "patient", "number")
        for form, model in _NUMBERED.items()
    ]
    numbers: dict[tuple[str, int], list[int]] = defaultdict(list)
    for form, patient, number in first.union(*others, all=True):
        numbers[form, patient].append(number)
    return numbers


def _line(patient: Any, found: _Found) -> GridLine:
    status = getattr(patient, "status", None)
    visit = found.visits.get(patient.pk)
    is_overdue = visit is not None and visit.window_end < found.today
    may_enter = patient.centre_id in found.own_centres
    marks = []
    for form in FORMS:
        state = FormState.MISSING.value if status is None else getattr(status, form)
        if form == "assessments" and is_overdue and state != FormState.LOCKED:
            state = OVERDUE
        is_open = may_enter and state != FormState.LOCKED
        marks.append(Mark(form, state, _place(form, patient, found) if is_open else Place()))
    return GridLine(
        pseudonym=patient.pseudonym,
        state=patient.state,
        centre=patient.centre.name,
        studies=tuple(found.studies.get(patient.pk, ())),
        next_visit=visit,
        missing=None if status is None else status.incomplete_count,
        unlikely=0 if status is None else status.unconfirmed_count,
        marks=tuple(marks),
    )


def _place(form: str, patient: Any, found: _Found) -> Place:
    """The form to enter: the only row, a new one where there is none, all rows on one page."""
    if form in ("treatment", "lesions"):
        return Place(form, "all")
    if form == "screening":
        studies = found.studies.get(patient.pk, ())
        return Place("enrolment", studies[0]) if len(studies) == 1 else Place()
    if form == "assessments":
        visit = found.visits.get(patient.pk)
        return Place("assessment", "new", visit.key) if visit is not None else Place()
    if form == "outcome":
        return Place("death", "1") if patient.state == PatientState.DEAD else Place()
    numbers = found.numbers.get((form, patient.pk), ())
    if len(numbers) > 1:
        return Place()
    return Place(_ENTRY_FORM.get(form, form), str(numbers[0]) if numbers else "new")
