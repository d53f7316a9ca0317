"""Curves of cumulative incidence for `survival_figure`: they rise from 0.

Draw them with `show_median=False`: a median says little where not everybody has the event at last.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from analytics.estimators import CumulativeIncidence
from analytics.estimators.inputs import FloatArray, IntArray
from analytics.figures.curve_data import CurveData
from analytics.figures.months import DAYS_PER_MONTH

NO_TICKS = np.array([], dtype=np.int64)


def incidence_data(
    fit: CumulativeIncidence,
    cause: int,
    *,
    label: str,
    ticks_months: Sequence[float],
    note: str = "",
    short: str = "",
) -> CurveData:
    """Curve data of one cause, with its table at ticks given in months.

    Args:
        cause: 1 for the first of the causes.
    """
    ticks = np.asarray(ticks_months, dtype=np.float64) * DAYS_PER_MONTH
    # A sum of many shares may come out a rounding error above 1.
    share = np.clip(fit.estimate[:, cause - 1], 0.0, 1.0)
    of_cause = fit.n_event[:, cause - 1]
    leaving = fit.n_event.sum(axis=1) + fit.n_censor
    return CurveData(
        label=label,
        days=fit.time,
        share=share,
        # Where nobody has had the event there is nothing to have limits for.
        lower=np.where(share == 0, 0.0, fit.lower[:, cause - 1]),
        upper=np.where(share == 0, 0.0, fit.upper[:, cause - 1]),
        censor_days=NO_TICKS,
        at_risk=_whole(leaving.sum() - _by(fit.time, leaving, ticks, side="left")),
        censored=_whole(_by(fit.time, fit.n_censor, ticks)),
        events=_whole(_by(fit.time, of_cause, ticks)),
        note=note,
        short=short,
        starts_at=0.0,
        competing=_whole(_by(fit.time, fit.n_event.sum(axis=1) - of_cause, ticks)),
    )


def rising_curve(days: IntArray, share: FloatArray, *, label: str, short: str = "") -> CurveData:
    """A curve beside others of the same people: without limits and without numbers of its own."""
    unknown = np.full(days.shape, np.nan)
    return CurveData(
        label=label,
        days=days,
        share=np.clip(share, 0.0, 1.0),
        lower=unknown,
        upper=unknown,
        censor_days=NO_TICKS,
        at_risk=(),
        censored=(),
        events=(),
        short=short,
        starts_at=0.0,
    )


def _by(
    time: IntArray,
    counts: IntArray,
    points: FloatArray,
    side: Literal["left", "right"] = "right",
) -> IntArray:
    """Cumulative counts up to and including the points, or before them (side "left")."""
    total = np.concatenate(([0], np.cumsum(counts)))
    found: IntArray = total[np.searchsorted(time, points, side=side)]
    return found


def _whole(counts: IntArray) -> list[int]:
    return [int(count) for count in counts]
