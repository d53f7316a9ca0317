"""How the cases of a study stand at each of its centres: figures counted by the database.

Each function is one query, for readers of the whole study; keys are those of the centres.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from registry.models import (
    CLINICAL_MODELS,
    AuditEvent,
    CaseStatus,
    Centre,
    CorrectionRequest,
    Patient,
    Study,
)
from registry.models.choices import CorrectionState
from registry.scope import ScopedQuerySet
from registry.selectors.patient_state import with_state
from registry.selectors.to_do import ROWS_SHOWN, Corrections

CENTRE = "patient__centre"


@dataclass(frozen=True)
class Completeness:
    """Cases of a centre by what they lack.

    Attributes:
        complete: cases in which no required item is missing.
        missing: required items without value and reason, over all cases.
        unlikely: unlikely values that nobody has confirmed, over all cases.
    """

    complete: int = 0
    missing: int = 0
    unlikely: int = 0


@dataclass(frozen=True)
class OpenQuestions:
    """Requests for correction that wait for the centre's answer."""

    count: int = 0
    oldest: dt.datetime | None = None


def patients_of(study: Study) -> ScopedQuerySet[Patient]:
    """The live patients enrolled in the study, within the scope in force."""
    return Patient.objects.live().filter(
        enrolments__study=study, enrolments__voided_at__isnull=True
    )


def of_study(study: Study) -> Q:
    """Condition on rows of patients: the patient is live and enrolled in the study."""
    return Q(
        patient__voided_at__isnull=True,
        patient__enrolments__study=study,
        patient__enrolments__voided_at__isnull=True,
    )


def completeness(study: Study) -> dict[int, Completeness]:
    """What the cases of each centre lack. A case whose status nobody worked out counts nowhere."""
    rows = (
        CaseStatus.objects.filter(of_study(study))
        .values_list(CENTRE)
        .annotate(
            complete=Count("pk", filter=Q(incomplete_count=0)),
            missing=Sum("incomplete_count"),
            unlikely=Sum("unconfirmed_count"),
        )
    )
    return {centre: Completeness(*figures) for centre, *figures in rows.order_by()}


def states(study: Study) -> dict[int, Mapping[str, int]]:
    """Patients of each centre by :class:`registry.selectors.patient_state.PatientState`."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows: QuerySet[Any, Any] = with_state(patients_of(study)).order_by()
    for centre, state, count in rows.values_list("centre", "state").annotate(count=Count("pk")):
        found[centre][state] = count
    return dict(found)


def open_questions(study: Study) -> dict[int, OpenQuestions]:
    """Requests for correction that no centre has answered yet."""
    rows = (
        CorrectionRequest.objects.filter(of_study(study), state=CorrectionState.OPEN)
        .order_by()
        .values_list(CENTRE)
        .annotate(count=Count("pk"), oldest=Min("asked_at"))
    )
    return {centre: OpenQuestions(count, oldest) for centre, count, oldest in rows}


def last_writes(study: Study) -> dict[int, dt.datetime]:
    """When a person last wrote a clinical value of a case of each centre, by the trail.

    Questions, messages and marks are no activity of a centre, nor is what the installation wrote
    by itself. The trail is read from its end, patient by patient, along an index.
    """
    tables = [model._meta.db_table for model in CLINICAL_MODELS]
    by_person = AuditEvent.objects.filter(
        patient_id=OuterRef("pk"), actor_id__isnull=False, table__in=tables
    )
    latest = Subquery(by_person.order_by("-id").values("at")[:1])
    rows = patients_of(study).order_by().annotate(latest=latest).values_list("centre")
    return {centre: at for centre, at in rows.annotate(at=Max("latest")) if at is not None}


def unanswered(study: Study, centre: Centre, *, limit: int = ROWS_SHOWN) -> Corrections:
    """The requests for correction that wait for the centre, the oldest first."""
    waiting = CorrectionRequest.objects.filter(
        of_study(study), state=CorrectionState.OPEN, patient__centre=centre
    )
    rows = waiting.select_related("patient", "asked_by").order_by("asked_at", "pk")
    return Corrections(waiting.count(), list(rows[:limit]))
