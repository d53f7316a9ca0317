"""Patients who may be lost to follow-up, for a person to decide; losses declared and undone.

All of it answers within the scope in force, in a fixed number of queries.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, Exists, F, Min, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Length, Substr
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan

from followup.models import ExpectedVisit, VisitState
from followup.rules import reminder_policies
from followup.selectors.visits import current
from registry.models import (
    Assessment,
    Death,
    ImagingStudy,
    LossToFollowUp,
    Patient,
)
from registry.partial_date import PartialDate, analysis_date
from registry.scope import current_scope

_DAY = 10
"""Characters of a date that is known to the day."""


@dataclass(frozen=True)
class LossProposal:
    """A patient whom nobody has seen for longer than the protocol allows.

    Attributes:
        last_known_alive: the latest contact, examination or statement on record; None for none.
        overdue_since: last day of the window of the first visit that counts.
        visits: how many open visits have been overdue for longer than the protocol's limit.
    """

    patient_id: int
    pseudonym: str
    centre: str
    is_own_centre: bool
    studies: str
    last_known_alive: PartialDate | None
    overdue_since: dt.date
    days_overdue: int
    visits: int


@dataclass(frozen=True)
class ProposalCount:
    """Proposals at one centre of a study."""

    study_key: str
    study: str
    centre_code: str
    centre: str
    patients: int


def long_overdue(today: dt.date) -> QuerySet[ExpectedVisit]:
    """Open visits for whose sake a patient may be lost.

    Overdue by more days than the protocol's ``lost_after_days``, of patients who live, stay in the
    study and are not lost already, and of whom nothing is on record since the window closed: no
    contact, examination or statement that may lie after it, as far as its date is known.
    """
    visits = current(ExpectedVisit.objects.filter(_beyond_limit(today), state=VisitState.OPEN))
    return visits.filter(
        ~Exists(_of_patient(Death)),
        ~Exists(_of_patient(LossToFollowUp).filter(found_again_on__isnull=True)),
        ~_known_since(_of_patient(Assessment), "assessed_on"),
        ~_known_since(_images_of_patient(), "performed_on"),
        ~_known_since(_of_patient(LossToFollowUp), "last_known_alive_on"),
        ~_known_since(_of_patient(LossToFollowUp), "found_again_on"),
        enrolment__withdrawal_scope="",
    )


def proposed_patients(today: dt.date, *, study: str = "", centre: str = "") -> QuerySet[Patient]:
    """Patients for whom a loss is proposed, the longest overdue first; to be counted and cut.

    ``study`` and ``centre`` are a key and a code, "" for all.
    """
    visits = long_overdue(today)
    if study:
        visits = visits.filter(enrolment__study__key=study)
    if centre:
        visits = visits.filter(enrolment__patient__centre__code=centre)
    patients: QuerySet[Patient] = Patient.objects.get_queryset()
    counted = Q(enrolments__expected_visits__in=visits.order_by().values("pk"))
    return (
        patients.filter(counted)
        .annotate(
            overdue_since=Min("enrolments__expected_visits__window_end"),
            overdue_visits=Count("enrolments__expected_visits", distinct=True),
        )
        .select_related("centre")
        .order_by("overdue_since", "pseudonym")
    )


def as_proposals(patients: Iterable[Patient], today: dt.date) -> list[LossProposal]:
    """A page of :func:`proposed_patients` with what else is told of each."""
    rows = list(patients)
    keys = [row.pk for row in rows]
    known = _last_known_alive(keys)
    studies = _studies_of(keys)
    scope = current_scope()
    own = scope.centre_ids if scope is not None else frozenset()
    return [
        LossProposal(
            patient_id=row.pk,
            pseudonym=row.pseudonym,
            centre=row.centre.name,
            is_own_centre=row.centre_id in own,
            studies=", ".join(studies[row.pk]),
            last_known_alive=known.get(row.pk),
            overdue_since=row.overdue_since,  # type: ignore[attr-defined]
            days_overdue=(today - row.overdue_since).days,  # type: ignore[attr-defined]
            visits=row.overdue_visits,  # type: ignore[attr-defined]
        )
        for row in rows
    ]


def proposals_by_centre(today: dt.date) -> list[ProposalCount]:
    """Proposals per study and centre of the scope; a centre without any is left out."""
    rows = (
        long_overdue(today)
        .order_by("enrolment__study__key", "enrolment__patient__centre__code")
        .values_list(
            "enrolment__study__key",
            "enrolment__study__title",
            "enrolment__patient__centre__code",
            "enrolment__patient__centre__name",
        )
        .annotate(patients=Count("enrolment__patient", distinct=True))
    )
    return [ProposalCount(*row) for row in rows]


def losses(*, found_again: bool, study: str = "", centre: str = "") -> QuerySet[LossToFollowUp]:
    """Losses that hold, or that were undone by finding the patient again; the newest first."""
    rows: QuerySet[LossToFollowUp] = LossToFollowUp.objects.live().filter(
        found_again_on__isnull=not found_again, patient__voided_at__isnull=True
    )
    if study:
        rows = rows.filter(
            Exists(
                Patient.objects.filter(
                    pk=OuterRef("patient"),
                    enrolments__study__key=study,
                    enrolments__voided_at__isnull=True,
                )
            )
        )
    if centre:
        rows = rows.filter(patient__centre__code=centre)
    order = "found_again_on" if found_again else "declared_on"
    return rows.select_related("patient__centre").order_by(F(order).desc(nulls_last=True), "-pk")


def _beyond_limit(today: dt.date) -> Q:
    """Condition: overdue for longer than the protocol of the enrolment allows."""
    versions: dict[int, list[int]] = defaultdict(list)
    for version, policy in reminder_policies(today).items():
        versions[policy.lost_after_days].append(version)
    condition = Q(pk__in=[])
    for days, keys in versions.items():
        closed_before = today - dt.timedelta(days=days)
        condition |= Q(enrolment__protocol_version__in=keys, window_end__lt=closed_before)
    return condition


def _of_patient(model: type[Model]) -> QuerySet[Model]:
    """Live rows of the visit's patient. Whose visit is in scope, all of them are."""
    return model._base_manager.filter(
        patient=OuterRef("enrolment__patient"), voided_at__isnull=True
    )


