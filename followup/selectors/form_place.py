"""From a mark of the status grid to the place where its form is entered or read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from followup.models import ExpectedVisit, VisitState
from followup.selectors.visits import current
from registry.models import (
    Baseline,
    CaseStatus,
    Course,
    Death,
    Disease,
    Enrolment,
    Patient,
    ToxicityEvent,
)
from registry.models.choices import FormState
from registry.selectors.own_centre import is_own_centre

SECTIONS = {
    "screening": "enrolment",
    "baseline": "baseline",
    "disease": "disease",
    "treatment": "treatment",
    "lesions": "lesions",
    "courses": "courses",
    "assessments": "visits",
    "toxicity": "toxicity",
    "outcome": "outcome",
}
"""Form → the part of the patient's page that shows its rows."""


@dataclass(frozen=True)
class EntryPlace:
    """An entry form with the key of its row, and the expected visit that it is to fulfil."""

    form: str
    key: str
    visit: str = ""


def entry_place(patient: Patient, form: str) -> EntryPlace | None:
    """The one page on which a form of the grid is entered.

    That is the form of the only row, or of a new one where there is none, and for the assessments
    the visit that is expected next. None where there are several to choose from, where the form is
    locked, or where the reader does not belong to the patient's centre: the patient's page shows
    them.
    """
    if not is_own_centre(patient) or _is_locked(patient, form):
        return None
    if form in ("treatment", "lesions"):
        return EntryPlace(form, "all")
    if form == "screening":
        studies = list(
            Enrolment.objects.live().filter(patient=patient).values_list("study__key", flat=True)
        )
        return EntryPlace("enrolment", studies[0]) if len(studies) == 1 else None
    if form == "assessments":
        visit = _next_visit(patient)
        return EntryPlace("assessment", "new", visit.key) if visit is not None else None
    if form == "outcome":
        died = Death.objects.live().filter(patient=patient).exists()
        return EntryPlace("death", "1") if died else None
    return _only_row(patient, form)


def _only_row(patient: Patient, form: str) -> EntryPlace | None:
    models: dict[str, tuple[str, type[Any]]] = {
        "baseline": ("baseline", Baseline),
        "disease": ("disease", Disease),
        "courses": ("course", Course),
        "toxicity": ("toxicity", ToxicityEvent),
    }
    name, model = models[form]
    rows: QuerySet[Any] = model.objects.live().filter(patient=patient)
    numbers = list(rows.values_list("number", flat=True)[:2])
    if len(numbers) > 1:
        return None
    return EntryPlace(name, str(numbers[0]) if numbers else "new")


def _is_locked(patient: Patient, form: str) -> bool:
    return CaseStatus.objects.filter(patient=patient, **{form: FormState.LOCKED}).exists()


def _next_visit(patient: Patient) -> ExpectedVisit | None:
    visits = ExpectedVisit.objects.filter(state=VisitState.OPEN, enrolment__patient=patient)
    return current(visits).order_by("window_end", "pk").first()
