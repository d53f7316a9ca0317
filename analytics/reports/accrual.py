"""Accrual against plan: by centre at the data cut, and month by month."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from django.utils.translation import gettext as _

from analytics.artefacts.accrual_parts import (
    CentreAccrual,
    centres_table,
    dashed_note,
    months_drawing,
)
from analytics.artefacts.parts import Artefact, Column, Figure, Part, Row, Table
from analytics.artefacts.words import count, number
from analytics.reports.material import Material
from followup.selectors.month_table import MonthTable, month_table
from registry.date_text import month_in_table
from registry.selectors.accrual_months import CentreMonths, Month

KEY = "accrual"


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
        parts += _figures(material, rows, day)
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
    return centres_table(
        [
            CentreAccrual(
                f"{row.centre.code} {row.centre.name}",
                int(enrolled.get(row.centre.code, 0)),
                row.plan,
            )
            for row in rows
        ],
        total=len(material.cohort.patients),
        day=day,
        has_plan=not material.cohort.dates_are_relative,
        key=KEY,
        notes=[_("Enrolled: the patients of this report, at the centre that has them today.")],
    )


def _figures(material: Material, rows: Sequence[CentreMonths], day: dt.date) -> Iterator[Figure]:
    # Months of the patients of this report, who may be those of long ago.
    months = _by_month(material)
    table = month_table([replace(row, by_month=months[row.centre.code]) for row in rows], day)
    if not (any(table.enrolled.values()) or table.planned):
        return
    title = _("Patients enrolled up to the end of each month")
    drawn = partial(months_drawing, table.months, table.enrolled, table.planned, words=title)
    yield Figure(
        key=f"{KEY}-months",
        title=title,
        svg=drawn(),
        svg_compact=drawn(is_compact=True),
        table=_numbers(table, title),
        notes=(dashed_note(),) if table.planned else (),
    )


def _by_month(material: Material) -> dict[str, Counter[Month]]:
    """Enrolments of which the month is known, by code of the centre."""
    months: dict[str, Counter[Month]] = defaultdict(Counter)
    for patient in material.cohort.facts.patients:
        day = patient.enrolled
        if day is not None and Month.of(day.earliest) == Month.of(day.latest):
            months[patient.centre][Month.of(day.day)] += 1
    return months


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
                month_in_table(month.first_day),
                (count(table.enrolled[month]), number(table.planned.get(month), 0)),
            )
            for month in last.values()
        ),
    )
