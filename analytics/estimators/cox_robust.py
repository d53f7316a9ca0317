"""Robust covariance and score test of a Cox model, from the score residuals of its rows.

With w the weight of a row, r = exp(x b) its relative hazard and d events on a day of a stratum, the
k-th of them (k = 0 ... d - 1) meets

    S(k) = sum of w r over the rows at risk - f(k) * the same sum over the rows with the event,
    m(k) = the mean of x over both in the same way,  h(k) = mean w of the events / S(k)

with f(k) = k / d by Efron and 0 by Breslow. The score residual of a row is

    (x - mean of m(k) on the day of its event) - r * sum of (x - m(k)) h(k) while it is at risk

where the last sum counts each step of the day of its own event only by 1 - f(k). Weighted and added
up within each cluster these are the parts U of the score; the robust covariance is V U'U V with V
the usual one (Lin and Wei, J Am Stat Assoc 1989;84:1074-1078; as `residuals.coxph` of the R package
`survival`). Sums over the rows at risk are sums over the days with events, so that no row meets
another.
"""

import math
from dataclasses import dataclass

import numpy as np

from analytics.estimators._survival_package import Rows, score_test
from analytics.estimators.inputs import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Robust:
    """What the clusters say of a fitted model; NaN where the sums overflow or vanish.

    Attributes:
        covariance: shape (terms, terms), 0 in the lines of terms without an estimate.
        score: score statistic against all coefficients 0.
    """

    covariance: FloatArray
    score: float


def robust(rows: Rows, coefficient: FloatArray, covariance: FloatArray) -> Robust:
    """The sandwich estimate of a model of `rows`, which have clusters and at least one event.

    Args:
        coefficient: log hazard ratios, NaN or 0 for terms of which the rows say nothing.
        covariance: inverse of the information matrix, 0 in the lines of such terms.
    """
    days = _EventDays.of(rows)
    with np.errstate(all="ignore"):  # what comes of it is NaN, and is said to be
        scores = days.cluster_scores(rows, np.nan_to_num(coefficient))
        null = days.cluster_scores(rows, np.zeros(coefficient.size))
        return Robust(
            _squares(_product(covariance, scores)), score_test(_squares(null), null.sum(axis=1))
        )


def _product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Matrix product, not by `@`: its threads wait for each other on a busy machine."""
    product: FloatArray = np.einsum("ij,jk->ik", left, right)
    return product


def _squares(scores: FloatArray) -> FloatArray:
    return _product(scores, scores.T)


@dataclass(frozen=True, eq=False)
class _EventDays:
    """Rows laid on the days with events, of all strata one after the other.

    Attributes:
        events: number of events on each of the D days.
        strata: where each stratum but the first begins among the days.
        entry, exit: number of the last day, counted from 1, up to the row's entry and exit in its
            stratum, 0 where there is none: it is at risk on the days after `entry` up to `exit`.
            For a row with an event `exit` is D more.
    """

    events: IntArray
    strata: IntArray
    entry: IntArray | None
    exit: IntArray

    @classmethod
    def of(cls, rows: Rows) -> "_EventDays":
        stratum = np.zeros(1, dtype=np.int64) if rows.strata is None else rows.strata
        start = stratum * (math.ceil(rows.days.max()) + 2.0)
        axis, events = np.unique((start + rows.days)[rows.event > 0], return_counts=True)
        first = np.searchsorted(axis, start - 1, side="right")

        def place(day: FloatArray) -> IntArray:
            found = np.searchsorted(axis, start + day, side="right")
            return np.where(found > first, found, 0)

        return cls(
            events=events,
            strata=np.unique(first[first > 0]),
            entry=None if rows.entry is None else place(rows.entry),
            exit=place(rows.days) + np.where(rows.event > 0, axis.size, 0),
        )

    def cluster_scores(self, rows: Rows, coefficient: FloatArray) -> FloatArray:
        """Weighted score residuals at these coefficients, added up: (terms, clusters)."""
        assert rows.cluster is not None  # as said above
        columns = np.ascontiguousarray(rows.x.T)
        eta = _product(coefficient[None], columns)[0]
        risk = np.exp(eta - eta.max())
        weights = np.ones(risk.size) if rows.weights is None else rows.weights
        weighted = weights * risk
        of_event = np.repeat(np.arange(self.events.size), self.events)
        begin = np.cumsum(self.events) - self.events
        share = (np.arange(of_event.size) - begin[of_event]) / self.events[of_event]
        if rows.ties == "breslow":
            share = np.zeros_like(share)

        def at_risk(values: FloatArray) -> FloatArray:
            """Sum over the rows that each event meets."""
            whole, dying = self._at_risk(values)
            return whole[of_event] - share * dying[of_event]

        total = at_risk(weighted)
        hazard = (self._by_exit(weights)[1] / self.events)[of_event] / total
        exposure = self._met(hazard, share, begin)
        scores = np.empty((len(columns), int(rows.cluster.max()) + 1))
        for score, x in zip(scores, columns, strict=True):
            mean = at_risk(weighted * x) / total
            expected = np.concatenate(
                [np.zeros(self.events.size + 1), np.add.reduceat(mean, begin) / self.events]
            )
            residual = rows.event * x - expected[self.exit]
            residual += risk * (self._met(hazard * mean, share, begin) - x * exposure)
            score[:] = np.bincount(rows.cluster, residual * weights, score.size)
        return scores

    def _by_exit(self, values: FloatArray) -> FloatArray:
        """Sums by day of exit: in the first line without, in the second with an event."""
        sums = np.bincount(self.exit, values, 2 * self.events.size + 1)[1:]
        return sums.astype(np.float64).reshape(2, -1)

    def _at_risk(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Sums by day over the rows at risk, and over those with the event."""
        by_exit = self._by_exit(values)
        leaving = by_exit.sum(axis=0)
        if self.entry is not None:
            leaving -= np.bincount(self.entry, values, leaving.size + 1)[1:]
        parts = np.split(leaving, self.strata)
        return np.concatenate([np.cumsum(part[::-1])[::-1] for part in parts]), by_exit[1]

    def _met(self, step: FloatArray, share: FloatArray, begin: IntArray) -> FloatArray:
        """Sum of the steps, one per event, that each row meets."""
        parts = np.split(np.add.reduceat(step, begin), self.strata)
        added_up = np.concatenate([np.cumsum(part) for part in parts])
        up_to = np.concatenate([[0.0], added_up, added_up - np.add.reduceat(step * share, begin)])
        met: FloatArray = up_to[self.exit]
        return met if self.entry is None else met - up_to[self.entry]
