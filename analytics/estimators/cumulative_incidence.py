"""Cumulative incidence of competing events (Aalen and Johansen, 1978).

On the days t with n at risk, d_k events of cause k and d of any cause:

    S(t)    = product over s <= t of (n - d) / n        free of any event
    F_k(t)  = sum over s <= t of S(s-) d_k / n          S + sum of all F_k = 1

Taking the competing events for censorings and 1 - Kaplan-Meier for the incidence overstates it.

Standard errors: `incidence_variance.py`, or with `cluster` the grouped infinitesimal jackknife of
`influence.py`. Limits: F ** exp(+- z se / (F log F)). The answers are those of `survfit` of the R
package `survival` with a factor of causes, and with `variance="aalen"` those of `cuminc` of the R
package `cmprsk`.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.estimators.counting import count_cells, day_codes
from analytics.estimators.groups import Groups, groups
from analytics.estimators.incidence_variance import aalen_variance, delta_variance
from analytics.estimators.influence import cluster_variances, rows_on
from analytics.estimators.inputs import (
    MOST_CAUSES,
    FloatArray,
    IntArray,
    cause_codes,
    time_points,
    whole_days,
)
from analytics.estimators.limits import normal_quantile, probability_limits

VARIANCES = ("delta", "aalen")


@dataclass(frozen=True, eq=False)
class CumulativeIncidence:
    """Curves of k competing causes. Arrays have one row per distinct day and cannot be written to.

    Attributes:
        time: (T,) days, ascending; every day on which an event or a censoring took place, int64.
        n_risk: (T,) at risk just before the events of the day, int64.
        n_event: (T, k) events per cause, int64; cause 1 is column 0.
        n_censor: (T,) censorings, int64.
        survival: (T,) S(t), free of any event.
        estimate: (T, k) F_k(t), from the day on until the next one; 0 to 1.
        std_err: (T, k) standard error of F_k(t).
        lower, upper: (T, k) log-log confidence limits; NaN where F_k is 0 or 1.
        level: level of confidence, for example 0.95.
        variance: "delta", "aalen" or, with clusters, "cluster".
        n_clusters: number of clusters behind the standard errors; None without.
    """

    time: IntArray
    n_risk: IntArray
    n_event: IntArray
    n_censor: IntArray
    survival: FloatArray
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    level: float
    variance: str
    n_clusters: int | None

    @property
    def causes(self) -> int:
        """Number of causes."""
        return int(self.estimate.shape[1])

    def at(
        self, days: ArrayLike, cause: int, *, extend: bool = False
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """F of a cause, lower and upper limit at `days` (fractions allowed), arrays of its length.

        Before the first event of the cause F is 0 without limits (NaN). Past the last day of the
        data the curve is not known: NaN, unless nobody is left free of an event. With `extend` the
        last values are carried on.

        Raises:
            ValueError: a cause other than 1 to `causes`, or a day that is missing, infinite or
                negative.
        """
        if cause not in range(1, self.causes + 1):
            raise ValueError(f"cause must be 1 to {self.causes}, got {cause!r}")
        points = time_points("days", days)
        index = np.searchsorted(self.time, points, side="right")
        past = (points > self.time[-1]) & (self.survival[-1] > 0) & (not extend)
        estimate, lower, upper = (
            np.where(past, np.nan, np.concatenate(([start], curve[:, cause - 1]))[index])
            for start, curve in ((0.0, self.estimate), (np.nan, self.lower), (np.nan, self.upper))
        )
        return estimate, lower, upper


@overload
def cumulative_incidence(
    days: ArrayLike,
    cause: ArrayLike,
    *,
    group: None = None,
    cluster: ArrayLike | None = None,
    causes: int | None = None,
    variance: str = "delta",
    level: float = 0.95,
) -> CumulativeIncidence: ...


@overload
def cumulative_incidence(
    days: ArrayLike,
    cause: ArrayLike,
    *,
    group: ArrayLike,
    cluster: ArrayLike | None = None,
    causes: int | None = None,
    variance: str = "delta",
    level: float = 0.95,
) -> dict[Hashable, CumulativeIncidence]: ...


def cumulative_incidence(
    days: ArrayLike,
    cause: ArrayLike,
    *,
    group: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    causes: int | None = None,
    variance: str = "delta",
    level: float = 0.95,
) -> CumulativeIncidence | dict[Hashable, CumulativeIncidence]:
    """Cumulative incidence of each cause; with `group` per group, by label, in order.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        cause: 0 for a censoring, 1, 2, ... for the cause of the event; same length.
        group: labels; each group has curves of its own, of the same causes. A level without rows
            has none. Same length.
        cluster: which rows belong together, such as the lesions of a patient: any labels. The
            standard errors and limits are then robust. Same length.
        causes: number of causes, where the last of them may have no event. Otherwise the largest
            that occurs, and 1 at least.
        variance: "delta" as `survfit`, or "aalen" as `cuminc`; without meaning for clusters.
        level: level of confidence, strictly between 0 and 1.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    exits = whole_days("days", days)
    codes = cause_codes("cause", cause, exits.size)
    clusters = None if cluster is None else groups("cluster", cluster, exits.size)
    grouping = None if group is None else groups("group", group, exits.size)
    if variance not in VARIANCES:
        raise ValueError(f"variance must be one of 'delta', 'aalen', got {variance!r}")
    number = max(1, int(codes.max())) if causes is None else causes
    if not int(codes.max()) <= number <= MOST_CAUSES or number < 1:
        raise ValueError(
            f"causes must be at least the largest cause, {codes.max()}, and 1 to {MOST_CAUSES}, "
            f"got {causes}"
        )
    z = normal_quantile(level)

    def curves(rows: IntArray | slice) -> CumulativeIncidence:
        own = None if clusters is None else Groups(clusters.codes[rows], clusters.labels)
        return _estimate(exits[rows], codes[rows], number, own, variance, level, z)

    if grouping is None:
        return curves(slice(None))
    return {
        label: curves(rows)
        for label, rows in zip(grouping.labels, grouping.rows(), strict=True)
        if rows.size
    }


