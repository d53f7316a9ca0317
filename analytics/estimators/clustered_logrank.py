"""Score test of k groups of rows that are clustered, such as the lesions of patients.

The log-rank test counts every row as if it were another patient. Here the variance of observed
minus expected is taken from the scores of the clusters instead (Lin and Wei, 1989; Lee, Wei and
Amato, 1992): with U_i the score residual of row i in a Cox model of group indicators at no effect,

    U_c = sum of U_i over the rows of cluster c
    statistic = (sum of U_c)' (sum of U_c U_c')^- (sum of U_c)

chi square with k - 1 degrees of freedom. On a day with n at risk and d events, ties as Efron takes
the j-th of them (j = 0 to d - 1) with the shares x_j = (n_g - j d_g / d) / (n - j) of the groups:

    event on the day     1{g} - mean of x_j, less the sum of (1 - j / d) (1{g} - x_j) / (n - j)
    at risk on the day   minus the sum of (1{g} - x_j) / (n - j)

Breslow's ties take j = 0 for all d events, and observed minus expected is that of the log-rank
test. The answers are those of `summary(coxph(Surv(days, event) ~ group + cluster(id)))$robscore` of
the R package `survival`.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.estimators.counting import count_cells, day_codes
from analytics.estimators.groups import groups
from analytics.estimators.inputs import BoolArray, FloatArray, IntArray, event_flags, whole_days
from analytics.estimators.score_test import chi_square_tail, quadratic_form

TIES = ("efron", "breslow")


@dataclass(frozen=True, eq=False)
class ClusteredLogRank:
    """Result of a clustered score test.

    Attributes:
        statistic: chi square; NaN where there is nothing to compare (see `warnings`).
        df: degrees of freedom: the groups that could be compared less 1.
        p_value: NaN where the statistic is.
        groups: labels of the groups that have rows, in order.
        n: (k,) rows per group, int64.
        n_clusters: number of clusters that have rows.
        observed: (k,) events per group, int64.
        expected: (k,) events expected were all groups alike.
        variance: (k, k) of observed minus expected, from the clusters.
        ties: "efron" or "breslow".
        warnings: what the reader must be told, in English sentences.
    """

    statistic: float
    df: int
    p_value: float
    groups: tuple[Hashable, ...]
    n: IntArray
    n_clusters: int
    observed: IntArray
    expected: FloatArray
    variance: FloatArray
    ties: str
    warnings: tuple[str, ...]


def clustered_logrank(
    days: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    cluster: ArrayLike,
    *,
    ties: str = "efron",
) -> ClusteredLogRank:
    """Robust score test: do groups differ, when rows of one cluster may be alike?

    With fewer than two clusters there is no test (NaN); with few of them the test is not to be
    relied on. A level of `group` without rows is left out.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        event: True or 1 for an event, False or 0 for a censoring; same length.
        group: any labels, or a pandas Categorical; same length. A cluster may be in many groups.
        cluster: which rows belong together; any labels, same length.
        ties: "efron" as `coxph` does unless told otherwise, or "breslow".

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    exits = whole_days("days", days)
    flags = event_flags("event", event, exits.size)
    grouping = groups("group", group, exits.size)
    clusters = groups("cluster", cluster, exits.size)
    if ties not in TIES:
        raise ValueError(f"ties must be one of 'efron', 'breslow', got {ties!r}")

    residuals = _score_residuals(exits, flags, grouping.codes, grouping.size, ties)
    codes = clusters.codes.astype(np.int64)
    per_cluster: FloatArray = np.column_stack(
        [np.bincount(codes, weights=column).astype(np.float64) for column in residuals.T]
    )
    has_rows = np.bincount(grouping.codes, minlength=grouping.size) > 0
    labels = tuple(label for label, kept in zip(grouping.labels, has_rows, strict=True) if kept)
    per_cluster = per_cluster[:, has_rows]
    score, variance = per_cluster.sum(axis=0), per_cluster.T @ per_cluster
    observed = np.bincount(grouping.codes[flags], minlength=grouping.size)[has_rows]
    statistic, df = math.nan, 0
    if clusters.n_occupied > 1 and len(labels) > 1 and flags.any():
        statistic, df = quadratic_form(score, variance)
    result = ClusteredLogRank(
        statistic,
        df,
        chi_square_tail(statistic, df),
        labels,
        np.bincount(grouping.codes, minlength=grouping.size)[has_rows],
        clusters.n_occupied,
        observed,
        observed - score,
        variance,
        ties,
        warnings=(
            *(
                f"group {label!r} has no rows and is left out"
                for label, kept in zip(grouping.labels, has_rows, strict=True)
                if not kept
            ),
            *_warnings(labels, observed, clusters.n_occupied, statistic),
        ),
    )
    for array in (result.n, result.observed, result.expected, result.variance):
        array.flags.writeable = False
    return result


