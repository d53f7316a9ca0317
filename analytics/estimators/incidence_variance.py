"""Variances of the Aalen-Johansen estimate of cumulative incidence when rows are independent.

On a day s with Y at risk, d_k events of cause k and d of any cause, S(s-) the share free of events
before and F_k the incidence, with G = F_k(t) - F_k(s) of what comes between s and t:

    delta   sum over s <= t of  G^2 d / (Y (Y - d))  +  S(s-)^2 d_k (Y - d_k) / Y^3
                                -  2 G S(s-) d_k / Y^2
    aalen   sum over s <= t of  (1 - G / S(s))^2 S(s-)^2 v(d_k)  +  (G / S(s))^2 S(s-)^2 v(d - d_k)
            with v(x) = x / Y^2 * (1 - (x - 1) / (Y - 1)) for x events tied on a day

"delta" is the delta method with the events of a day multinomial (Marubini and Valsecchi, 1995); it
equals the infinitesimal jackknife of R's `survfit`. "aalen" is the counting-process variance
(Aalen, 1978) that `cuminc` of the R package `cmprsk` gives; it is a little larger in small samples.
"""

import numpy as np

from analytics.estimators.inputs import FloatArray

# What is left of a sum of terms that cancel is this share of the largest, at most.
ROUNDING = 1e-13


def delta_variance(n_risk: FloatArray, n_event: FloatArray) -> FloatArray:
    """(T, k) variances of the incidences of k causes at T days.

    Args:
        n_risk: (T,) at risk on each day, above 0.
        n_event: (T, k) events per cause on each day.
    """
    at_risk, events = n_risk[:, None], n_event.sum(axis=1)[:, None]
    before, _, incidence = _curves(n_risk, n_event)
    remaining = at_risk - events
    # Once nobody is left nothing comes after, so that G = 0.
    greenwood = np.divide(
        events, at_risk * remaining, out=np.zeros_like(events), where=remaining > 0
    )
    own = before**2 * n_event * (at_risk - n_event) / at_risk**3
    shared = before * n_event / at_risk**2
    return _sum_of_squares(incidence, greenwood, -2 * shared, own)


def aalen_variance(n_risk: FloatArray, n_event: FloatArray) -> FloatArray:
    """(T, k) variances of the incidences of k causes at T days; arguments as above."""
    at_risk, events = n_risk[:, None], n_event.sum(axis=1)[:, None]
    before, after, incidence = _curves(n_risk, n_event)
    per_free = np.divide(1.0, after, out=np.zeros_like(after), where=after > 0)

    def spread(count: FloatArray) -> FloatArray:
        tied = 1 - np.maximum(count - 1, 0) / np.maximum(at_risk - 1, 1)
        return before**2 * count / at_risk**2 * tied

    own, others = spread(n_event), spread(events - n_event)
    return _sum_of_squares(incidence, (own + others) * per_free**2, -2 * own * per_free, own)


def _curves(n_risk: FloatArray, n_event: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """S before and after each day, (T, 1) each, and the incidences, (T, k)."""
    after = np.cumprod(1 - n_event.sum(axis=1) / n_risk)[:, None]
    before = np.concatenate(([[1.0]], after[:-1]))
    return before, after, np.cumsum(before * n_event / n_risk[:, None], axis=0)


def _sum_of_squares(
    incidence: FloatArray, square: FloatArray, linear: FloatArray, constant: FloatArray
) -> FloatArray:
    """Sum over s <= t of square G^2 + linear G + constant, with G = F(t) - F(s), for every t."""
    square = np.broadcast_to(square, incidence.shape)
    a = np.cumsum(square, axis=0)
    b = np.cumsum(linear - 2 * square * incidence, axis=0)
    c = np.cumsum(constant - linear * incidence + square * incidence**2, axis=0)
    largest = a * incidence**2
    variance = largest + b * incidence + c
    # Where F is certain (no row is left and no other cause came) the terms cancel but for rounding.
    return np.where(variance > ROUNDING * largest, variance, 0.0)
