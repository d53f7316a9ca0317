"""The tables of a study as they are now, as far as the scope in force shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet

from registry.models import ClinicalRow, Enrolment, Patient, ProtocolVersion, Screening, Study


@dataclass(frozen=True, slots=True)
class DateText:
    """A date column, read as the ISO text that is stored: no object is made of every value."""

    path: str


Column = str | DateText
"""A column of a table or, by a path such as "term__soc", of a row that it points to."""

ENROLMENT_COLUMNS: tuple[Column, ...] = (
    "patient_id",
    "patient__pseudonym",
    "patient__centre__code",
    DateText("enrolled_on"),
    "withdrawal_scope",
    DateText("withdrawn_on"),
)
SCREENING_COLUMNS: tuple[Column, ...] = (
    "number",
    DateText("screened_on"),
    "centre__code",
    "patient__pseudonym",
    "outcome",
    "reason_not_enrolled",
)


@dataclass(frozen=True)
class LiveTables:
    """Every method is one query."""

    study: Study
    only: Patient | None = None

    @cached_property
    def version(self) -> ProtocolVersion:
        """The protocol version in force today."""
        return self.study.protocol_version()

    @cached_property
    def _enrolled(self) -> QuerySet[Enrolment]:
        rows = Enrolment.objects.live().filter(study=self.study, patient__voided_at__isnull=True)
        return rows if self.only is None else rows.filter(patient=self.only)

    def enrolments(self) -> Iterator[tuple[Any, ...]]:
        """The columns of ``ENROLMENT_COLUMNS`` of every live enrolment of a live patient."""
        return iter(self._enrolled.values_list(*map(_expression, ENROLMENT_COLUMNS)))

    def screenings(self) -> Iterator[tuple[Any, ...]]:
        """The columns of ``SCREENING_COLUMNS`` of every live screening but of voided patients."""
        rows = Screening.objects.live().filter(
            Q(patient__isnull=True) | Q(patient__voided_at__isnull=True), study=self.study
        )
        return iter(rows.order_by().values_list(*map(_expression, SCREENING_COLUMNS)))

    def of(
        self, model: type[ClinicalRow], columns: tuple[Column, ...]
    ) -> Iterator[tuple[Any, ...]]:
        """Key of the patient and the columns of every live row of a table."""
        path = model.patient_path or "pk"
        rows = model.objects.live().filter(
            **{f"{path}__in": self._enrolled.values("patient")}, **_live_parents(path)
        )
        key = "pk" if path == "pk" else f"{path}_id"
        named = rows.order_by().values_list(key, *map(_expression, columns))
        return named.iterator(chunk_size=10_000)


def _expression(column: Column) -> str | ExpressionWrapper:
    if isinstance(column, str):
        return column
    return ExpressionWrapper(F(column.path), output_field=CharField())


def _live_parents(path: str) -> dict[str, bool]:
    """ "target__course__patient": neither target nor course may be voided."""
    parents = path.split("__")[:-1]
    return {
        f"{'__'.join(parents[: depth + 1])}__voided_at__isnull": True
        for depth in range(len(parents))
    }
