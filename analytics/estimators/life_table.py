"""Counting rows (or counts of rows) into one line per distinct day: at risk, events, censorings."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.estimators.counting import count_cells, day_codes
from analytics.estimators.inputs import BoolArray, FloatArray, IntArray

Counts = IntArray | FloatArray


@dataclass(frozen=True, eq=False)
class LifeTable:
    """Numbers per distinct day.

    Attributes:
        time: days, ascending, int64.
        n_risk, n_event, n_censor: numbers on each of these days; int64 unless weights are
            fractional.
        entry_time: distinct days of entry, ascending; None where everybody is there from the
            origin.
        entered: cumulative number entered up to and including each of `entry_time`.
    """

    time: IntArray
    n_risk: Counts
    n_event: Counts
    n_censor: Counts
    entry_time: IntArray | None = None
    entered: Counts | None = None

    def reversed(self) -> "LifeTable":
        """The table of the time to censoring: the day's events leave before its censorings."""
        return replace(
            self,
            n_risk=self.n_risk - self.n_event,
            n_event=self.n_censor,
            n_censor=self.n_event,
        )

    def at_risk(self, points: FloatArray) -> FloatArray:
        """Number under observation at each of `points` (days): entered before, not yet left."""
        left = np.concatenate(([0.0], np.cumsum(self.n_event + self.n_censor)))
        left_before: FloatArray = left[np.searchsorted(self.time, points, side="left")]
        if self.entry_time is None or self.entered is None:
            everybody: float = left[-1]
            return everybody - left_before
        entered: FloatArray = np.concatenate(([0.0], self.entered))
        before = np.searchsorted(self.entry_time, points, side="left")
        on_day_0 = np.searchsorted(self.entry_time, points, side="right")
        return entered[np.where(points == 0, on_day_0, before)] - left_before


def count_life_table(
    days: NDArray[Any],
    event: BoolArray,
    entry: NDArray[Any] | None = None,
    weights: FloatArray | None = None,
) -> LifeTable:
    """Life table of checked rows: one pass over the rows, then work on distinct days only.

    Args:
        days: whole days of exit, >= 0.
        event: True for an event, False for a censoring.
        entry: whole days of entry, each before its exit, or None.
        weights: number of observations per row, or None for 1 each.
    """
    whole = weights is None or bool((weights == np.floor(weights)).all())
    code, day_of_code = day_codes(days)
    columns, sizes = (code, event), (day_of_code.size, 2)
    counts = count_cells(columns, sizes, weights)
    # A day on which all rows weigh 0 is listed, too.
    rows = counts if weights is None else count_cells(columns, sizes)
    seen = rows.any(axis=1)
    per_day = _as_counts(counts[seen], whole)
    time = day_of_code[seen]
    n_censor, n_event = per_day[:, 0].copy(), per_day[:, 1].copy()
    leaving = n_event + n_censor
    still_there = np.cumsum(leaving[::-1])[::-1]
    if entry is None:
        return LifeTable(time=time, n_risk=still_there, n_event=n_event, n_censor=n_censor)

    entry_code, entry_day = np.unique(entry, return_inverse=True)[::-1]
    entered = _as_counts(np.cumsum(np.bincount(entry_code, weights=weights)), whole)
    before = np.concatenate(([0], entered))[np.searchsorted(entry_day, time, side="left")]
    return LifeTable(
        time=time,
        n_risk=still_there - (entered[-1] - before),
        n_event=n_event,
        n_censor=n_censor,
        entry_time=entry_day.astype(np.int64),
        entered=entered,
    )


def _as_counts(values: NDArray[Any], whole: bool) -> Counts:
    return values.astype(np.int64) if whole else values.astype(np.float64)
