"""Accrual on a dashboard: months and centres, without a count that tells of a handful."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.crypto import salted_hmac
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.artefacts.accrual_parts import (
    ENROLLED,
    IN_ALL,
    CentreAccrual,
    centres_table,
    dashed_note,
    months_drawing,
)
from analytics.artefacts.drawing import in_both_widths
from analytics.artefacts.parts import Artefact, Cell, Column, Figure, Row, Table
from analytics.artefacts.small_cells import HIDDEN, LEAST_SHOWN, without_small_cells
from analytics.artefacts.words import count, number
from analytics.dashboard.periods import Period, periods
from analytics.figures import CountBar, MonthBar, count_bars, month_bars
from followup.figures.accrual import Size
from followup.selectors.month_table import MonthTable, month_table
from registry.models import Study
from registry.selectors.accrual_months import CentreMonths, Month

HALF = Size(560, 232, 13)
"""As wide as the bars beside it."""


def accrual_by_month(study: Study, rows: Sequence[CentreMonths], day: dt.date) -> Artefact:
    """Patients per month, and up to the end of each period beside what was planned.

    Args:
        rows: all centres of the study; together no patient, or :data:`LEAST_SHOWN` and more.
        day: until which months are shown.
    """
    title = _("Accrual by month")
    shown = partial(Artefact, "accrual-months", title)
    if study.dates_are_relative:
        return shown(reason=_("Dates of this study are shifted: months mean nothing."))
    unknown = sum(row.unknown for row in rows)
    table = month_table(rows, day)
    known = table.enrolled[table.months[-1]]
    if 0 < unknown < LEAST_SHOWN or 0 < known < LEAST_SHOWN:
        # The months would give away how many are not in them.
        return shown(reason=_("Not shown: the month of some enrolments is not known."))
    if not (known or table.planned):
        return shown(reason=_("No patient is enrolled yet, and no centre has a plan by month."))
    so_far = [table.enrolled[month] for month in table.months]
    by_month = [now - before for now, before in zip(so_far, [0, *so_far], strict=False)]
    found = periods(by_month, LEAST_SHOWN)
    missing = ngettext(
        "%(n)d enrolment without a known month is not drawn.",
        "%(n)d enrolments without a known month are not drawn.",
        unknown,
    ) % {"n": unknown}
    notes = (missing,) if unknown else ()
    return shown((_per_month(table, found, notes), _so_far(table, found, notes)))


def _per_month(table: MonthTable, found: Sequence[Period], notes: Sequence[str]) -> Figure:
    title = _("Patients enrolled per month")
    names = [_name(table.months, one) for one in found]
    key = "accrual-per-month"
    rows = tuple(
        Row(name, (count(one.count), number(one.count / one.months)))
        for name, one in zip(names, found, strict=True)
    )
    numbers = Table(
        key=f"{key}-numbers",
        title=title,
        stub=_("Months"),
        columns=(Column(_("Enrolled")), Column(_("Per month"))),
        rows=rows,
    )
    draw = partial(
        month_bars,
        [
            MonthBar(one.first, one.months, one.count, f"{name}: {one.count}")
            for name, one in zip(names, found, strict=True)
        ],
        n_months=len(table.months),
        years=_years(table.months),
        y_axis=_("Patients per month"),
        title=title,
        description=_in_words(rows),
    )
    figure = in_both_widths(draw, key=key, title=title, table=numbers)
    if any(one.count and one.months > 1 for one in found):
        words = _(
            "Months with 1 to %(most)d enrolments are put together with those after them, until "
            "they are %(least)d: a bar shows their mean."
        )
        notes = (words % {"most": LEAST_SHOWN - 1, "least": LEAST_SHOWN}, *notes)
    return Figure(figure.key, title, figure.svg, numbers, figure.svg_compact, tuple(notes))


def _so_far(table: MonthTable, found: Sequence[Period], notes: Sequence[str]) -> Figure:
    title = _("Patients enrolled up to the end of each month")
    key = "accrual-so-far"
    ends = [table.months[one.last] for one in found]
    enrolled = {month: table.enrolled[month] for month in ends}
    columns = [Column(_("Enrolled"))]
    if table.planned:
        columns.append(Column(_("Planned")))

    def cells(month: Month) -> Iterator[Cell]:
        yield count(enrolled[month])
        if table.planned:
            yield number(table.planned.get(month), 0)

    drawn = partial(months_drawing, table.months, enrolled, table.planned, words=title, size=HALF)
    return Figure(
        key=key,
        title=title,
        svg=drawn(),
        svg_compact=drawn(is_compact=True),
        table=Table(
            key=f"{key}-numbers",
            title=title,
            stub=_("Up to the end of"),
            columns=tuple(columns),
            rows=tuple(Row(_month(month), tuple(cells(month))) for month in ends),
        ),
        notes=(f"{title}.", *([dashed_note()] if table.planned else []), *notes),
    )


def accrual_by_centre(
    study: Study, rows: Sequence[CentreMonths], day: dt.date, *, by_name: bool
) -> Artefact:
    """A bar for each centre beside its plan; counts from 1 to 4 are hidden.

    Args:
        by_name: otherwise centres are numbered by lot.
    """
    title = _("Accrual by centre")
    key = "accrual-centres"
    if not rows:
        return Artefact(key, title, reason=_("No centre takes part yet."))
    named = [(row.centre.name, row) for row in rows] if by_name else _numbered(study, rows)
    open_table = centres_table(
        [CentreAccrual(label, row.enrolled, row.plan) for label, row in named],
        total=sum(row.enrolled for row in rows),
        day=day,
        has_plan=not study.dates_are_relative,
        key=f"{key}-numbers",
        notes=[_("A patient counts at the centre that has the patient today.")],
    )
    (table,) = without_small_cells(Artefact(key, title, (open_table,))).parts
    assert isinstance(table, Table)
    *lines, _together = table.rows
    bars = [_bar(line) for line in lines]
    goals = (_("Dashed: the planned number."),) if any(bar.goal for bar in bars) else ()
    words = "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
    draw = partial(count_bars, bars, title=title, description=f"{words}.")
    figure = in_both_widths(draw, key=key, title=title, table=table)
    notes = (*goals, *table.notes)
    shown = Figure(figure.key, title, figure.svg, table, figure.svg_compact, notes)
    return Artefact(key, title, (shown,))


def _numbered(study: Study, rows: Sequence[CentreMonths]) -> list[tuple[str, CentreMonths]]:
    """Centre 1, 2 and so on, in an order that tells nothing of their codes or names."""

    def lot(row: CentreMonths) -> str:
        return salted_hmac("analytics.dashboard.centres", f"{study.pk} {row.centre.pk}").hexdigest()

    ordered = sorted(rows, key=lot)
    return [(_("Centre %(n)d") % {"n": n}, row) for n, row in enumerate(ordered, start=1)]


def _bar(line: Row) -> CountBar:
    enrolled, planned = line.cells[ENROLLED], line.cells[IN_ALL]
    known = None if enrolled.value == HIDDEN else float(enrolled.value or 0)
    goal = planned.value if isinstance(planned.value, float) else None
    words = enrolled.text
    if goal is not None:
        words = _("%(n)s of %(planned)s") % {"n": enrolled.text, "planned": planned.text}
    return CountBar(line.label, words, known, goal)


def _name(months: Sequence[Month], period: Period) -> str:
    """ "Mar 2024", or "Nov 2023 – Feb 2024"."""
    first, last = months[period.first], months[period.last]
    return _month(first) if first == last else f"{_month(first)} – {_month(last)}"


def _month(month: Month) -> str:
    return f"{str(MONTHS_3[month.month]).capitalize()} {month.year}"


def _years(months: Sequence[Month]) -> list[tuple[int, str]]:
    """Where each year begins; the first month where none does."""
    found = [(place, str(month.year)) for place, month in enumerate(months) if month.month == 1]
    return found or [(0, _month(months[0]))]


def _in_words(rows: Sequence[Row]) -> str:
    return "; ".join(f"{row.label}: {row.cells[0].text}" for row in rows) + "."
