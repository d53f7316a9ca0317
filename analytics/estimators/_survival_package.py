"""The one place that calls the package `survival`, a port of R's package of the same name.

Everything the Cox family takes from it is held to stored answers of R by the tests. The package is
imported when the first model is fitted.
"""

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.estimators.inputs import FloatArray, IntArray

# Of the log-likelihood, relative: tight enough for nine digits of every estimate.
CONVERGENCE = 1e-14
# Of a pivot, relative; that of `coxph.control` in R.
SINGULAR = float(np.finfo(np.float64).eps) ** 0.75
# Newton-Raphson needs four to eight iterations. Where the maximum lies at infinity every iteration
# moves on by the same step; after twenty the rest of the model stands still to nine digits.
ITERATIONS = 20


@dataclass(frozen=True, eq=False)
class Rows:
    """What a Cox model is fitted to; one value, or one line of `x`, per row.

    Attributes:
        days, event: time of exit, and 1.0 for an event or 0.0.
        x: covariates, shape (rows, terms).
        entry: time of entry, or None.
        strata, cluster: codes 0, 1, 2 ..., or None.
        weights: case weights, or None.
        ties: "efron" or "breslow".
    """

    days: FloatArray
    event: FloatArray
    x: FloatArray
    entry: FloatArray | None
    strata: IntArray | None
    cluster: IntArray | None
    weights: FloatArray | None
    ties: str

    def keywords(self) -> dict[str, Any]:
        """The arguments of the package that describe the rows."""
        return {
            "entry": self.entry,
            "strata": self.strata,
            "weights": self.weights,
            "method": self.ties,
        }


@dataclass(frozen=True, eq=False)
class Estimate:
    """A fitted model.

    Attributes:
        coefficient: log hazard ratios; 0 or NaN where the rows say nothing of a term.
        covariance: inverse of the information matrix, 0 in the lines of such terms.
        loglik: log partial likelihood without and with the covariates.
        score: score statistic against all coefficients 0.
        step: what another Newton step would add to each coefficient; 0 at a maximum.
    """

    coefficient: FloatArray
    covariance: FloatArray
    loglik: tuple[float, float]
    score: float
    step: FloatArray


def estimate(rows: Rows, *, iterations: int = ITERATIONS) -> Estimate:
    """Fit by maximal partial likelihood."""
    from survival import _survival as package

    fit = package.coxph_fit_raw(
        rows.days,
        rows.event,
        rows.x,
        **rows.keywords(),
        eps=CONVERGENCE,
        iter_max=iterations,
        resid=False,
    )
    terms = rows.x.shape[1]
    covariance = np.array(fit.var).reshape(terms, terms)
    null, fitted = fit.loglik
    return Estimate(
        coefficient=np.array(fit.coefficients),
        covariance=covariance,
        loglik=(float(null), float(fitted)),
        score=float(fit.score),
        step=covariance @ np.array(fit.first),
    )


def score_test(variance: FloatArray, score: FloatArray) -> float:
    """Chi-square of a score against 0; terms that add nothing to those before them are left out.

    Args:
        variance: shape (terms, terms); NaN gives NaN.
        score: shape (terms,).
    """
    from survival import _survival as package

    if not (np.isfinite(variance).all() and np.isfinite(score).all()):
        return math.nan
    found = package.coxph_wtest(variance.tolist(), [score.tolist()], toler_chol=SINGULAR)
    return float(found.test[0])


class FittedModel:
    """Tests and measures of a fitted model that need its rows once more."""

    def __init__(self, rows: Rows, coefficient: FloatArray) -> None:
        from survival import _survival as package

        start: dict[str, Any] = {"init": coefficient.tolist(), "iter_max": 0}
        self._fit: Any = None
        with suppress(ValueError):  # "infinite argument": it overflows under separation
            self._fit = package.coxph_fit(
                rows.days,
                rows.event,
                rows.x,
                **rows.keywords(),
                **start,
                cluster=rows.cluster,
            )

    def concordance(self) -> tuple[float, float]:
        """Harrell's C and its standard error."""
        if self._fit is None:
            return math.nan, math.nan
        found = self._fit.concordance
        variance = found.var
        se = math.nan if variance is None else float(np.sqrt(variance[0][0]))
        return float(found.concordance[0]), se

    def zph(self, groups: list[list[int]]) -> list[tuple[float, float]]:
        """Chi-square and p of each group of terms and, last, of all together.

        NaN where the events are too few, or too alike, for coefficients that change with time.
        """
        from survival import _survival as package

        unknown = [(math.nan, math.nan)] * (len(groups) + 1)
        if self._fit is None:
            return unknown
        try:
            found = package.cox_zph(self._fit, transform="km", assign=groups)
        except (RuntimeError, ValueError):  # a singular matrix; R stops there, too
            return unknown
        tests = [*found.table, found.global_test]
        return [(float(test.chisq), float(test.p)) for test in tests if test is not None]


@dataclass(frozen=True, eq=False)
class FineGrayRows:
    """Rows of a Fine-Gray model: `row` says which observation each comes from (0, 1, ...)."""

    row: IntArray
    start: FloatArray
    end: FloatArray
    weight: FloatArray


def finegray_rows(days: FloatArray, cause: IntArray) -> FineGrayRows:
    """Observations with a competing event stay at risk, weighted by the censoring distribution.

    Args:
        days: day of the first event or of the censoring.
        cause: 0 for a censoring, 1 for the event of interest, above for a competing event.
    """
    from survival import _survival as package

    if not (cause == 1).any():
        n = days.size
        return FineGrayRows(np.arange(n), np.full(n, -1.0), days, np.ones(n))
    found = package.finegray_expand(days, cause, event_type=1).to_arrays()
    return FineGrayRows(
        row=np.asarray(found["row"], dtype=np.int64) - 1,
        start=np.asarray(found["start"], dtype=np.float64),
        end=np.asarray(found["end"], dtype=np.float64),
        weight=np.asarray(found["wt"], dtype=np.float64),
    )
