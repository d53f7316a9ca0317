"""Enrolments of a study as a table: a row for each month, a column for each centre."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.selectors.accrual_months import CentreMonths, Month, months_shown, planned_by

YEARS_BY_MONTH = 2
"""This year and the one before stand month by month, earlier years in one row each."""


@dataclass(frozen=True)
class MonthRow:
    """One row of the table.

    Attributes:
        year: None in the row of enrolments whose month is not known.
        month: None in a row for a whole year.
        counts: enrolments of each centre.
        so_far, planned: patients up to the end of the month or year; None where nothing can be
            said of it.
    """

    year: int | None
    month: Month | None
    counts: tuple[int, ...]
    so_far: int | None = None
    planned: Decimal | None = None

    @property
    def total(self) -> int:
        """Enrolments of all centres."""
        return sum(self.counts)


@dataclass(frozen=True)
class MonthTable:
    """Enrolments by month, the latest first, and what is drawn of them.

    Attributes:
        unknown: the row of enrolments whose month is not known, None when there are none.
        sums: enrolments of each centre in all.
        months, enrolled, planned: for the figure.
    """

    rows: list[MonthRow]
    unknown: MonthRow | None
    sums: MonthRow
    months: list[Month]
    enrolled: Mapping[Month, int]
    planned: Mapping[Month, float]


def month_table(
    accrual: Sequence[CentreMonths], today: dt.date, *, has_plan: bool = True
) -> MonthTable:
    """The table of these centres. Without ``has_plan`` nothing is compared with a plan."""
    months = months_shown(accrual, today)
    enrolled = _cumulated(accrual, months)
    planned = {}
    for month in months:
        # The whole last day counts: that is what was planned by the first of the next.
        end = month.later(1).first_day
        by_end = planned_by((row.plan for row in accrual), end) if has_plan else None
        if by_end is not None:
            planned[month] = by_end
    rows = [
        MonthRow(
            year=group[0].year,
            month=group[0] if len(group) == 1 and _stands_alone(group[0], today) else None,
            counts=tuple(row.in_months(group[0], group[-1]) for row in accrual),
            so_far=enrolled[group[-1]],
            planned=planned.get(group[-1]),
        )
        for group in _groups(months, today)
    ]
    unknown = MonthRow(None, None, tuple(row.unknown for row in accrual))
    return MonthTable(
        rows=rows[::-1],
        unknown=unknown if unknown.total else None,
        sums=MonthRow(None, None, tuple(row.enrolled for row in accrual)),
        months=months,
        enrolled=enrolled,
        planned={month: float(count) for month, count in planned.items()},
    )


def _stands_alone(month: Month, today: dt.date) -> bool:
    return month.year > today.year - YEARS_BY_MONTH


def _groups(months: Iterable[Month], today: dt.date) -> list[list[Month]]:
    """Months that share a row: each of the latest by itself, those of an earlier year together."""
    groups: list[list[Month]] = []
    for month in months:
        if groups and not _stands_alone(month, today) and groups[-1][0].year == month.year:
            groups[-1].append(month)
        else:
            groups.append([month])
    return groups


def _cumulated(accrual: Iterable[CentreMonths], months: Iterable[Month]) -> dict[Month, int]:
    """Enrolments up to the end of each month; those of unknown month are left out."""
    found, total = {}, 0
    rows = list(accrual)
    for month in months:
        total += sum(row.by_month.get(month, 0) for row in rows)
        found[month] = total
    return found
