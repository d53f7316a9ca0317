"""Accrual against plan: by centre at the data cut, and month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Cell, Column, Figure, Part, Row, Table
from analytics.artefacts.words import DASH, count, number
from analytics.reports.material import Material
from followup.figures.accrual import COMPACT, Size, accrual_figure
from followup.selectors.month_table import MonthTable, month_table
from registry.selectors.accrual_months import CentreMonths, Month, Plan, planned_by
from registry.templatetags.values import day_text

KEY = "accrual"
WIDE = Size(720, 260, 13)
"""As wide as the other figures of a report."""


def accrual(material: Material) -> Artefact:
    """Enrolments of each centre beside what was planned, and the figure of their months."""
    title = _("Accrual")
    if material.centres is None or not material.sight.is_whole:
        if material.cohort.patients.empty:
            return Artefact(KEY, title, reason=_("There is no patient."))
        return Artefact(KEY, title, (_without_plan(material),))
    day = material.cohort.data_cut or material.today
    rows = material.centres.accrual
    if not rows:
        return Artefact(KEY, title, reason=_("No centre takes part yet."))
    parts: list[Part] = [_by_centre(material, rows, day)]
    # Where dates are relative, months of the calendar mean nothing.
    if not material.cohort.dates_are_relative:
        parts += _figures(rows, day)
    return Artefact(KEY, title, tuple(parts))


def _without_plan(material: Material) -> Table:
    """Patients of the reader's own centres."""
    sites = material.cohort.patients["SITEID"].value_counts().sort_index()
    return Table(
        key=KEY,
        title=_("Patients by centre"),
        stub=_("Centre"),
        columns=(Column(_("Enrolled")),),
        rows=tuple(Row(str(code), (count(int(n)),)) for code, n in sites.items()),
    )


def _by_centre(material: Material, rows: Sequence[CentreMonths], day: dt.date) -> Table:
    enrolled = material.cohort.patients["SITEID"].value_counts()
    has_plan = not material.cohort.dates_are_relative
    lines = []
    for row in rows:
        n = int(enrolled.get(row.centre.code, 0))
        plan = row.plan if has_plan else Plan(row.plan.target)
        lines.append(Row(f"{row.centre.code} {row.centre.name}", _cells(n, plan, plan.by(day))))
    targets = [row.plan.target for row in rows if row.plan.target is not None]
    together = Plan(sum(targets)) if targets else Plan()
    expected = planned_by((row.plan for row in rows), day) if has_plan else None
    total = len(material.cohort.patients)
    return Table(
        key=KEY,
        title=_("Patients by centre against plan"),
        stub=_("Centre"),
        columns=(
            Column(_("Enrolled")),
            Column(_("Planned by then")),
            Column(_("Planned in all")),
            Column(_("Of the plan, %")),
        ),
        rows=(*lines, Row(_("All"), _cells(total, together, expected))),
        notes=tuple(_notes(day, has_plan=has_plan)),
    )


def _cells(enrolled: int, plan: Plan, expected: Decimal | None) -> tuple[Cell, ...]:
    share = 100 * enrolled / plan.target if plan.target else None
    return (
        count(enrolled),
        DASH if expected is None else number(float(expected), 0),
        DASH if plan.target is None else Cell(str(plan.target), float(plan.target)),
        number(share, 0),
    )


def _notes(day: dt.date, *, has_plan: bool) -> Iterator[str]:
    yield _("Enrolled: the patients of this report, at the centre that has them today.")
    if has_plan:
        yield _(
            "Planned by then: monthly rate of the centre from its activation to %(day)s, at most "
            "its planned number."
        ) % {"day": day_text(day)}


def _figures(rows: Sequence[CentreMonths], day: dt.date) -> Iterator[Figure]:
    until = Month.of(day)
    cut = [
        replace(row, by_month={m: n for m, n in row.by_month.items() if m <= until}) for row in rows
    ]
    table = month_table(cut, day)
    if not (any(table.enrolled.values()) or table.planned):
        return
    title = _("Patients enrolled up to the end of each month")
    dashed = _("Dashed: what the centres planned, from their activation on.")
    notes = (dashed,) if table.planned else ()
    yield Figure(
        key=f"{KEY}-months",
        title=title,
        svg=_drawn(table, title, WIDE),
        svg_compact=_drawn(table, title, COMPACT),
        table=_numbers(table, title),
        notes=notes,
    )


def _drawn(table: MonthTable, words: str, size: Size) -> str:
    figure = accrual_figure(table.months, table.enrolled, table.planned, size)
    context = {"figure": figure, "in_words": words, "is_compact": size is COMPACT}
    return render_to_string("followup/_accrual_figure.html", context)


def _numbers(table: MonthTable, title: str) -> Table:
    """Year by year: the latest month of each."""
    last = {month.year: month for month in table.months}
    return Table(
        key=f"{KEY}-months-numbers",
        title=title,
        stub=_("Up to the end of"),
        columns=(Column(_("Enrolled")), Column(_("Planned"))),
        rows=tuple(
            Row(
                f"{month.year}-{month.month:02d}",
                (count(table.enrolled[month]), number(table.planned.get(month), 0)),
            )
            for month in last.values()
        ),
    )
