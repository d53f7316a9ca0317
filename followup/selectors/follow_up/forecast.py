"""The forecast as a table: a row for each month, a column for each kind of appointment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from followup.selectors.follow_up.open_visits import FORECAST_ITEMS, OpenVisits, months_ahead
from registry.selectors.accrual_months import Month


@dataclass(frozen=True)
class ForecastRow:
    """Appointments of a month, for each of :data:`FORECAST_ITEMS`."""

    month: Month
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ForecastTable:
    """Appointments to come, counted for each of :data:`FORECAST_ITEMS`.

    Attributes:
        overdue: what should have been provided already.
        rows: the running month and the twelve after it.
        sums: those months together.
        waiting: patients whose visits are in no month yet: a date to count from is missing.
    """

    overdue: tuple[int, ...]
    rows: list[ForecastRow]
    sums: tuple[int, ...]
    waiting: int

    @property
    def is_empty(self) -> bool:
        """True when no month asks for anything."""
        return not any(self.sums)


def forecast_table(visits: OpenVisits, today: dt.date) -> ForecastTable:
    """The table of these visits, as of the day that they were counted for."""
    rows = [ForecastRow(month, _counts(visits.items.get(month))) for month in months_ahead(today)]
    total: Counter[str] = Counter()
    for items in visits.items.values():
        total.update(items)
    return ForecastTable(
        overdue=_counts(visits.overdue_items),
        rows=rows,
        sums=_counts(total),
        waiting=visits.waiting,
    )


def _counts(items: Mapping[str, int] | None) -> tuple[int, ...]:
    return tuple((items or {}).get(item, 0) for item in FORECAST_ITEMS)
