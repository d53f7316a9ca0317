"""Gray's test: do the cumulative incidences of one cause differ between groups?

Gray, Ann Stat 1988;16:1141-1154, with weight 1 (rho = 0). For the cause tested, on a day with n_g
at risk in group g (before the day: S_g free of any event, F_g incidence of the cause), d_g events
of the cause and d of them in all groups:

    risk set     R_g = n_g (1 - F_g) / S_g     those without the cause, had nothing competed
    score        z_g = sum of d_g - d R_g / R
    pooled       h_g = n_g / S_g,  h their sum,  F = sum of d / h
    a_ig         h_i (1{i = g} - h_g / h)
    c_ig(t)      sum over s <= t of a_ig d / (h (1 - F(s-))), and C its value on the last day
    variance     V_ij = sum over days and groups g of
                   (a_ig + p (C_ig - c_ig)) (a_jg + p (C_jg - c_jg)) v
                   + q (C_ig - c_ig) q (C_jg - c_jg) w
                 with q = (1 - F(t)) / S_g(t) and p = 1 - q,
                 v = S_g(t-) d / (h n_g) times 1 - (d - 1) / (h S_g(t-) - 1) for ties,
                 w = S_g(t-)^2 o_g / n_g^2 times 1 - (o_g - 1) / (n_g - 1) for ties,
                 for o_g events of other causes

Scores and variances are added up over strata. z' V^- z is chi square with k - 1 degrees of
freedom. The answers are those of `cuminc` of the R package `cmprsk`.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.estimators.counting import count_cells, day_codes
from analytics.estimators.groups import groups
from analytics.estimators.inputs import FloatArray, IntArray, cause_codes, whole_days
from analytics.estimators.p_values import chi_square_p
from analytics.estimators.score_test import quadratic_form


@dataclass(frozen=True, eq=False)
class GrayTest:
    """Result of Gray's test for each of k causes; arrays have one value per cause, cause 1 first.

    Attributes:
        statistic: (k,) chi square; NaN for a cause without events, and where nothing can be
            compared.
        df: (k,) degrees of freedom, int64.
        p_value: (k,) NaN where the statistic is.
        groups: labels of the groups that have rows, in order.
        n: rows per group, int64.
        warnings: what the reader must be told, in English sentences.
    """

    statistic: FloatArray
    df: IntArray
    p_value: FloatArray
    groups: tuple[Hashable, ...]
    n: IntArray
    warnings: tuple[str, ...]


def gray_test(
    days: ArrayLike, cause: ArrayLike, group: ArrayLike, *, strata: ArrayLike | None = None
) -> GrayTest:
    """Gray's test of each cause up to the largest that occurs.

    A level of `group` without rows is left out and named; a group without events counts.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        cause: 0 for a censoring, 1, 2, ... for the cause of the event; same length.
        group: any labels, or a pandas Categorical; same length.
        strata: labels of strata; groups are compared within each. Same length.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    exits = whole_days("days", days)
    codes = cause_codes("cause", cause, exits.size)
    grouping = groups("group", group, exits.size)
    parts: list[Any] = [slice(None)]
    if strata is not None:
        parts = [rows for rows in groups("strata", strata, exits.size).rows() if rows.size]
    number = max(1, int(codes.max()))
    tables = [
        _counts(exits[rows], codes[rows], grouping.codes[rows], number, grouping.size)
        for rows in parts
    ]

    n = np.bincount(grouping.codes, minlength=grouping.size)
    labels = tuple(label for label, rows in zip(grouping.labels, n, strict=True) if rows)
    scores = [_score_of_cause(tables, cause_number) for cause_number in range(1, number + 1)]
    has_variance = [bool(np.isfinite(variance).all()) for _, variance in scores]
    found = [quadratic_form(*pair) for pair in scores]
    statistic = np.array([value for value, _ in found])
    df = np.array([degrees for _, degrees in found], dtype=np.int64)
    warnings = [
        f"group {label!r} has no rows and is left out"
        for label, rows in zip(grouping.labels, n, strict=True)
        if not rows
    ]
    if len(labels) < 2:
        warnings.append("there is one group only: nothing can be compared")
    for position in range(number):
        if not (codes == position + 1).any():
            warnings.append(f"cause {position + 1} has no events: nothing can be compared")
        elif len(labels) > 1 and math.isnan(statistic[position]):
            warnings.append(
                f"no two groups were at risk when cause {position + 1} occurred"
                if has_variance[position]
                else "by the pooled estimate everybody has had "
                f"cause {position + 1} before its last day: the variance cannot be estimated"
            )
    result = GrayTest(
        statistic,
        df,
        np.array([chi_square_p(value, degrees) for value, degrees in found]),
        labels,
        n[n > 0],
        tuple(warnings),
    )
    for array in (result.statistic, result.df, result.p_value, result.n):
        array.flags.writeable = False
    return result


