"""The tables of a study as they were at a moment, rebuilt from the audit trail alone.

Of every row the last event until then holds all columns (docs/decisions/0026). What has no history
there is as it is today: terms, codes of centres, and the study itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Field, Max, Model, QuerySet
from django.utils import timezone

from analytics.extract.tables import (
    ENROLMENT_COLUMNS,
    SCREENING_COLUMNS,
    Column,
    DateText,
)
from registry.models import (
    AuditEvent,
    ClinicalRow,
    Enrolment,
    Patient,
    ProtocolVersion,
    Screening,
    Study,
)
from registry.scope import ScopeError
from registry.selectors.stored_values import column_value
from registry.selectors.studies import scope_in_force

Stored = Mapping[str, Any]
Read = Callable[[Stored], Any]


class _Row(NamedTuple):
    patient_id: int | None
    stored: Stored


class PastTables:
    """One query for each table that is read, whatever the number of patients.

    Rows count from when they were written, by the clock of the database.

    Raises:
        ScopeError: in the scope of a person. Who saw which patient then is not known, so only the
            installation reads a past state of a whole study.
    """

    def __init__(self, study: Study, moment: dt.datetime) -> None:
        if not scope_in_force().everything:
            raise ScopeError("a past state of a study is read over all centres, by the system")
        self.study, self._moment = study, moment
        # SQLite compares times as texts, and "12:00:00.000" comes after "12:00:00".
        self._events = AuditEvent.objects.filter(at__lt=moment + dt.timedelta(microseconds=1))
        self._held: dict[type[Model], dict[int, _Row]] = {}
        self._today: dict[type[Model], dict[Any, Model]] = {}

    @cached_property
    def version(self) -> ProtocolVersion:
        """The protocol version that was in force then.

        Raises:
            ProtocolVersion.DoesNotExist: the study had none yet.
        """
        last = self._last_of(ProtocolVersion).filter(new__study_id=self.study.pk)
        versions = [
            _instance(ProtocolVersion, new or {}) for new in last.values_list("new", flat=True)
        ]
        if not versions:
            raise ProtocolVersion.DoesNotExist(f"study {self.study.key} had no protocol then")
        day = timezone.localdate(self._moment, timezone.get_default_timezone())
        effective = [one for one in versions if one.effective_on <= day]
        if effective:
            return max(effective, key=lambda one: one.number)
        return min(versions, key=lambda one: one.number)

    def enrolments(self) -> Iterator[tuple[Any, ...]]:
        """The columns of ``ENROLMENT_COLUMNS`` of every live enrolment of a live patient."""
        read = [self._reader(Enrolment, column) for column in ENROLMENT_COLUMNS]
        for _patient_id, stored in self._rows(Enrolment).values():
            if stored["study_id"] == self.study.pk and self._is_live(Enrolment, stored):
                yield tuple(one(stored) for one in read)

    def screenings(self) -> Iterator[tuple[Any, ...]]:
        """The columns of ``SCREENING_COLUMNS`` of every live screening but of voided patients."""
        read = [self._reader(Screening, column) for column in SCREENING_COLUMNS]
        for stored in self._screenings:
            if self._is_live(Screening, stored):
                yield tuple(one(stored) for one in read)

    def of(
        self, model: type[ClinicalRow], columns: tuple[Column, ...]
    ) -> Iterator[tuple[Any, ...]]:
        """Key of the patient and the columns of every live row of a table."""
        read = [self._reader(model, column) for column in columns]
        for patient_id, stored in self._rows(model).values():
            if self._is_live(model, stored):
                yield patient_id, *(one(stored) for one in read)

    def _last_of(self, model: type[Model]) -> QuerySet[AuditEvent]:
        """The last event of every row of a table; without those that delete one."""
        events = self._events.filter(table=model._meta.db_table)
        last = events.order_by().values("row_id").annotate(last=Max("id")).values("last")
        return events.filter(id__in=last, new__isnull=False).order_by()

    def _rows(self, model: type[Model]) -> dict[int, _Row]:
        """The rows of all patients that ever were of the study, and of those screened for it."""
        if model not in self._held:
            ever = self._events.filter(
                table=Enrolment._meta.db_table, new__study_id=self.study.pk
            ).values("patient_id")
            last = self._last_of(model)
            rows = last.filter(patient_id__in=ever)
            if model is Patient:
                screened = {stored["patient_id"] for stored in self._screenings}
                rows = rows | last.filter(patient_id__in=screened - {None})
            self._held[model] = {
                row_id: _Row(patient_id, new or {})
                for row_id, patient_id, new in rows.values_list("row_id", "patient_id", "new")
            }
        return self._held[model]

    @cached_property
    def _screenings(self) -> list[Stored]:
        last = self._last_of(Screening).filter(new__study_id=self.study.pk)
        return [new or {} for new in last.values_list("new", flat=True)]

    def _is_live(self, model: type[ClinicalRow], stored: Stored) -> bool:
        """Neither the row is voided, nor a row on the way to its patient, nor the patient."""
        if stored["voided_at"] is not None:
            return False
        if not model.patient_path:
            return True
        name = model.patient_path.split("__")[0]
        field = _field(model, name)
        key = stored[str(field.column)]
        if key is None:
            return True  # a screening of somebody who is no patient
        parent: Any = field.related_model
        row = self._rows(parent).get(key)
        return row is not None and self._is_live(parent, row.stored)

    def _reader(self, model: type[Model], column: Column) -> Read:
        """What reads a column from the stored values of a row."""
        path = column.path if isinstance(column, DateText) else column
        name, _, rest = path.partition("__")
        field = _field(model, name)
        if rest:
            related: Any = field.related_model
            further = DateText(rest) if isinstance(column, DateText) else rest
            return self._follow(str(field.column), related, further)
        key = str(field.column)
        if isinstance(column, DateText):
            return lambda stored: stored.get(key)
        default = field.get_default()
        return lambda stored: column_value(field, stored[key]) if key in stored else default

    def _follow(self, key: str, related: type[Model], column: Column) -> Read:
        """What reads a column of the row that a key points to."""
        if issubclass(related, ClinicalRow):
            rows, read = self._rows(related), self._reader(related, column)
            return lambda stored: read(rows[stored[key]].stored) if stored[key] in rows else None
        if related not in self._today:
            self._today[related] = related._default_manager.in_bulk()
        there, name = self._today[related], str(column)
        return lambda stored: getattr(there.get(stored[key]), name, None)


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    if name == "pk":
        return model._meta.pk
    return next(one for one in model._meta.concrete_fields if name in (one.name, one.attname))


def _instance(model: type[ProtocolVersion], stored: Stored) -> ProtocolVersion:
    return model(
        **{
            field.attname: column_value(field, stored[str(field.column)])
            for field in model._meta.concrete_fields
            if field.column in stored
        }
    )
