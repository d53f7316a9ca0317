"""The rows of a study's patients, table by table, as plain values.

A registry of 100,000 patients has millions of rows, so no model instance is made. Voided rows,
rows of voided parents and voided patients are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable

from analytics.extract.days import Day, day_of
from analytics.extract.facts import PatientFacts
from registry.models import ClinicalRow, Enrolment, Patient, ProtocolVersion, Study
from registry.models.choices import WithdrawalScope
from registry.operation import surgery_follows_rt


@dataclass(frozen=True)
class StudyRows:
    """The enrolled patients of a study by their key, and a way to the rows of each table."""

    study: Study
    version: ProtocolVersion
    data_cut: dt.date | None
    patients: dict[int, PatientFacts]
    enrolled: QuerySet[Enrolment]

    @classmethod
    def read(
        cls, study: Study, data_cut: dt.date | None, *, only: Patient | None = None
    ) -> StudyRows:
        """The patients within the scope in force, or one of them, still without facts.

        Raises:
            ValueError: a data cut for a study whose dates are relative.
            ProtocolVersion.DoesNotExist: the study has no protocol.
            ScopeError: outside any scope.
        """
        if data_cut is not None and study.dates_are_relative:
            raise ValueError(
                f"data_cut: the dates of study {study.key} are relative, a day of the calendar "
                "cuts nothing there"
            )
        version = study.protocol_version()
        enrolled = Enrolment.objects.live().filter(study=study, patient__voided_at__isnull=True)
        if only is not None:
            enrolled = enrolled.filter(patient=only)
        follows_rt = surgery_follows_rt(version.protocol.schedule)
        patients = _patients(enrolled, data_cut, follows_rt)
        return cls(study, version, data_cut, patients, enrolled)

    def of(
        self, model: type[ClinicalRow], *columns: str | Combinable, where: Q | None = None
    ) -> Iterator[tuple[PatientFacts, tuple[Any, ...]]]:
        """The patient and the columns of every live row of a table, in no order: one query."""
        path = model.patient_path or "pk"
        rows = model.objects.live().filter(
            **{f"{path}__in": self.enrolled.values("patient")}, **_live_parents(path)
        )
        if where is not None:
            rows = rows.filter(where)
        key = "pk" if path == "pk" else f"{path}_id"
        for patient_id, *values in (
            rows.order_by().values_list(key, *columns).iterator(chunk_size=10_000)
        ):
            # A row written while we read may belong to a patient enrolled since.
            if patient_id in self.patients:
                yield self.patients[patient_id], tuple(values)


def date_text(column: str | Combinable) -> ExpressionWrapper:
    """A date column as the ISO text that is stored, without making an object of every value."""
    expression = F(column) if isinstance(column, str) else column
    return ExpressionWrapper(expression, output_field=CharField())


def known_day_of(patient: PatientFacts, text: str | None) -> Day | None:
    """The day of an ISO text, None where there is none or it lies after the patient's cut."""
    return None if text is None else patient.known(day_of(text))


def _live_parents(path: str) -> dict[str, bool]:
    """ "target__course__patient": neither target nor course may be voided."""
    parents = path.split("__")[:-1]
    return {
        f"{'__'.join(parents[: depth + 1])}__voided_at__isnull": True
        for depth in range(len(parents))
    }


def _patients(
    enrolments: QuerySet[Enrolment], data_cut: dt.date | None, follows_rt: bool
) -> dict[int, PatientFacts]:
    patients: dict[int, PatientFacts] = {}
    for patient_id, pseudonym, centre, enrolled, scope, withdrawn in enrolments.values_list(
        "patient_id",
        "patient__pseudonym",
        "patient__centre__code",
        date_text("enrolled_on"),
        "withdrawal_scope",
        date_text("withdrawn_on"),
    ):
        if data_cut is not None and enrolled and day_of(enrolled).day > data_cut:
            continue  # not of the study yet
        cut = data_cut
        if scope == WithdrawalScope.ALL and withdrawn:
            # In doubt for the patient: the first day that a partial date may stand for.
            withdrawal = day_of(withdrawn).earliest
            cut = withdrawal if cut is None else min(cut, withdrawal)
        patient = PatientFacts(pseudonym, centre, cut, follows_rt)
        patient.enrolled = known_day_of(patient, enrolled)
        patients[patient_id] = patient
    return patients
