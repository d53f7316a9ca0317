"""Robust variances of survival and cumulative incidence: the grouped infinitesimal jackknife.

How much a row changes an estimate is its derivative with respect to the row's weight. Influences
are added up within each cluster (a patient with several lesions); the variance is the sum of their
squares over the clusters (as `survfit(..., cluster=)` of the R package `survival`). With one row
per cluster and no weights it is Greenwood's variance.

With Y at risk, d_k events of cause k, d of any cause, and dN_ik, Y_i the row's own share of them:

    hazard      D_ik(t) = (dN_ik - Y_i d_k / Y) / Y
    survival    u_i(t) = - sum over s <= t of Y / (Y - d) sum over k of D_ik(s), times S(t)
    incidence   F_ik(t) = sum over s <= t of S(s-) (u_i(s-) d_k / Y + D_ik(s))
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.estimators.groups import Groups
from analytics.estimators.inputs import FloatArray, IntArray

# Cells of a table of clusters and days that are worked on at a time (8 bytes each).
CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows as places on the axis of the days with events, one value per row.

    Attributes:
        entry: number of days with events up to the day of entry; the row is at risk from there on.
        exit: number of days with events up to and including its last day; its event, if it has
            one, is at the place before.
        cause: 0 for a censoring, 1 to k for the cause of an event.
        weights: how much it counts.
        cluster: which cluster it belongs to.
    """

    entry: IntArray
    exit: IntArray
    cause: NDArray[Any]
    weights: FloatArray
    cluster: Groups


def rows_on(
    event_days: IntArray,
    days: NDArray[Any],
    cause: NDArray[Any],
    cluster: Groups,
    entry: NDArray[Any] | None = None,
    weights: FloatArray | None = None,
) -> Rows:
    """Checked rows laid on the ascending `event_days`; those that weigh nothing are left out."""
    entries = np.zeros(days.size, dtype=np.int64)
    if entry is not None:
        entries = np.searchsorted(event_days, entry, side="right")
    exits = np.searchsorted(event_days, days, side="right")
    if weights is None:
        return Rows(entries, exits, cause, np.ones(days.size), cluster)
    counts = weights > 0
    return Rows(
        entries[counts],
        exits[counts],
        cause[counts],
        weights[counts],
        Groups(cluster.codes[counts], cluster.labels),
    )


def cluster_variances(
    rows: Rows, n_risk: FloatArray, n_event: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Variance of log survival, (T,), and of the cumulative incidences, (T, k), at T event days.

    Where survival is 0 its influence is 0, and so is the first variance.

    Args:
        rows: the rows behind the counts.
        n_risk: (T,) at risk on each day with events.
        n_event: (T, k) events per cause.
    """
    hazard = n_event / n_risk[:, None]
    events = n_event.sum(axis=1)
    remaining = n_risk - events
    left = remaining > 1e-12 * n_risk
    factor = np.where(left, remaining / n_risk, 0.0)
    survival_before = np.concatenate(([1.0], np.cumprod(factor)[:-1]))
    per_hazard = np.divide(n_risk, remaining, out=np.zeros_like(n_risk), where=left)

    of_survival = np.zeros(n_risk.size)
    of_incidence = np.zeros(n_event.shape)
    for at_risk, own_events in _tables_by_cluster(rows, *n_event.shape):
        on_hazard = (own_events - at_risk[:, :, None] * hazard) / n_risk[:, None]
        on_log_survival = -np.cumsum(on_hazard.sum(axis=2) * per_hazard, axis=1)
        of_survival += (on_log_survival**2).sum(axis=0)
        before = np.zeros_like(on_log_survival)
        before[:, 1:] = on_log_survival[:, :-1]
        step = survival_before[:, None] * (before[:, :, None] * hazard + on_hazard)
        of_incidence += (np.cumsum(step, axis=1) ** 2).sum(axis=0)
    return np.where(np.cumprod(factor) > 0, of_survival, 0.0), of_incidence


def _tables_by_cluster(
    rows: Rows, n_days: int, n_causes: int
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Some clusters at a time: at risk, (clusters, T), and events, (clusters, T, k)."""
    order = np.argsort(rows.cluster.codes, kind="stable")
    sorted_clusters = rows.cluster.codes[order]
    at_once = max(1, CELLS // ((n_days + 1) * (n_causes + 1)))
    for first in range(0, rows.cluster.size, at_once):
        count = min(at_once, rows.cluster.size - first)
        start, stop = np.searchsorted(sorted_clusters, [first, first + count])
        chosen = order[start:stop]
        own = sorted_clusters[start:stop].astype(np.int64) - first
        weights, cause = rows.weights[chosen], rows.cause[chosen].astype(np.int64)

        borders = own * (n_days + 1)
        size = count * (n_days + 1)
        entered = np.bincount(borders + rows.entry[chosen], weights=weights, minlength=size)
        left = np.bincount(borders + rows.exit[chosen], weights=weights, minlength=size)
        change = (entered - left).astype(np.float64).reshape(count, n_days + 1)
        at_risk = np.cumsum(change, axis=1)[:, :-1]

        failed = cause > 0
        cell = ((own * n_days + rows.exit[chosen] - 1) * n_causes + cause - 1)[failed]
        size = count * n_days * n_causes
        events = np.bincount(cell, weights=weights[failed], minlength=size).astype(np.float64)
        yield at_risk, events.reshape(count, n_days, n_causes)
