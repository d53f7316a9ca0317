"""The audit trail over many patients: which events a person may read, cut to what is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import (
    AUDITED_MODELS,
    ApiToken,
    AuditEvent,
    Centre,
    Enrolment,
    Identity,
    Membership,
    Participation,
    Patient,
    ProtocolVersion,
    Screening,
    Study,
    User,
)
from registry.permissions import centres_with, may_anywhere, studies_with
from registry.roles import Action
from registry.selectors.history import Change, readable

ACCOUNT_TABLES = tuple(
    model._meta.db_table
    for model in (User, ApiToken, Membership, Centre, Study, Participation, ProtocolVersion)
)
"""Tables without patients: accounts, roles, and the places that they are for."""

CASE_TABLES = tuple(
    model._meta.db_table for model in AUDITED_MODELS if model._meta.db_table not in ACCOUNT_TABLES
)

IDENTITY_TABLE = Identity._meta.db_table

NOBODY = gettext_lazy("The registry itself")
"""Who made an event that no person made."""

FEW_PATIENTS = 1000
"""Of so many at most, all rows are sorted to find the newest."""

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class AuditReach:
    """Of whose cases a person reads the audit trail, and whether that of the accounts.

    Attributes:
        centre_ids: centres whose patients' trail is read with the rows of the identity.
        study_ids: studies whose enrolled patients' trail is read without them.
    """

    centre_ids: frozenset[int]
    study_ids: frozenset[int]
    keeps_accounts: bool

    @classmethod
    def of(cls, user: User) -> AuditReach:
        """What the person's roles of today allow."""
        return cls(
            centre_ids=frozenset(
                centres_with(user, Action.READ_AUDIT).values_list("pk", flat=True)
            ),
            study_ids=studies_with(user, Action.READ_AUDIT),
            keeps_accounts=may_anywhere(user, Action.MANAGE_ACCOUNTS),
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables of which there may be events."""
        cases = CASE_TABLES if self.centre_ids or self.study_ids else ()
        if not self.centre_ids:
            cases = tuple(table for table in cases if table != IDENTITY_TABLE)
        return (*cases, *(ACCOUNT_TABLES if self.keeps_accounts else ()))

    def patient(self, pseudonym: str) -> Patient | None:
        """The patient of this pseudonym whose trail is read; None for any other."""
        of_studies = Q(Exists(self._enrolled(OuterRef("pk"))))
        within = Patient._base_manager.filter(Q(centre__in=self.centre_ids) | of_studies)
        return within.filter(pseudonym=pseudonym).first()

    def patients(self) -> Q:
        """Condition on rows that name a patient: the patient's trail is read."""
        return self._own | Q(Exists(self._enrolled(OuterRef("patient_id"))))

    def events(self) -> QuerySet[AuditEvent]:
        """Every event that the person may read, the newest first."""
        condition = Q(pk__in=())
        if self.centre_ids:
            condition |= self._own
        if self.study_ids:
            enrolled = self._enrolled(OuterRef("patient_id"))
            condition |= Q(Exists(enrolled)) & ~Q(table=IDENTITY_TABLE)
        if self.centre_ids or self.study_ids:
            condition |= Q(patient_id=None, table=Screening._meta.db_table) & self._screened()
        if self.keeps_accounts:
            condition |= Q(patient_id=None, table__in=ACCOUNT_TABLES)
        return AuditEvent.objects.filter(condition).order_by("-id")

    def events_of(self, patient: Patient) -> QuerySet[AuditEvent]:
        """The events of a patient that :meth:`patient` gave, the newest first."""
        events = AuditEvent.objects.filter(patient_id=patient.pk).order_by("-id")
        if patient.centre_id not in self.centre_ids:
            events = events.exclude(table=IDENTITY_TABLE)
        return events

    @cached_property
    def _own(self) -> Q:
        """Rows of patients of the own centres.

        Few patients are named one by one: their rows are then read along the index of patients.
        Otherwise the whole trail might be read for a page of them.
        """
        own = Patient._base_manager.filter(centre__in=self.centre_ids)
        keys = list(own.values_list("pk", flat=True)[: FEW_PATIENTS + 1])
        if len(keys) <= FEW_PATIENTS:
            return Q(patient_id__in=keys)
        return Q(Exists(own.filter(pk=OuterRef("patient_id"))))

    def _enrolled(self, key: OuterRef) -> QuerySet[Enrolment]:
        return Enrolment._base_manager.filter(
            patient=key, study__in=self.study_ids, voided_at__isnull=True
        )

    def _screened(self) -> Q:
        """A screening before a patient came of it: read with the patient, or by its centre."""
        readers = (
            Q(patient__isnull=True, centre__in=self.centre_ids)
            | Q(patient__centre__in=self.centre_ids)
            | Q(study__in=self.study_ids)
        )
        return Q(Exists(Screening._base_manager.filter(readers, pk=OuterRef("row_id"))))


@dataclass(frozen=True)
class TrailFilter:
    """What the trail is cut to; "" and None for any. Days are those of UTC, both included."""

    patient: str = ""
    person: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    table: str = ""
    operation: str = ""


@dataclass(frozen=True)
class TrailLine:
    """A change, with the pseudonym of its patient or ""."""

    change: Change
    pseudonym: str


def trail(reach: AuditReach, cut: TrailFilter) -> QuerySet[AuditEvent]:
    """The events that fit, the newest first; none for a patient or person who is not to be seen."""
    if cut.patient:
        patient = reach.patient(cut.patient)
        events = AuditEvent.objects.none() if patient is None else reach.events_of(patient)
    else:
        events = reach.events()
    if cut.person:
        events = events.filter(by_person("actor_id", cut.person))
    events = events.filter(in_days(cut.first_day, cut.last_day))
    if cut.table:
        events = events.filter(table=cut.table)
    if cut.operation:
        events = events.filter(operation=cut.operation)
    return events


def lines_of(events: Iterable[AuditEvent]) -> list[TrailLine]:
    """Events in words, in a fixed number of queries; birth dates to the year, for everybody."""
    changes = readable(events, own_centre=False)
    names = pseudonyms(change.patient_id for change in changes)
    return [TrailLine(change, names.get(change.patient_id or 0, "")) for change in changes]


def pseudonyms(patient_ids: Iterable[int | None]) -> dict[int, str]:
    """Pseudonyms by key, of patients whose trail was read within the reach of the reader."""
    keys = {key for key in patient_ids if key is not None}
    rows = Patient._base_manager.filter(pk__in=keys)
    return dict(rows.values_list("pk", "pseudonym")) if keys else {}


def by_person(column: str, name: str) -> Q:
    """Condition: the person of this user name or shown name, or nobody."""
    if name == str(NOBODY):
        return Q(**{column: None})
    spelled = User.objects.normalise(name)
    called = User.objects.filter(Q(username=spelled) | Q(display_name__iexact=name))
    return Q(**{f"{column}__in": list(called.values_list("pk", flat=True))})


def in_days(first: dt.date | None, last: dt.date | None) -> Q:
    """Condition: at a moment of these days (UTC), both included."""
    condition = Q()
    if first is not None:
        condition &= Q(at__gte=_midnight(first))
    if last is not None:
        condition &= Q(at__lt=_midnight(last) + dt.timedelta(days=1))
    return condition


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def people_of(reach: AuditReach) -> list[str]:
    """User names to suggest: those with a role at the reader's places, all for account keepers."""
    people = User.objects.order_by("username")
    if not reach.keeps_accounts:
        held = Membership.objects.filter(
            Q(centre__in=reach.centre_ids) | Q(study__in=reach.study_ids)
        )
        people = people.filter(pk__in=held.values("user"))
    return [*people.values_list("username", flat=True)[:MOST_PEOPLE], _("The registry itself")]


MOST_PEOPLE = 500
"""Names that a page suggests."""


def page_of(rows: QuerySet[M], before: int | None, per_page: int) -> tuple[list[M], int | None]:
    """A page of rows in falling order of their keys, and the key that the next one comes before."""
    found = list((rows if before is None else rows.filter(pk__lt=before))[: per_page + 1])
    return found[:per_page], found[per_page - 1].pk if len(found) > per_page else None


def chunks_of(rows: QuerySet[M], size: int, most: int) -> Iterator[Sequence[M]]:
    """At most ``most`` rows, ``size`` in memory at a time."""
    before: int | None = None
    for _number in range(most // size):
        part, before = page_of(rows, before, size)
        if part:
            yield part
        if before is None:
            return