def _score_residuals(
    days: NDArray[Any], event: BoolArray, group: NDArray[Any], size: int, ties: str
) -> FloatArray:
    """(n, k) score residuals; the rows of one day, group and event flag have the same."""
    code, day_of_code = day_codes(days)
    counts = count_cells((code, event, group), (day_of_code.size, 2, size))
    at_risk = np.cumsum(counts.sum(axis=1)[::-1], axis=0)[::-1]
    chosen = counts[:, 1].any(axis=1)
    n_event, n_risk = counts[chosen, 1].astype(np.float64), at_risk[chosen].astype(np.float64)
    steps = _Steps.of(n_event, n_risk, ties)

    # What a row has collected by being at risk on all days of events before each of them.
    hazard = np.concatenate(([0.0], np.cumsum(steps.hazard)))
    drift = np.concatenate((np.zeros((1, size)), np.cumsum(steps.drift, axis=0)))
    own = np.eye(size)[group]
    passed = np.searchsorted(day_of_code[chosen], days, side="right")
    residuals: FloatArray = drift[passed] - hazard[passed, None] * own
    last = passed[event] - 1
    residuals[event] = (
        own[event]
        - steps.share[last]
        + drift[last]
        - hazard[last, None] * own[event]
        + steps.own_drift[last]
        - steps.own_hazard[last, None] * own[event]
    )
    return residuals


@dataclass(frozen=True, eq=False)
class _Steps:
    """Per day of events: sums over its tied events, with the share x and 1 / (n - j) of each.

    Attributes:
        share: (T, k) mean of x.
        hazard, drift: (T,) and (T, k), sums of 1 / (n - j) and x / (n - j), for those at risk.
        own_hazard, own_drift: the same with (1 - j / d), for those with the event.
    """

    share: FloatArray
    hazard: FloatArray
    drift: FloatArray
    own_hazard: FloatArray
    own_drift: FloatArray

    @classmethod
    def of(cls, n_event: FloatArray, n_risk: FloatArray, ties: str) -> "_Steps":
        d, n = n_event.sum(axis=1), n_risk.sum(axis=1)
        if ties == "breslow":
            share, hazard = n_risk / n[:, None], d / n
            drift = share * hazard[:, None]
            return cls(share, hazard, drift, hazard, drift)
        first = np.concatenate(([0], np.cumsum(d)[:-1])).astype(np.int64)
        day = np.repeat(np.arange(d.size), d.astype(np.int64))
        j = np.arange(day.size) - first[day]
        gone = (j / d[day])[:, None]
        left = n[day] - j
        x = (n_risk[day] - gone * n_event[day]) / left[:, None]
        weight = 1 / left[:, None]

        def total(values: FloatArray) -> FloatArray:
            sums: FloatArray = np.add.reduceat(values, first, axis=0) if d.size else values
            return sums

        return cls(
            total(x) / d[:, None],
            total(weight)[:, 0],
            total(x * weight),
            total((1 - gone) * weight)[:, 0],
            total((1 - gone) * x * weight),
        )


def _warnings(
    labels: tuple[Hashable, ...], observed: IntArray, n_clusters: int, statistic: float
) -> list[str]:
    if len(labels) < 2:
        return ["there is one group only: nothing can be compared"]
    if not observed.any():
        return ["there are no events: nothing can be compared"]
    if n_clusters < 2:
        return ["there is one cluster only: its scores have no variance"]
    found = [
        f"group {label!r} has no events"
        for label, seen in zip(labels, observed, strict=True)
        if seen == 0
    ]
    if math.isnan(statistic):
        found.append("no two groups were at risk on the same day of an event")
    return found
