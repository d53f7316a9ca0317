"""Named reads of the duties. All of them answer within the scope in force unless they take a user.

Each is a fixed number of queries whatever the number of rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from followup.models import Digest, ExpectedVisit, MailState, Reminder, VisitState
from followup.schedules import VisitStatus
from registry.models import Assessment, Patient, Study, User
from registry.scope import Scope

WEEK_DAYS = 7
SOON_DAYS = 30


def planned_on(today: dt.date) -> Q:
    """Condition: open, and the window has not opened."""
    return Q(state=VisitState.OPEN, window_start__gt=today)


def soon_on(today: dt.date) -> Q:
    """Condition: planned, and the window opens within the next 30 days."""
    return planned_on(today) & Q(window_start__lte=today + dt.timedelta(days=SOON_DAYS))


def due_on(today: dt.date) -> Q:
    """Condition: open, and the window is open."""
    return Q(state=VisitState.OPEN, window_start__lte=today, window_end__gte=today)


def this_week_on(today: dt.date) -> Q:
    """Condition: open, and the window is open or opens within the next 7 days."""
    opens_by = today + dt.timedelta(days=WEEK_DAYS)
    return Q(state=VisitState.OPEN, window_start__lte=opens_by, window_end__gte=today)


def later_on(today: dt.date) -> Q:
    """Condition: planned, and the window opens in 8 to 30 days."""
    return soon_on(today) & Q(window_start__gt=today + dt.timedelta(days=WEEK_DAYS))


def overdue_on(today: dt.date) -> Q:
    """Condition: open, and the window is over."""
    return Q(state=VisitState.OPEN, window_end__lt=today)


def current(visits: QuerySet[ExpectedVisit]) -> QuerySet[ExpectedVisit]:
    """Without superseded visits and those of voided patients and enrolments."""
    return visits.filter(
        enrolment__voided_at__isnull=True, enrolment__patient__voided_at__isnull=True
    ).exclude(state=VisitState.SUPERSEDED)


@dataclass(frozen=True)
class WorklistRow:
    """One visit of the worklist; ``required`` is what is still to be provided.

    ``is_own_centre``: the reader belongs to the patient's centre. ``items`` are codes.
    """

    pk: int
    patient_id: int
    pseudonym: str
    centre: str
    is_own_centre: bool
    study: str
    key: str
    anchor: str
    items: tuple[str, ...]
    label: str
    target: dt.date | None
    window_start: dt.date | None
    window_end: dt.date | None
    required: str
    status: VisitStatus
    days_overdue: int


@dataclass(frozen=True)
class WorklistPart:
    """Visits of one urgency: the first ``rows`` of ``total``."""

    total: int
    rows: list[WorklistRow]


@dataclass(frozen=True)
class Worklist:
    """What there is to do, the longest overdue and the earliest to close first.

    A visit stands in one part only: ``this_week`` is open or opens within 7 days, ``later`` opens
    in 8 to 30 days.
    """

    overdue: WorklistPart
    this_week: WorklistPart
    later: WorklistPart
    waiting: WorklistPart


@dataclass(frozen=True)
class VisitCounts:
    """Visits by status on one day; ``soon`` is the part of ``planned`` of the next 30 days."""

    planned: int = 0
    soon: int = 0
    due: int = 0
    overdue: int = 0
    waiting: int = 0
    done: int = 0
    missed: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class CentreCounts:
    """Open visits of one study at one centre."""

    study_key: str
    study: str
    centre_code: str
    centre: str
    patients: int
    overdue: int
    due: int
    soon: int


@dataclass(frozen=True)
class StudySummary:
    """Expected visits of one study."""

    study_key: str
    visits: VisitCounts


@dataclass(frozen=True)
class FollowUpSummary:
    """Expected visits per study, and what became of the reminders in all."""

    studies: list[StudySummary]
    reminders_sent: int
    digests_sent: int
    digests_unknown: int


def worklist(user: User, today: dt.date, *, limit: int = 200) -> Worklist:
    """The worklist of a person: overdue, due this week, next 30 days, waiting for a date."""
    visits = current(ExpectedVisit.objects.visible_to(user))
    own_centres = Scope.of(user).centre_ids

    def part(condition: Q, order: str) -> WorklistPart:
        chosen = visits.filter(condition)
        rows = chosen.order_by(order, "enrolment__patient__pseudonym", "key")[:limit]
        return WorklistPart(chosen.count(), _rows(rows, today, own_centres))

    return Worklist(
        overdue=part(overdue_on(today), "window_end"),
        this_week=part(this_week_on(today), "window_end"),
        later=part(later_on(today), "window_start"),
        waiting=part(Q(state=VisitState.WAITING), "enrolment__patient__pseudonym"),
    )


def counts(user: User, today: dt.date) -> VisitCounts:
    """Visits that a person may see, by status."""
    return VisitCounts(
        **current(ExpectedVisit.objects.visible_to(user)).aggregate(**_count_columns(today))
    )


def per_centre_counts(today: dt.date, study: Study | None = None) -> list[CentreCounts]:
    """Open visits per study and centre of the scope, or of one study."""
    visits = current(ExpectedVisit.objects.get_queryset())
    if study is not None:
        visits = visits.filter(enrolment__study=study)
    columns = _count_columns(today)
    rows = (
        visits.order_by("enrolment__study__key", "enrolment__patient__centre__code")
        .values_list(
            "enrolment__study__key",
            "enrolment__study__title",
            "enrolment__patient__centre__code",
            "enrolment__patient__centre__name",
        )
        .annotate(
            patients=Count("enrolment__patient", distinct=True),
            **{name: columns[name] for name in ("overdue", "due", "soon")},
        )
    )
    return [CentreCounts(*row) for row in rows]


def visits_of(patient: Patient) -> list[ExpectedVisit]:
    """The expected visits of a patient by target date, those waiting for a date at the end.

    ``visit.status_on(today)`` gives the status, ``label`` and ``requirements_text`` the words.
    """
    visits = current(ExpectedVisit.objects.filter(enrolment__patient=patient))
    rows = visits.select_related("enrolment__study")
    return sorted(rows, key=lambda row: (row.target or dt.date.max, row.key))


def unscheduled_of(patient: Patient, visits: Iterable[ExpectedVisit]) -> list[Assessment]:
    """Assessments of a patient that count for none of these visits, by date."""
    counted = {pk for visit in visits for pk in visit.provided_by}
    rows = Assessment.objects.live().filter(patient=patient).exclude(pk__in=counted)
    return sorted(rows, key=lambda row: (str(row.assessed_on or "~"), row.number))


def counts_for_summary(today: dt.date) -> FollowUpSummary:
    """Figures of the whole scope: visits per study, reminders and digests sent."""
    rows = (
        current(ExpectedVisit.objects.get_queryset())
        .order_by("enrolment__study__key")
        .values("enrolment__study__key")
        .annotate(**_count_columns(today))
    )
    digests = Digest.objects.aggregate(
        sent=Count("pk", filter=Q(state=MailState.SENT)),
        unknown=Count("pk", filter=Q(state=MailState.UNKNOWN)),
    )
    return FollowUpSummary(
        studies=[_study_summary(dict(row)) for row in rows],
        reminders_sent=Reminder.objects.filter(digest__state=MailState.SENT, held="").count(),
        digests_sent=digests["sent"],
        digests_unknown=digests["unknown"],
    )


def _study_summary(row: dict[str, Any]) -> StudySummary:
    key = row.pop("enrolment__study__key")
    return StudySummary(key, VisitCounts(**row))


def _count_columns(today: dt.date) -> dict[str, Count]:
    conditions = {
        "planned": planned_on(today),
        "soon": soon_on(today),
        "due": due_on(today),
        "overdue": overdue_on(today),
        "waiting": Q(state=VisitState.WAITING),
        "done": Q(state=VisitState.DONE),
        "missed": Q(state=VisitState.MISSED),
        "cancelled": Q(state=VisitState.CANCELLED),
    }
    return {name: Count("pk", filter=condition) for name, condition in conditions.items()}


def _rows(
    visits: QuerySet[ExpectedVisit], today: dt.date, own_centres: Collection[int]
) -> list[WorklistRow]:
    related = visits.select_related("enrolment__study", "enrolment__patient__centre")
    return [
        WorklistRow(
            pk=visit.pk,
            patient_id=visit.enrolment.patient_id,
            pseudonym=visit.enrolment.patient.pseudonym,
            centre=visit.enrolment.patient.centre.name,
            is_own_centre=visit.enrolment.patient.centre_id in own_centres,
            study=visit.enrolment.study.key,
            key=visit.key,
            anchor=visit.anchor,
            items=tuple(visit.requirements),
            label=visit.label,
            target=visit.target,
            window_start=visit.window_start,
            window_end=visit.window_end,
            required=visit.outstanding_text,
            status=visit.status_on(today),
            days_overdue=max(0, (today - visit.window_end).days) if visit.window_end else 0,
        )
        for visit in related
    ]
