"""Restricted mean survival time: the mean time free of the event within the first tau days.

The area under the Kaplan-Meier curve up to tau (Royston and Parmar, 2013). With A(t) the area from
t to tau, and n at risk and d events on day t:

    variance = sum over event days t <= tau of A(t)^2 d / (n (n - d))

The answers are those of `print(survfit(...), rmean = tau)` of the R package `survival`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.kaplan_meier import kaplan_meier
from analytics.estimators.limits import normal_quantile
from analytics.estimators.score_test import normal_two_sided


@dataclass(frozen=True)
class RestrictedMean:
    """Restricted mean survival time in days.

    Attributes:
        estimate, std_err: days.
        lower, upper: estimate -+ z std_err, days.
        tau: horizon in days.
        level: level of confidence, for example 0.95.
        n, events: number of rows, and of events in all.
    """

    estimate: float
    std_err: float
    lower: float
    upper: float
    tau: float
    level: float
    n: int
    events: int


@dataclass(frozen=True)
class RestrictedMeanDifference:
    """First less second restricted mean of two independent groups, in days.

    Attributes:
        estimate, std_err, lower, upper: days.
        p_value: two-sided, of no difference; NaN without any error.
    """

    estimate: float
    std_err: float
    lower: float
    upper: float
    p_value: float


def rmst(days: ArrayLike, event: ArrayLike, tau: float, *, level: float = 0.95) -> RestrictedMean:
    """Restricted mean survival time up to `tau` days.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        event: True or 1 for an event, False or 0 for a censoring; same length.
        tau: horizon in days, above 0. Past the last day of the data the curve is not known, so tau
            must not lie there unless the curve has reached 0 (R carries it on without a word).
        level: level of confidence, strictly between 0 and 1.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    curve = kaplan_meier(days, event)
    z = normal_quantile(level)
    horizon = float(tau)
    if not 0 < horizon < math.inf:
        raise ValueError(f"tau must be a number of days above 0, got {tau!r}")
    if horizon > curve.time[-1] and curve.survival[-1] > 0:
        raise ValueError(
            f"tau must not be after the last day of the data, got {horizon:g} and {curve.time[-1]}"
        )
    within = curve.time <= horizon
    borders = np.concatenate(([0.0], curve.time[within], [horizon]))
    areas = np.diff(borders) * np.concatenate(([1.0], curve.survival[within]))
    ahead = np.cumsum(areas[::-1])[::-1][1:]
    at_risk = curve.n_risk[within].astype(np.float64)
    events = curve.n_event[within].astype(np.float64)
    remaining = at_risk - events
    # Where nobody remains there is no area ahead.
    greenwood = np.divide(
        events, at_risk * remaining, out=np.zeros_like(events), where=remaining > 0
    )
    estimate = float(areas.sum())
    std_err = math.sqrt(float((ahead**2 * greenwood).sum()))
    return RestrictedMean(
        estimate,
        std_err,
        estimate - z * std_err,
        estimate + z * std_err,
        tau=horizon,
        level=level,
        n=int(curve.n),
        events=int(curve.events),
    )


def rmst_difference(first: RestrictedMean, second: RestrictedMean) -> RestrictedMeanDifference:
    """Difference of two groups at the same horizon, with limits at their common level.

    Raises:
        ValueError: second has another tau or level than first.
    """
    for name in ("tau", "level"):
        if getattr(first, name) != getattr(second, name):
            raise ValueError(
                f"second has the {name} {getattr(second, name):g}, "
                f"but first has {getattr(first, name):g}"
            )
    estimate = first.estimate - second.estimate
    std_err = math.hypot(first.std_err, second.std_err)
    half = normal_quantile(first.level) * std_err
    p_value = normal_two_sided(estimate / std_err) if std_err > 0 else math.nan
    return RestrictedMeanDifference(estimate, std_err, estimate - half, estimate + half, p_value)
