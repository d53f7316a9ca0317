"""The centres of a study side by side: what each has done, and what it still owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, Min
from django.utils import timezone

from followup.models import ExpectedVisit
from followup.selectors.visits import current, overdue_on
from registry.models import Centre, Study
from registry.models.choices import MarkKind
from registry.partial_date import PartialDate
from registry.scope import ScopeError, system_scope
from registry.selectors.accrual_months import (
    CentreMonths,
    Month,
    Plan,
    monthly_accrual,
    planned_by,
)
from registry.selectors.centre_facts import (
    Completeness,
    OpenQuestions,
    completeness,
    last_writes,
    open_questions,
    states,
)
from registry.selectors.mark_counts import marked_throughout
from registry.selectors.patient_state import PatientState
from registry.selectors.studies import sees_whole_study

MONTHS_TOGETHER = 3


@dataclass(frozen=True)
class OverdueVisits:
    """Visits whose window is over; ``oldest`` is the day on which the first of them closed."""

    count: int = 0
    oldest: dt.date | None = None


@dataclass(frozen=True)
class CentreLine:
    """One centre of the study on a day, or (``centre`` None) all of them together.

    Attributes:
        target, expected: patients planned in all, and by today; None where nobody said.
        this_month, last_months: enrolments of the month of today, and of three months with it.
        complete: cases in which no required item is missing.
        missing, unlikely: items missing and values to confirm, over all cases.
        overdue, overdue_days: visits, and for how long the oldest of them.
        questions, questions_days: requests for correction without an answer, and for how long.
        lost, died, withdrawn: patients by what became of them; each counts once.
        last_entry: when a person last wrote a clinical value of a case.
        verified, locked, signed: cases of which every form bears the mark.
    """

    centre: Centre | None
    target: int | None = None
    expected: Decimal | None = None
    enrolled: int = 0
    this_month: int = 0
    last_months: int = 0
    complete: int = 0
    missing: int = 0
    unlikely: int = 0
    overdue: int = 0
    overdue_days: int | None = None
    questions: int = 0
    questions_days: int | None = None
    lost: int = 0
    died: int = 0
    withdrawn: int = 0
    last_entry: dt.datetime | None = None
    last_enrolment: PartialDate | None = None
    verified: int = 0
    locked: int = 0
    signed: int = 0

    @property
    def code(self) -> str:
        """The centre's code, "" for all together."""
        return self.centre.code if self.centre else ""

    def percent(self, name: str) -> int | None:
        """A figure in percent of the patients enrolled, rounded half up; None without patients."""
        if not self.enrolled:
            return None
        return (200 * int(getattr(self, name)) + self.enrolled) // (2 * self.enrolled)


@dataclass(frozen=True)
class SideBySide:
    """The lines of a study with the one that sums them up."""

    lines: list[CentreLine]
    total: CentreLine
    accrual: list[CentreMonths]