def _estimate(
    days: NDArray[Any],
    cause: IntArray,
    causes: int,
    cluster: Groups | None,
    variance: str,
    level: float,
    z: float,
) -> CumulativeIncidence:
    code, day_of_code = day_codes(days)
    counts = count_cells((code, cause), (day_of_code.size, causes + 1))
    counts, time = counts[counts.any(axis=1)], day_of_code[counts.any(axis=1)]
    n_censor, n_event = counts[:, 0].copy(), counts[:, 1:].copy()
    n_risk = np.cumsum(counts.sum(axis=1)[::-1])[::-1].copy()
    at_risk, events = n_risk.astype(np.float64), n_event.astype(np.float64)

    survival = np.cumprod(1 - events.sum(axis=1) / at_risk)
    before = np.concatenate(([1.0], survival[:-1]))
    estimate = np.cumsum((before / at_risk)[:, None] * events, axis=0)
    if cluster is not None:
        std_err = np.sqrt(_clustered(time, at_risk, events, days, cause, cluster))
    elif variance == "delta":
        std_err = np.sqrt(delta_variance(at_risk, events))
    else:
        std_err = np.sqrt(aalen_variance(at_risk, events))

    with np.errstate(invalid="ignore"):
        relative = std_err / np.where(estimate > 0, estimate, np.nan)
    lower, upper = probability_limits(estimate, relative, z, "log-log")
    certain = estimate > 1 - 1e-12
    lower[certain], upper[certain] = np.nan, np.nan
    arrays = (time, n_risk, n_event, n_censor, survival, estimate, std_err, lower, upper)
    for array in arrays:
        array.flags.writeable = False
    return CumulativeIncidence(
        *arrays,
        level=level,
        variance=variance if cluster is None else "cluster",
        n_clusters=None if cluster is None else cluster.n_occupied,
    )


def _clustered(
    time: IntArray,
    at_risk: FloatArray,
    events: FloatArray,
    days: NDArray[Any],
    cause: IntArray,
    cluster: Groups,
) -> FloatArray:
    chosen = events.any(axis=1)
    rows = rows_on(time[chosen], days, cause, cluster)
    _, variance = cluster_variances(rows, at_risk[chosen], events[chosen])
    place = np.searchsorted(time[chosen], time, side="right")
    return np.concatenate((np.zeros((1, events.shape[1])), variance))[place]
