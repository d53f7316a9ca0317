"""What figures of curves over time are drawn from: finished numbers and translated words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.estimators import KaplanMeier
from analytics.figures.months import DAYS_PER_MONTH


@dataclass(frozen=True, eq=False)
class CurveData:
    """One step curve and its lines in the table under the axis.

    Attributes:
        label: name of the group (or of the endpoint), translated.
        days: days at which the curve or its limits step, ascending.
        share: share of patients or lesions from each of these days on, 0 to 1: those free of the
            event, or those with it where the curve rises from 0.
        lower, upper: confidence limits, 0 to 1; NaN where there are none.
        censor_days: days with a censoring, one tick each.
        at_risk: number at risk at each tick of the axis, or how it is written.
        censored: cumulative number censored at each tick, () where it is not told.
        events: cumulative number of events at each tick, () where it is not told.
        median_days: median in days for the median line; None or NaN where not reached.
        note: what stands behind the label, such as the median with its limits, translated.
        short: what stands beside the end of the curve where there are several; the label if "".
        starts_at: the share on day 0, 1 or (where the curve rises) 0.
        competing: cumulative number of competing events at each tick, () where none is told.

    Raises:
        ValueError: arrays of different length, days out of order or negative, shares outside 0-1.
    """

    label: str
    days: NDArray[Any]
    share: NDArray[Any]
    lower: NDArray[Any]
    upper: NDArray[Any]
    censor_days: NDArray[Any]
    at_risk: Sequence[int | str]
    censored: Sequence[int]
    events: Sequence[int]
    median_days: float | None = None
    note: str = ""
    short: str = ""
    starts_at: float = 1.0
    competing: Sequence[int] = ()

    def __post_init__(self) -> None:
        if self.days.size == 0:
            raise ValueError("days is empty: there is no curve to draw")
        for name in ("days", "censor_days"):
            days = getattr(self, name)
            if not (np.isfinite(days).all() and (days >= 0).all() and (np.diff(days) > 0).all()):
                raise ValueError(f"{name} must be ascending days from 0 on, each once")
        for name in ("share", "lower", "upper"):
            share = getattr(self, name)
            if share.shape != self.days.shape:
                raise ValueError(f"{name} has {share.size} values but days has {self.days.size}")
            # NaN compares as false, so limits may be unknown; the curve itself may not.
            if ((share < 0) | (share > 1)).any() or np.isnan(self.share).any():
                raise ValueError(f"{name} must lie within 0 and 1")
        for counts in (self.censored, self.events):
            if counts and len(counts) != len(self.at_risk):
                raise ValueError("at_risk, censored and events must have one number per tick")

    def share_on(self, days: NDArray[Any] | float) -> NDArray[Any]:
        """The share on any days; past the last one the last share is carried on."""
        level = np.concatenate(([self.starts_at], self.share))
        found: NDArray[Any] = level[np.searchsorted(self.days, days, side="right")]
        return found


@dataclass(frozen=True)
class FigureLabels:
    """Translated words of a figure of curves.

    Attributes:
        x_axis: for example "Months since the first day of RT".
        y_axis: for example "Local control (%)".
        at_risk, censored, events: lines of the table under the axis.
        competing: a further line there, for curves that tell competing events.
    """

    x_axis: str
    y_axis: str
    at_risk: str
    censored: str
    events: str
    competing: str = ""


def curve_data(
    fit: KaplanMeier,
    *,
    label: str,
    ticks_months: Sequence[float],
    note: str = "",
    short: str = "",
) -> CurveData:
    """Curve data of a Kaplan-Meier fit, with its table at ticks given in months."""
    ticks = np.asarray(ticks_months, dtype=np.float64) * DAYS_PER_MONTH
    median = fit.median()[0]
    return CurveData(
        label=label,
        days=fit.time,
        share=fit.survival,
        lower=fit.lower,
        upper=fit.upper,
        censor_days=fit.time[fit.n_censor > 0],
        at_risk=[round(n) for n in fit.n_risk_at(ticks)],
        censored=[round(n) for n in fit.n_censor_by(ticks)],
        events=[round(n) for n in fit.n_event_by(ticks)],
        median_days=None if math.isnan(median) else median,
        note=note,
        short=short,
    )
