"""Coefficients of a Cox model, sorted into those with an estimate and those without.

A coefficient has no estimate where its column adds nothing to those before it (collinear), or where
the likelihood rises for ever as the coefficient grows (separation; a level without an event is the
common case). The others then come to rest at their limits, with finite errors; these are reported.
"""

import math
from dataclasses import dataclass

import numpy as np

from analytics.estimators import _survival_package as package
from analytics.estimators.inputs import BoolArray, FloatArray

# The next Newton step, times the range of its column: at a maximum it is below the first; on the
# way to infinity some are above the second, however far the way has led.
AT_REST = 1e-5
ON_THE_WAY = 0.1


@dataclass(frozen=True, eq=False)
class Solution:
    """Coefficients of all terms.

    Attributes:
        coefficient, covariance, robust_covariance: NaN where there is no estimate; the last is
            None without clusters.
        loglik: log partial likelihood without and with the covariates.
        score, robust_score: score statistic against all coefficients 0, without and with clusters.
        collinear, at_infinity, unsettled: terms without an estimate, by reason.
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
    last: FloatArray

    @property
    def estimated(self) -> BoolArray:
        """Terms with an estimate."""
        return ~(self.collinear | self.at_infinity | self.unsettled)


def solve(rows: package.Rows) -> Solution:
    """Maximise the partial likelihood of `rows`."""
    maximum = package.estimate(rows)
    silent = collinear = np.diag(maximum.covariance) == 0
    if silent.any():
        # What is collinear is so at any coefficients; information can also fade far out.
        collinear = np.diag(package.estimate(rows, iterations=0).covariance) == 0
    faded = silent & ~collinear
    step = np.abs(maximum.step) * np.ptp(rows.x, axis=0)
    moving = faded | ~(silent | (step <= AT_REST))
    diverging = bool(faded.any() or (step > ON_THE_WAY).any())
    nothing = np.zeros_like(collinear)
    at_infinity = moving if diverging else nothing
    unsettled = ~collinear if moving.any() and not diverging else nothing
    estimated = ~(collinear | at_infinity | unsettled)

    return Solution(
        coefficient=np.where(estimated, maximum.coefficient, math.nan),
        covariance=_only(maximum.covariance, estimated),
        robust_covariance=None
        if maximum.robust_covariance is None
        else _only(maximum.robust_covariance, estimated),
        loglik=maximum.loglik,
        score=maximum.score,
        robust_score=maximum.robust_score,
        collinear=collinear,
        at_infinity=at_infinity,
        unsettled=unsettled,
        last=np.where(silent, 0.0, maximum.coefficient),
    )


def _only(covariance: FloatArray, estimated: BoolArray) -> FloatArray:
    """Lines of the estimated terms; NaN in the others."""
    return np.where(np.outer(estimated, estimated), covariance, math.nan)