def _counts(
    days: NDArray[Any], cause: IntArray, group: NDArray[Any], causes: int, size: int
) -> tuple[FloatArray, FloatArray]:
    """At risk, (T, G), and events, (T, G, causes), on the days with events."""
    code, day_of_code = day_codes(days)
    counts = count_cells((code, group, cause), (day_of_code.size, size, causes + 1))
    at_risk = np.cumsum(counts.sum(axis=2)[::-1], axis=0)[::-1]
    chosen = counts[:, :, 1:].any(axis=(1, 2))
    return at_risk[chosen].astype(np.float64), counts[chosen, :, 1:].astype(np.float64)


def _score_of_cause(
    tables: list[tuple[FloatArray, FloatArray]], cause: int
) -> tuple[FloatArray, FloatArray]:
    size = tables[0][0].shape[1]
    score, variance = np.zeros(size), np.zeros((size, size))
    for at_risk, events in tables:
        own = events[:, :, cause - 1]
        part = _score_and_variance(at_risk, own, events.sum(axis=2) - own)
        score += part[0]
        variance += part[1]
    return score, variance


def _score_and_variance(
    at_risk: FloatArray, own: FloatArray, other: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """z, (G,), and V, (G, G), of one stratum from (T, G) numbers on its days with events."""
    there = at_risk > 0
    n = np.where(there, at_risk, 1.0)
    free = np.cumprod(1 - (own + other) / n, axis=0, dtype=np.float64)
    free_before = _before(free, 1.0)
    incidence_before = _before(np.cumsum(free_before * own / n, axis=0), 0.0)
    # A group that nobody is left of has free_before 0 or a frozen value: it counts for nothing.
    h = np.divide(at_risk, free_before, out=np.zeros_like(n), where=there)
    risk_set = h * (1 - incidence_before)
    d = own.sum(axis=1)
    h_all = h.sum(axis=1)
    score = (own - (d / risk_set.sum(axis=1))[:, None] * risk_set).sum(axis=0)

    pooled = np.cumsum(d / h_all)
    pooled_before = _before(pooled, 0.0)
    a = -h[:, :, None] * (h / h_all[:, None])[:, None, :]
    diagonal = np.arange(h.shape[1])
    a[:, diagonal, diagonal] += h
    # Where the pooled incidence has reached 1 before the last day, no variance is known (NaN).
    with np.errstate(divide="ignore", invalid="ignore"):
        c = np.cumsum(a * (d / (h_all * (1 - pooled_before)))[:, None, None], axis=0)
    ahead = c[-1:] - c if len(c) else c

    q = np.divide((1 - pooled)[:, None], free, out=np.zeros_like(n), where=free > 0)
    tied = np.where(d > 1, d - 1, 0)[:, None]
    of_all = np.where(tied > 0, h_all[:, None] * free_before - 1, 1.0)
    v = np.where(there, (1 - tied / of_all) * free_before * (d / h_all)[:, None] / n, 0.0)
    w = free_before**2 * other / n**2 * (1 - np.maximum(other - 1, 0) / np.maximum(n - 1, 1))
    w = np.where(free > 0, w, 0.0)
    first = a + (1 - q)[:, None, :] * ahead
    second = q[:, None, :] * ahead
    variance = np.einsum("tig,tjg,tg->ij", first, first, v)
    variance += np.einsum("tig,tjg,tg->ij", second, second, w)
    return score, variance


def _before(values: FloatArray, start: float) -> FloatArray:
    """Left limits: each row's values just before its day."""
    shifted = np.full_like(values, start)
    shifted[1:] = values[:-1]
    return shifted