def side_by_side(study: Study, today: dt.date) -> SideBySide:
    """Every centre of the study in the order of codes, in a fixed number of queries.

    A patient counts at the centre that has the patient today.

    Raises:
        ScopeError: the scope in force does not show the whole study.
    """
    if not sees_whole_study(study):
        raise ScopeError(f"all centres of {study.key} were asked for by who does not see them all")
    # The scope shows whoever is enrolled in the study, which is all that is counted here: asking
    # again for each row would take as long as counting.
    with system_scope():
        accrual = monthly_accrual(study)
        status, state = completeness(study), states(study)
        visits, questions = overdue_visits(study, today), open_questions(study)
        writes, marks = last_writes(study), marked_throughout(study)
    now = Month.of(today)
    # Where only the intervals between dates carry meaning, no day tells of a plan.
    plans = [Plan(row.plan.target) if study.dates_are_relative else row.plan for row in accrual]
    lines = []
    for row, plan in zip(accrual, plans, strict=True):
        key = row.centre.pk
        lacking, late = status.get(key, Completeness()), visits.get(key, OverdueVisits())
        asked, became = questions.get(key, OpenQuestions()), state.get(key, {})
        lines.append(
            CentreLine(
                centre=row.centre,
                target=plan.target,
                expected=plan.by(today),
                enrolled=row.enrolled,
                this_month=row.in_months(now, now),
                last_months=row.in_months(now.later(1 - MONTHS_TOGETHER), now),
                complete=lacking.complete,
                missing=lacking.missing,
                unlikely=lacking.unlikely,
                overdue=late.count,
                overdue_days=None if late.oldest is None else (today - late.oldest).days,
                questions=asked.count,
                questions_days=_days_since(asked.oldest, today),
                lost=became.get(PatientState.LOST, 0),
                died=became.get(PatientState.DEAD, 0),
                withdrawn=became.get(PatientState.WITHDRAWN, 0),
                last_entry=writes.get(key),
                last_enrolment=row.last,
                verified=marks[MarkKind.VERIFIED].get(key, 0),
                locked=marks[MarkKind.LOCKED].get(key, 0),
                signed=marks[MarkKind.SIGNED].get(key, 0),
            )
        )
    return SideBySide(lines, together(lines, planned_by(plans, today)), accrual)


def together(lines: Sequence[CentreLine], expected: Decimal | None) -> CentreLine:
    """All lines as one: counts summed up, the oldest of what waits, the latest of what was done."""
    return CentreLine(
        centre=None,
        target=_sum(line.target for line in lines),
        expected=expected,
        overdue_days=_max(line.overdue_days for line in lines),
        questions_days=_max(line.questions_days for line in lines),
        last_entry=_max(line.last_entry for line in lines),
        last_enrolment=_max(line.last_enrolment for line in lines),
        **{name: sum(getattr(line, name) for line in lines) for name in _COUNTS},
    )


def overdue_visits(study: Study, today: dt.date) -> dict[int, OverdueVisits]:
    """By centre the visits of the study whose window is over."""
    visits = current(ExpectedVisit.objects.filter(overdue_on(today), enrolment__study=study))
    rows = (
        visits.order_by()
        .values_list("enrolment__patient__centre")
        .annotate(count=Count("pk"), oldest=Min("window_end"))
    )
    return {centre: OverdueVisits(count, oldest) for centre, count, oldest in rows}


def in_order(lines: Iterable[CentreLine], order: str) -> list[CentreLine]:
    """The lines in the order of one of :data:`ORDERS`, reversed by a leading "-".

    What is not known comes last, equals in the order of their codes; an unknown order is by code.
    """
    name = order.removeprefix("-")
    lines = sorted(lines, key=lambda line: line.code)
    if name == "code" or name not in ORDERS:
        return lines[::-1] if order == "-code" else lines
    known = [line for line in lines if _key(line, name) is not None]
    unknown = [line for line in lines if _key(line, name) is None]
    return [*sorted(known, key=lambda line: _key(line, name), reverse=order != name), *unknown]  # type: ignore[arg-type,return-value]


def _key(line: CentreLine, name: str) -> object:
    return line.percent(name) if name in IN_PERCENT else getattr(line, name)


IN_PERCENT = frozenset({"complete", "lost", "verified", "locked", "signed"})
"""Figures that are compared by their share of the patients."""

ORDERS = frozenset(
    {"code", *(f.name for f in fields(CentreLine))} - {"centre", "target", "expected"}
)
"""What the table is sorted by."""

_COUNTS = (
    *("enrolled", "this_month", "last_months", "complete", "missing", "unlikely"),
    *("overdue", "questions", "lost", "died", "withdrawn", "verified", "locked", "signed"),
)
"""Figures that are summed up."""

T = TypeVar("T", int, dt.datetime, PartialDate)


def _days_since(moment: dt.datetime | None, today: dt.date) -> int | None:
    return None if moment is None else (today - timezone.localdate(moment)).days


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _max(values: Iterable[T | None]) -> T | None:
    return max((value for value in values if value is not None), default=None)
