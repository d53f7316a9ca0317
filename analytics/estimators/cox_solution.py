"""Coefficients of a Cox model, sorted into those with an estimate and those without.

A coefficient has no estimate where its column adds nothing to those before it (collinear), or where
the likelihood rises for ever as the coefficient grows (separation; a level without an event is the
common case). The others then come to rest at their limits, with finite errors; these are reported.
"""

import math
from dataclasses import dataclass

import numpy as np

from analytics.estimators import _survival_package as package
from analytics.estimators.cox_robust import robust
from analytics.estimators.inputs import BoolArray, FloatArray

# The next Newton step, times the range of its column: at a maximum it is below the first; on the
# way to infinity some are above the second, however far the way has led.
AT_REST = 1e-5
ON_THE_WAY = 0.1
# A standard error, times the range of its column, above this is that of a term that could go along
# to infinity at no gain.
HUGE = 1e2
# A robust standard error below this share of the usual one is nothing but rounding.
VANISHED = 1e-5


@dataclass(frozen=True, eq=False)
class Solution:
    """Coefficients of all terms.

    Attributes:
        coefficient, covariance, robust_covariance: NaN where there is no estimate; the last is
            None without clusters.
        loglik: log partial likelihood without and with the covariates.
        score, robust_score: score statistic against all coefficients 0, without and with clusters.
        collinear, at_infinity, unsettled: terms without an estimate, by reason.
        without_error: terms with an estimate, of whose error the clusters say nothing.
        last: coefficients where the iterations ended: finite also on the way to infinity, 0 for
            terms about which nothing was known there.
    """

    coefficient: FloatArray
    covariance: FloatArray
    robust_covariance: FloatArray | None
    loglik: tuple[float, float]
    score: float
    robust_score: float | None
    collinear: BoolArray
    at_infinity: BoolArray
    unsettled: BoolArray
    without_error: BoolArray
    last: FloatArray

    @property
    def estimated(self) -> BoolArray:
        """Terms with an estimate."""
        return ~(self.collinear | self.at_infinity | self.unsettled)


def solve(rows: package.Rows) -> Solution:
    """Maximise the partial likelihood of `rows`."""
    if not rows.event.any():
        return _without_events(rows)
    maximum = package.estimate(rows)
    silent = collinear = _silent(maximum)
    leaving = np.zeros_like(silent)
    if silent.any():
        # What is collinear is so at any coefficients; information can also fade far out.
        collinear = _silent(package.estimate(rows, iterations=0))
        leaving = _leaving(rows, silent & ~collinear)
    span = np.ptp(rows.x, axis=0)
    step, error = np.abs(maximum.step) * span, np.sqrt(np.diag(maximum.covariance)) * span
    moving = ~(step <= AT_REST) & ~silent
    diverging = bool(leaving.any() or (step > ON_THE_WAY).any())
    nothing = np.zeros_like(collinear)
    at_infinity = leaving | moving | (error > HUGE) if diverging else nothing
    unsettled = ~collinear if moving.any() and not diverging else nothing
    estimated = ~(collinear | at_infinity | unsettled)

    covariance_of_clusters, robust_score, without_error = None, None, nothing
    if rows.cluster is not None:
        found = robust(rows, maximum.coefficient, maximum.covariance)
        small = VANISHED**2 * np.diag(maximum.covariance)
        without_error = estimated & ~(
            (np.diag(found.covariance) > small) & bool(rows.cluster.any())
        )
        covariance_of_clusters = _only(found.covariance, estimated & ~without_error)
        robust_score = found.score
    return Solution(
        coefficient=np.where(estimated, maximum.coefficient, math.nan),
        covariance=_only(maximum.covariance, estimated),
        robust_covariance=covariance_of_clusters,
        loglik=maximum.loglik,
        score=maximum.score,
        robust_score=robust_score,
        collinear=collinear,
        at_infinity=at_infinity,
        unsettled=unsettled,
        without_error=without_error,
        last=np.where(silent, 0.0, maximum.coefficient),
    )


def _silent(estimate: package.Estimate) -> BoolArray:
    """Terms of which the rows say nothing at the coefficients of `estimate`."""
    silent: BoolArray = np.diag(estimate.covariance) == 0
    return silent


def _leaving(rows: package.Rows, faded: BoolArray) -> BoolArray:
    """Terms whose information has `faded`, and those that were on the way with them before."""
    iterations, leaving = package.ITERATIONS, faded
    while faded.any() and iterations > 1:
        iterations //= 2
        earlier = package.estimate(rows, iterations=iterations)
        leaving = leaving | (np.abs(earlier.step) * np.ptp(rows.x, axis=0) > ON_THE_WAY)
        faded = faded & _silent(earlier)
    return leaving


def _without_events(rows: package.Rows) -> Solution:
    terms = rows.x.shape[1]
    unknown, nothing = np.full(terms, math.nan), np.zeros(terms, dtype=np.bool_)
    covariance = np.full((terms, terms), math.nan)
    return Solution(
        coefficient=unknown,
        covariance=covariance,
        robust_covariance=None if rows.cluster is None else covariance,
        loglik=(0.0, 0.0),
        score=math.nan,
        robust_score=None,
        collinear=~nothing,
        at_infinity=nothing,
        unsettled=nothing,
        without_error=nothing,
        last=np.zeros(terms),
    )


def _only(covariance: FloatArray, estimated: BoolArray) -> FloatArray:
    """Lines of the estimated terms; NaN in the others."""
    return np.where(np.outer(estimated, estimated), covariance, math.nan)
