"""Kaplan-Meier estimate of survival, and its reverse for the length of follow-up.

Formulas, at the distinct days t_1 < t_2 < ... of the data, with n_j at risk (days >= t_j, and
entry < t_j where entry is given), d_j events and c_j censorings on day t_j:

    S(t)      = product over t_j <= t of (n_j - d_j) / n_j     Kaplan and Meier, 1958
    Var log S = sum over t_j <= t of d_j / (n_j (n_j - d_j))   Greenwood, 1926

With `cluster` the variance is robust instead: the grouped infinitesimal jackknife of
`influence.py`. The limits stand in `limits.py`.

A person censored on the day of another's event is still at risk for it. The answers are those of
`survfit` of the R package `survival` 3.8 (3.5 differs in one point: it gives no log-log limits
where S = 1).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.estimators.groups import Groups, groups
from analytics.estimators.influence import cluster_variances, rows_on
from analytics.estimators.inputs import (
    BoolArray,
    FloatArray,
    between_0_and_1,
    case_weights,
    confidence_type,
    entry_days,
    event_flags,
    time_points,
    whole_days,
)
from analytics.estimators.life_table import LifeTable, count_life_table
from analytics.estimators.limits import normal_quantile, probability_limits
from analytics.estimators.quantiles import crossing_day


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """A Kaplan-Meier curve. All arrays have one value per distinct day and cannot be written to.

    Attributes:
        time: days, ascending; every day on which an event or a censoring took place (int64).
        n_risk: at risk just before the events of the day (int64; float64 with fractional weights).
        n_event: events on the day.
        n_censor: censorings on the day.
        survival: S(t), from the day on until the next one; 0 to 1.
        std_err: standard error of S(t) as `summary(fit)$std.err` in R, by Greenwood's formula or
            robust (`fit$std.err` is of log S in the first case, of S in the second). Where S = 0 it
            is NaN by Greenwood's formula and 0 if robust.
        lower, upper: confidence limits of S(t); both 1 where S = 1. Where S = 0 they are NaN, but
            plain limits with a robust standard error are both 0.
        conf_type: "log-log", "log" or "plain".
        level: level of confidence, for example 0.95.
        n_clusters: number of clusters behind a robust standard error; None for Greenwood's.
    """

    time: NDArray[np.int64]
    n_risk: FloatArray | NDArray[np.int64]
    n_event: FloatArray | NDArray[np.int64]
    n_censor: FloatArray | NDArray[np.int64]
    survival: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    conf_type: str
    level: float
    n_clusters: int | None
    _table: LifeTable

    @property
    def n(self) -> float:
        """Number of observations (sum of the weights)."""
        return float(self.n_event.sum() + self.n_censor.sum())

    @property
    def events(self) -> float:
        """Number of events (sum of their weights)."""
        return float(self.n_event.sum())

    def at(
        self, days: ArrayLike, *, extend: bool = False
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """S(t), lower and upper limit at `days` (fractions allowed), three arrays of its length.

        Past the last day of the data the curve is not known: NaN, unless it has reached 0, where
        it stays. With `extend` the last values are carried on, as `summary(fit, extend=TRUE)` in R.

        Raises:
            ValueError: a day that is missing, infinite or negative.
        """
        points = time_points("days", days)
        index = np.searchsorted(self.time, points, side="right")
        past = (points > self.time[-1]) & (self.survival[-1] > 0) & (not extend)
        curves = (self.survival, self.lower, self.upper)
        estimate, lower, upper = (
            np.where(past, np.nan, np.concatenate(([1.0], curve))[index]) for curve in curves
        )
        return estimate, lower, upper

    def median(self) -> tuple[float, float, float]:
        """Median in days with its limits: `quantile(0.5)`. NaN where it is not reached."""
        return self.quantile(0.5)

    def quantile(self, q: float) -> tuple[float, float, float]:
        """Day by which a share `q` has had the event, with its limits, as R's `quantile(fit, q)`.

        The first day with S(t) <= 1 - q; where S(t) equals 1 - q over a plateau (within 1.5e-8),
        the middle of the plateau. The limits are the days at which the limits of the curve cross
        1 - q by the same rule. NaN where 1 - q is not reached.

        R prints another median in one case: where the curve ends on a plateau at 0.5, `print(fit)`
        shows the start of the plateau, `median(fit)` and this method its middle.

        Raises:
            ValueError: q not strictly between 0 and 1.
        """
        share = between_0_and_1("q", q)
        return (
            crossing_day(self.time, self.survival, share),
            crossing_day(self.time, self.lower, share),
            crossing_day(self.time, self.upper, share),
        )

    def n_risk_at(self, days: ArrayLike) -> FloatArray:
        """Number at risk at `days`: entered before, and neither event nor censoring before.

        Someone who entered on day 0 or before counts as at risk on day 0.

        Raises:
            ValueError: a day that is missing, infinite or negative.
        """
        return self._table.at_risk(time_points("days", days))

    def n_event_by(self, days: ArrayLike) -> FloatArray:
        """Cumulative number of events up to and including `days`.

        Raises:
            ValueError: a day that is missing, infinite or negative.
        """
        return _cumulated(self.time, self.n_event, time_points("days", days))

    def n_censor_by(self, days: ArrayLike) -> FloatArray:
        """Cumulative number of censorings up to and including `days`.

        Raises:
            ValueError: a day that is missing, infinite or negative.
        """
        return _cumulated(self.time, self.n_censor, time_points("days", days))


def kaplan_meier(
    days: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    conf_type: str = "log-log",
    level: float = 0.95,
) -> KaplanMeier:
    """Kaplan-Meier curve of the time to an event.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        event: True or 1 for an event, False or 0 for a censoring; same length.
        entry: whole days from the origin to the start of observation (left truncation); each
            person is at risk over (entry, days]. Same length.
        weights: how many observations each row stands for, >= 0 (so that counts by day and event
            may be given in place of rows). Same length. Not sampling weights.
        cluster: which rows belong together, such as the lesions of one patient: any labels. The
            standard error and the limits are then robust; the estimate does not change. A row with
            a weight counts within its cluster, so counts must be made per cluster. Same length.
        conf_type: scale of the confidence limits: "log-log", "log" or "plain".
        level: level of confidence, strictly between 0 and 1.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    rows = _Rows.checked(days, event, entry, weights, cluster)
    return _estimate(rows, rows.table(), conf_type, level)


