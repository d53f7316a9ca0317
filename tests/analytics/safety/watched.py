"""A study with a safety rule, adverse events entered as the form does, and looks at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from analytics.models import RuleKind, SafetyAlert, SafetyRule
from analytics.safety import watching
from analytics.services.safety import add_rule
from registry.models import CtcaeTerm, Patient, Study, ToxicityEvent, User
from registry.scope import system_scope
from registry.services import records
from tests.analytics.extract.cohort import after, follow
from tests.factories import ToxicityEventFactory

PARAMETERS: dict[RuleKind, dict[str, Any]] = {
    RuleKind.SEVERE_TOXICITY: {"grade": 4, "attribution": "possible"},
    RuleKind.TREATMENT_DEATH: {"within_days": 30},
    RuleKind.LATE_TOXICITY_RATE: {
        "grade": 3,
        "limit_percent": Decimal(10),
        "least_patients": 10,
    },
    RuleKind.LOCAL_FAILURE: {
        "endpoint_code": "LC",
        "months": Decimal(24),
        "planned_percent": Decimal(85),
        "least_patients": 10,
    },
}
"""A rule of each kind."""


def set_rule(study: Study, kind: RuleKind, by: User | None = None, **changed: Any) -> SafetyRule:
    return add_rule(study=study, kind=kind, parameters=PARAMETERS[kind] | changed, by=by)


def look(study: Study) -> bool:
    """What a worker does; True when the rules looked."""
    return watching.watch(study.pk, clock=timezone.now)


def raised_in(study: Study, by: User) -> SafetyAlert:
    """What the first adverse event of the study has raised, whatever its grade."""
    set_rule(study, RuleKind.SEVERE_TOXICITY, by=by, grade=1, attribution="any")
    look(study)
    return alerts(study)[0]


def alerts(study: Study) -> list[SafetyAlert]:
    """The alerts of a study in the order in which they were raised."""
    with system_scope():
        rows = SafetyAlert.objects.filter(rule__study=study).select_related("rule", "patient")
        return list(rows.order_by("pk"))


def followed(study: Study, n: int, *, days: int = 900, centre: str = "A") -> list[Patient]:
    """Patients treated and seen so many days later."""
    return [
        follow(study, f"{centre}-{number:02}", days, died=False, centre=centre)
        for number in range(1, n + 1)
    ]


def had(patient: Patient, grade: int, *, days: int = 400, **values: Any) -> ToxicityEvent:
    """Fatigue so many days after the first day of radiotherapy, written past the services."""
    event: ToxicityEvent = ToxicityEventFactory.create(
        patient=patient, grade=grade, onset_on=after(days), **{"term": fibrosis(), **values}
    )
    return event


def enter(patient: Patient, grade: int, by: User, *, days: int = 400, number: int = 1) -> None:
    """As the form does: an adverse event of the patient through the service."""
    records.create(
        ToxicityEvent,
        by=by,
        patient=patient,
        number=number,
        term=fibrosis(),
        grade=grade,
        onset_on=after(days),
        attribution="probable",
    )


def fibrosis() -> CtcaeTerm:
    """A term that has every grade from 1 to 4."""
    return CtcaeTerm.objects.get(release="4.03", term="Fibrosis deep connective tissue")


def correct(event: ToxicityEvent, by: User, **values: Any) -> None:
    """As the form does: change a saved adverse event."""
    with system_scope():
        row = ToxicityEvent.objects.get(pk=event.pk)
    records.change(row, by=by, reason="misread", version=row.version, **values)
