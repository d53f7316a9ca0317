"""The rows of a study's patients, table by table, as plain values.

A registry of 100,000 patients has millions of rows, so no model instance is made. Voided rows,
rows of voided parents and voided patients are left out. Rows come from the tables as they are now
(:mod:`analytics.extract.tables`) or as they were (:mod:`analytics.extract.past`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from analytics.extract.days import Day, day_of
from analytics.extract.facts import PatientFacts
from analytics.extract.past import PastTables
from analytics.extract.tables import Column, LiveTables
from registry.models import ClinicalRow, Patient, ProtocolVersion, Study
from registry.models.choices import WithdrawalScope
from registry.operation import surgery_follows_rt


class Tables(Protocol):
    """Where the rows come from."""

    @property
    def version(self) -> ProtocolVersion:
        """The protocol version in force."""

    def enrolments(self) -> Iterator[tuple[Any, ...]]:
        """The columns of ``ENROLMENT_COLUMNS`` of every live enrolment of the study."""

    def screenings(self) -> Iterator[tuple[Any, ...]]:
        """The columns of ``SCREENING_COLUMNS`` of every live screening of the study."""

    def of(
        self, model: type[ClinicalRow], columns: tuple[Column, ...]
    ) -> Iterator[tuple[Any, ...]]:
        """Key of the patient and the columns of every live row of a table."""


@dataclass(frozen=True)
class StudyRows:
    """The enrolled patients of a study by their key, and a way to the rows of each table."""

    study: Study
    version: ProtocolVersion
    data_cut: dt.date | None
    known_at: dt.datetime | None
    patients: dict[int, PatientFacts]
    tables: Tables

    @classmethod
    def read(
        cls,
        study: Study,
        data_cut: dt.date | None,
        known_at: dt.datetime | None = None,
        *,
        only: Patient | None = None,
    ) -> StudyRows:
        """The patients within the scope in force, or one of them, still without facts.

        Args:
            known_at: what was on file at that moment; None for what is on file now. Of a past
                moment only the whole study can be read.

        Raises:
            ValueError: a data cut for a study whose dates are relative.
            ProtocolVersion.DoesNotExist: the study has no protocol, or had none then.
            ScopeError: outside any scope; for a past moment, in the scope of a person.
        """
        if data_cut is not None and study.dates_are_relative:
            raise ValueError(
                f"data_cut: the dates of study {study.key} are relative, a day of the calendar "
                "cuts nothing there"
            )
        tables = tables_at(study, known_at, only=only)
        version = tables.version
        follows_rt = surgery_follows_rt(version.protocol.schedule)
        patients = _patients(tables, data_cut, follows_rt)
        return cls(study, version, data_cut, known_at, patients, tables)

    def of(
        self, model: type[ClinicalRow], *columns: Column
    ) -> Iterator[tuple[PatientFacts, tuple[Any, ...]]]:
        """The patient and the columns of every live row of a table, in no order: one query."""
        for patient_id, *values in self.tables.of(model, columns):
            # A row written while we read may belong to a patient enrolled since.
            if patient_id in self.patients:
                yield self.patients[patient_id], tuple(values)


def tables_at(study: Study, known_at: dt.datetime | None, *, only: Patient | None = None) -> Tables:
    """The tables as they are now (None), or as they were at that moment.

    Raises:
        ScopeError: a past moment in the scope of a person.
        ValueError: one patient at a past moment, for which there is
            :func:`registry.selectors.past_state.state_at`.
    """
    if known_at is None:
        return LiveTables(study, only)
    if only is not None:
        raise ValueError("a past state is read of the whole study")
    return PastTables(study, known_at)


def known_day_of(patient: PatientFacts, text: str | None) -> Day | None:
    """The day of an ISO text, None where there is none or it lies after the patient's cut."""
    return None if text is None else patient.known(day_of(text))


def _patients(
    tables: Tables, data_cut: dt.date | None, follows_rt: bool
) -> dict[int, PatientFacts]:
    patients: dict[int, PatientFacts] = {}
    for patient_id, pseudonym, centre, enrolled, scope, withdrawn in tables.enrolments():
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
