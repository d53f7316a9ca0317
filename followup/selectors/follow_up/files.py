"""The figures of follow-up and the forecast as rows of files: heads, and a row for each line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from followup.selectors.follow_up.forecast import forecast_table
from followup.selectors.follow_up.lines import FollowUpLine, together
from followup.selectors.follow_up.open_visits import AGES
from followup.selectors.follow_up.words import age_words, item_heads
from registry.selectors.accrual_months import Month


def figure_columns() -> list[str]:
    """Heads of the file of figures, in the reader's language."""
    return [
        _("Study"),
        _("Centre code"),
        _("Centre"),
        *(_("Overdue {days} days").format(days=age_words(place)) for place in range(len(AGES))),
        _("Visits overdue"),
        _("Patients waiting for a date"),
        _("Windows closed"),
        _("In the window"),
        _("Early"),
        _("Late"),
        _("In part"),
        _("Missed"),
        _("Still overdue"),
        _("In the window (%)"),
        _("95 % limit, lower"),
        _("95 % limit, upper"),
        _("Patients followed"),
        _("Patients left out"),
        _("Observed person-years"),
        _("Potential person-years"),
        _("Completeness (Clark's C, %)"),
        _("Visits entered"),
        _("Visits imported"),
        _("Visit to entry: lower quartile (days)"),
        _("Visit to entry: median (days)"),
        _("Visit to entry: upper quartile (days)"),
    ]


def figure_rows(lines: Sequence[FollowUpLine]) -> list[list[Any]]:
    """The lines, and all of them together, in the order of :func:`figure_columns`."""
    return [_figures(line) for line in (*lines, together(lines))]


def forecast_columns() -> list[str]:
    """Heads of the file of the forecast, in the reader's language."""
    return [_("Study"), _("Centre code"), _("Centre"), _("Month"), *item_heads()]


def forecast_rows(lines: Sequence[FollowUpLine], today: dt.date) -> Iterator[list[Any]]:
    """For each line, and all of them together: what is overdue, then month by month."""
    for line in (*lines, together(lines)):
        table = forecast_table(line.open, today)
        yield [*_place(line), _("overdue now"), *table.overdue]
        for row in table.rows:
            yield [*_place(line), _month(row.month), *row.counts]


def _place(line: FollowUpLine) -> list[str]:
    if line.study is None or line.centre is None:
        return ["", "", _("Together")]
    return [line.study.key, line.centre.code, line.centre.name]


def _figures(line: FollowUpLine) -> list[Any]:
    met, time, entry = line.windows, line.time, line.entry
    rate, quartiles = met.rate, entry.quartiles or (None, None, None)
    shares = (rate.share, rate.low, rate.high) if rate else (None, None, None)
    return [
        *_place(line),
        *line.open.overdue,
        line.open.all_overdue,
        line.open.waiting,
        met.total,
        met.in_window,
        met.early,
        met.late,
        met.partly,
        met.missed,
        met.overdue,
        *map(_percent, shares),
        time.patients,
        time.left_out,
        round(time.observed_years, 1),
        round(time.potential_years, 1),
        _percent(time.index),
        entry.visits,
        entry.imported,
        *quartiles,
    ]


def _month(month: Month) -> str:
    return f"{month.year}-{month.month:02d}"


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)