def _images_of_patient() -> QuerySet[ImagingStudy]:
    return ImagingStudy._base_manager.filter(
        assessment__patient=OuterRef("enrolment__patient"),
        assessment__voided_at__isnull=True,
        voided_at__isnull=True,
    )


def _known_since(rows: QuerySet[Model] | QuerySet[ImagingStudy], column: str) -> Exists:
    """A row whose date may lie after the last day of the visit's window.

    Compared at the precision that the date has, as dates of less precision are elsewhere.
    """
    closed = Cast(OuterRef("window_end"), CharField())
    date = Cast(F(column), CharField())
    same_precision = Substr(closed, 1, Length(date))
    return Exists(
        rows.filter(
            Q(GreaterThan(Substr(date, 1, _DAY), same_precision))
            | Q(
                LessThan(Length(date), Value(_DAY)),
                GreaterThanOrEqual(Substr(date, 1, _DAY), same_precision),
            )
        )
    )


def _last_known_alive(patient_ids: Collection[int]) -> dict[int, PartialDate]:
    """Per patient, what :func:`registry.derive.last_known_alive` says of one."""
    latest: dict[int, PartialDate] = {}
    sources = (
        (Assessment, "patient_id", "assessed_on"),
        (ImagingStudy, "assessment__patient_id", "performed_on"),
        (LossToFollowUp, "patient_id", "last_known_alive_on"),
    )
    for model, patient, column in sources:
        rows = model.objects.live().filter(
            **{f"{patient.removesuffix('_id')}__in": patient_ids, f"{column}__isnull": False}
        )
        for patient_id, date in rows.order_by().values_list(patient, column):
            held = latest.get(patient_id)
            if held is None or analysis_date(held)[0] < analysis_date(date)[0]:
                latest[patient_id] = date
    return latest


def _studies_of(patient_ids: Collection[int]) -> dict[int, list[str]]:
    """Keys of the studies in which each patient has open visits, in order."""
    rows = (
        current(
            ExpectedVisit.objects.filter(enrolment__patient__in=patient_ids, state=VisitState.OPEN)
        )
        .order_by("enrolment__study__key")
        .values_list("enrolment__patient_id", "enrolment__study__key")
        .distinct()
    )
    found: dict[int, list[str]] = defaultdict(list)
    for patient_id, key in rows:
        found[patient_id].append(key)
    return found
