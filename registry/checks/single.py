"""Formal checks: each looks at one row at a time, by the rules of its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from registry.applicability import CONDITIONS, Condition
from registry.case import Case
from registry.charlson import conditions_of
from registry.checks.place import Place
from registry.models import (
    Assessment,
    Baseline,
    ClinicalRow,
    CtcaeGrade,
    Disease,
    DoseMetric,
    Enrolment,
    Patient,
    Screening,
    ToxicityEvent,
)
from registry.models.choices import MissingReason


def row_rules(case: Case, today: dt.date) -> Iterator[Place]:
    """Every row keeps the rules of its table: codes, ranges, order of dates."""
    for row in case.all_rows():
        if row.rules is not None:
            for field, message in row.rules.problems(row):
                yield Place(row, field, message)


@cache
def _needed(model: type[ClinicalRow]) -> tuple[str, ...]:
    """Columns that a row of the table cannot do without."""
    return tuple(
        field.name
        for field in model.content_fields()
        if not field.blank and not field.is_relation and not field.has_default()
    )


def required_columns(case: Case, today: dt.date) -> Iterator[Place]:
    """Columns that a row cannot do without hold something."""
    for row in case.all_rows():
        for name in _needed(type(row)):
            if getattr(row, name) in (None, ""):
                yield Place(row, name, _("is needed"))


@cache
def _names(model: type[ClinicalRow]) -> frozenset[str]:
    return frozenset(field.name for field in model.content_fields())


def missing_reasons(case: Case, today: dt.date) -> Iterator[Place]:
    """A reason for a missing value stands only where the value is missing, and is a known one."""
    for row in case.all_rows():
        for name, reason in row.missing.items():
            if name not in _names(type(row)):
                yield Place(row, name, _("there is no such field"))
            elif reason not in MissingReason.values:
                yield Place(row, name, _("“{reason}” is not a reason").format(reason=reason))
            elif getattr(row, name) not in (None, ""):
                yield Place(row, name, _("has a value and a reason why it is missing"))


def not_asked(case: Case, today: dt.date) -> Iterator[Place]:
    """A field that another answer of the row rules out holds nothing."""
    for row in case.all_rows():
        for name, condition in _conditions(type(row)):
            if getattr(row, name) not in (None, "") and condition.forbids(row):
                message = _("does not apply when “{question}” is “{answer}”: correct one of them")
                question, answer = _words(row, condition.field)
                yield Place(row, name, message.format(question=question, answer=answer))


@cache
def _conditions(model: type[ClinicalRow]) -> tuple[tuple[str, Condition], ...]:
    return tuple(CONDITIONS.get(model.entity(), {}).items())


def _words(row: ClinicalRow, name: str) -> tuple[str, str]:
    """Question and answer of a field as a person knows them."""
    field: Any = row._meta.get_field(name)
    value = getattr(row, name)
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    elif field.choices:
        value = dict(field.flatchoices).get(value, value)
    return str(field.verbose_name), str(value)


def performance_in_tens(case: Case, today: dt.date) -> Iterator[Place]:
    """Karnofsky performance status goes in tens."""
    rows: list[Baseline | Assessment] = [*case.of(Baseline), *case.of(Assessment)]
    for row in rows:
        lowest = 0 if isinstance(row, Baseline) else 10
        if row.kps is not None and row.kps not in range(lowest, 101, 10):
            message = _("{kps} is not {lowest}, …, 90 or 100").format(kps=row.kps, lowest=lowest)
            yield Place(row, "kps", message)


def metric_value(case: Case, today: dt.date) -> Iterator[Place]:
    """A dose–volume figure is not negative; a volume is at most 100 %, a dose at most 200 %."""
    for row in case.of(DoseMetric):
        value: Decimal | None = row.value  # an unsaved row may lack it: check "needed"
        highest = 100 if row.metric.startswith("V") else 200
        if value is not None and (value < 0 or (row.unit == "%" and value > highest)):
            yield Place(
                row, "value", _("{value} {unit} cannot be").format(value=value, unit=row.unit)
            )


def comorbidities_known(case: Case, today: dt.date) -> Iterator[Place]:
    """Comorbidities are conditions of the Charlson index, or “none” alone."""
    for row in case.of(Baseline):
        try:
            conditions_of(row.comorbidities)
        except ValueError as problem:
            yield Place(row, "comorbidities", str(problem))


def stage_names_edition(case: Case, today: dt.date) -> Iterator[Place]:
    """An AJCC stage says which edition it is of."""
    for row in case.of(Disease):
        if row.ajcc_stage and row.ajcc_edition is None:
            yield Place(row, "ajcc_edition", _("say which edition the stage is of"))


def withdrawal_scope(case: Case, today: dt.date) -> Iterator[Place]:
    """A withdrawal says from what."""
    for row in case.of(Enrolment):
        if row.withdrawn_on is not None and not row.withdrawal_scope:
            yield Place(row, "withdrawal_scope", _("say from what the patient withdrew"))


def reason_not_enrolled(case: Case, today: dt.date) -> Iterator[Place]:
    """Of a person who was screened and not enrolled it is said why."""
    for row in case.of(Screening):
        if row.outcome == "not_enrolled" and not row.reason_not_enrolled:
            yield Place(row, "reason_not_enrolled", _("say why the person was not enrolled"))


def toxicity_grade_exists(case: Case, today: dt.date) -> Iterator[Place]:
    """The CTCAE release has the grade for the term."""
    rows = case.of(ToxicityEvent)
    if not rows:
        return
    known = _grades()
    for row in rows:
        if row.grade is not None and row.grade not in known.get(row.term_id, ()):
            message = _("CTCAE {release} has no grade {grade} for “{term}”").format(
                release=row.term.release, grade=row.grade, term=row.term.term
            )
            yield Place(row, "grade", message)


_grade_table: dict[int, tuple[int, ...]] = {}


def _grades() -> dict[int, tuple[int, ...]]:
    """Grades by term: 14,000 rows that change with a release of the registry only."""
    if not _grade_table:
        found: dict[int, list[int]] = {}
        for term_id, grade in CtcaeGrade.objects.values_list("term_id", "grade"):
            found.setdefault(term_id, []).append(grade)
        _grade_table.update({term_id: tuple(grades) for term_id, grades in found.items()})
    return _grade_table


def patient_basics(case: Case, today: dt.date) -> Iterator[Place]:
    """Sex and birth date are known, or it is said why not."""
    patient: Patient = case.patient
    for name in ("sex", "birth_date"):
        if getattr(patient, name) in (None, "") and not patient.reason_missing(name):
            yield Place(patient, name, _("is missing without a reason"))
