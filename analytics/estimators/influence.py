"""Robust variances of survival and cumulative incidence: the grouped infinitesimal jackknife.

How much a row changes an estimate is its derivative with respect to the row's weight. Influences
are added up within each cluster (a patient with several lesions); the variance is the sum of their
squares over the clusters (as `survfit(..., cluster=)` of the R package `survival`). With one row
per cluster and no weights it is Greenwood's variance.

With Y at risk, d_k events of cause k, d of any cause, and dN_ik, Y_i the row's own share of them:

    hazard      D_ik(t) = (dN_ik - Y_i d_k / Y) / Y
    survival    u_i(t) = - sum over s <= t of Y / (Y - d) sum over k of D_ik(s), times S(t)
    incidence   F_ik(t) = sum over s <= t of S(s-) (u_i(s-) d_k / Y + D_ik(s))

Between entry and exit both are sums of the same steps for every row, and after the exit they follow
from what they were there. So with

    A(t) = sum of d / (Y (Y - d)),  G_k(t) = sum of S(s-) d_k / Y  (the incidence itself),
    B_k(t) = sum of S(s-) d_k / Y (A(s-) - 1 / Y)

the influences of a cluster are, with coefficients m (its rows at risk), a and b,

    log survival  m A(t) + a        incidence  m B_k(t) + a G_k(t) + b

and the coefficients change at its own entries and exits only. The sums of their squares and
products over the clusters are therefore counted row by row, not cluster by day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.estimators.groups import Groups
from analytics.estimators.inputs import FloatArray, IntArray

# What is left of terms that cancel, relative to their size, is rounding and counts as 0.
ROUNDING = 1e-13


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
    remaining = n_risk - n_event.sum(axis=1)
    left = remaining > 1e-12 * n_risk
    factor = np.where(left, remaining / n_risk, 0.0)
    survival_before = np.concatenate(([1.0], np.cumprod(factor)[:-1]))
    per_event = np.divide(1.0, remaining, out=np.zeros_like(n_risk), where=left)

    steps, failed = _Steps.of(rows, n_risk.size), rows.cause > 0
    big_a = _added_up(hazard.sum(axis=1) * per_event)
    own = np.zeros(failed.size)
    own[failed] = per_event[rows.exit[failed] - 1]
    # (change at entry, change at exit) of the coefficients m and a, for one observation per row.
    at_risk = (np.ones(failed.size), -np.ones(failed.size))
    follows = (-big_a[rows.entry], big_a[rows.exit] - own)
    of_survival = steps.squares([at_risk, follows], [big_a, np.ones_like(big_a)])

    of_incidence = np.zeros(n_event.shape)
    for cause in range(n_event.shape[1]):
        step = survival_before * hazard[:, cause]
        big_g, big_b = _added_up(step), _added_up(step * (big_a[:-1] - 1 / n_risk))
        jump, of_cause = np.zeros(failed.size), rows.cause == cause + 1
        jump[of_cause] = (survival_before / n_risk)[rows.exit[of_cause] - 1]
        constant = (
            -big_b[rows.entry] - follows[0] * big_g[rows.entry],
            big_b[rows.exit] - follows[1] * big_g[rows.exit] + jump,
        )
        of_incidence[:, cause] = steps.squares(
            [at_risk, follows, constant], [big_b, big_g, np.ones_like(big_g)]
        )
    return np.where(np.cumprod(factor) > 0, of_survival, 0.0), of_incidence


Change = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class _Steps:
    """The entries and then the exits of n rows, 2 n of them, sorted by cluster and place.

    Attributes:
        order: which entry (0 to n - 1) or exit (n to 2 n - 1) each step is.
        place: days with events before the step.
        first: where the steps of its cluster begin.
        weights: how much its row counts.
        n_days: days with events.
    """

    order: IntArray
    place: IntArray
    first: IntArray
    weights: FloatArray
    n_days: int

    @classmethod
    def of(cls, rows: Rows, n_days: int) -> "_Steps":
        place = np.concatenate((rows.entry, rows.exit))
        cluster = np.tile(rows.cluster.codes, 2)
        order = np.lexsort((place, cluster))
        cluster = cluster[order]
        first = np.searchsorted(cluster, cluster, side="left")
        return cls(order, place[order], first, np.tile(rows.weights, 2)[order], n_days)

    def squares(self, changes: Sequence[Change], factors: Sequence[FloatArray]) -> FloatArray:
        """(T,): the sum over the clusters of (coefficients times their factors) squared.

        Args:
            changes: of each coefficient, what each row adds to it at its entry and at its exit.
            factors: of each coefficient, its factor after 0 to T days with events, (T + 1,).
        """
        walks = [self._walk(change) for change in changes]
        total, size = np.zeros(self.n_days + 1), np.zeros(self.n_days + 1)
        for i, (before, after) in enumerate(walks):
            for j in range(i + 1):
                change = after * walks[j][1] - before * walks[j][0]
                by_place = np.bincount(self.place, weights=change, minlength=self.n_days + 1)
                factor = (1 if i == j else 2) * factors[i] * factors[j]
                total += np.cumsum(by_place) * factor
                size += np.cumsum(np.abs(by_place)) * np.abs(factor)
        squares: FloatArray = np.where(total > ROUNDING * size, total, 0.0)[1:]
        return squares

    def _walk(self, change: Change) -> tuple[FloatArray, FloatArray]:
        """A coefficient of the step's cluster before and after each step."""
        total = _added_up(np.concatenate(change)[self.order] * self.weights)
        start = total[self.first]
        return total[:-1] - start, total[1:] - start


def _added_up(values: FloatArray) -> FloatArray:
    """Sums of the first 0, 1, ... of the values."""
    sums: FloatArray = np.concatenate(([0.0], np.cumsum(values)))
    return sums