def reverse_kaplan_meier(
    days: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    conf_type: str = "log-log",
    level: float = 0.95,
) -> KaplanMeier:
    """Curve of potential follow-up: censoring is the event, the event is the censoring.

    Its median is the median follow-up (Schemper and Smith, Control Clin Trials 1996;17:343-346).
    On a day with both, those with the event leave first and are not at risk of being censored, so
    swapping the flags is wrong under ties. In the result `n_event` counts censorings, `n_censor`
    counts events, and `n_risk` is what remains after the day's events have left.

    Arguments and errors as for `kaplan_meier`.
    """
    rows = _Rows.checked(days, event, entry, weights, cluster)
    return _estimate(rows, rows.table().reversed(), conf_type, level, reverse=True)


@dataclass(frozen=True, eq=False)
class _Rows:
    """What was given, checked."""

    days: NDArray[Any]
    event: BoolArray
    entry: NDArray[Any] | None
    weights: FloatArray | None
    cluster: Groups | None

    @classmethod
    def checked(
        cls,
        days: ArrayLike,
        event: ArrayLike,
        entry: ArrayLike | None,
        weights: ArrayLike | None,
        cluster: ArrayLike | None,
    ) -> "_Rows":
        exits = whole_days("days", days)
        return cls(
            exits,
            event_flags("event", event, exits.size),
            None if entry is None else entry_days("entry", entry, exits),
            None if weights is None else case_weights("weights", weights, exits.size),
            None if cluster is None else groups("cluster", cluster, exits.size),
        )

    def table(self) -> LifeTable:
        return count_life_table(self.days, self.event, self.entry, self.weights)


def _estimate(
    rows: _Rows, table: LifeTable, conf_type: str, level: float, *, reverse: bool = False
) -> KaplanMeier:
    confidence_type("conf_type", conf_type)
    z = normal_quantile(level)
    at_risk = table.n_risk.astype(np.float64)
    event = table.n_event.astype(np.float64)
    remaining = at_risk - event
    # With fractional weights the last one at risk may leave a rounding remainder in place of 0.
    remaining[remaining <= 1e-12 * at_risk] = 0.0

    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(event > 0, remaining / at_risk, 1.0), dtype=np.float64)
        if rows.cluster is None:
            greenwood = np.where(event > 0, event / (at_risk * remaining), 0.0)
            log_variance = np.cumsum(greenwood)
        else:
            log_variance = _robust_log_variance(rows, table, reverse)
        log_std_err: FloatArray = np.sqrt(log_variance)
        std_err = log_std_err * survival
    lower, upper = probability_limits(survival, log_std_err, z, conf_type)

    counts = (table.time, table.n_risk, table.n_event, table.n_censor)
    for array in (*counts, survival, std_err, lower, upper):
        array.flags.writeable = False
    return KaplanMeier(
        *counts,
        survival,
        std_err,
        lower,
        upper,
        conf_type=conf_type,
        level=level,
        n_clusters=None if rows.cluster is None else rows.cluster.n_occupied,
        _table=table,
    )


def _robust_log_variance(rows: _Rows, table: LifeTable, reverse: bool) -> FloatArray:
    """Variance of log S per day of the table."""
    assert rows.cluster is not None
    chosen = table.n_event > 0
    event_days = table.time[chosen]
    event = ~rows.event if reverse else rows.event
    # In reverse, who has the event on a day leaves before that day's censorings.
    days = np.where(event, rows.days, rows.days - 1) if reverse else rows.days
    per_row = rows_on(event_days, days, event, rows.cluster, rows.entry, rows.weights)
    n_event = table.n_event[chosen].astype(np.float64)
    variance, _ = cluster_variances(
        per_row, table.n_risk[chosen].astype(np.float64), n_event[:, None]
    )
    place = np.searchsorted(event_days, table.time, side="right")
    return np.concatenate(([0.0], variance))[place]


def _cumulated(
    time: NDArray[np.int64], counts: FloatArray | NDArray[np.int64], points: FloatArray
) -> FloatArray:
    total = np.concatenate(([0.0], np.cumsum(counts)))
    return total[np.searchsorted(time, points, side="right")]
