"""What a Cox model gives: hazard ratios, tests, and words about what could not be estimated."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np

from analytics.estimators._survival_package import FittedModel, Rows
from analytics.estimators.inputs import FloatArray


@dataclass(frozen=True)
class Term:
    """One line of the model: a number, or one level of a category against its reference level.

    Attributes:
        name: "age" for a number, "grade: G2" for a level.
        variable, level, reference: column, level and reference level; None, None for a number.
        n, events: observations and events (sums of the weights) in the level, or in all.
        coef: log hazard ratio (of a number: per unit).
        se: its standard error from the information matrix.
        robust_se: its standard error over clusters; None in a model that is not robust.
        hr, lower, upper: hazard ratio with its confidence limits (by `robust_se` where there is
            one).
        z, p_value: Wald test of this term.

    Everything from `coef` on is NaN where the term has no estimate; the model's warnings say why.
    """

    name: str
    variable: str
    level: str | None
    reference: str | None
    n: float
    events: float
    coef: float
    se: float
    robust_se: float | None
    hr: float
    lower: float
    upper: float
    z: float
    p_value: float


@dataclass(frozen=True)
class ChiSquareTest:
    """A statistic with its degrees of freedom and p; NaN where the test is not possible."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True)
class VariableTest:
    """Wald test of all terms of one variable, with the numbers in its reference level.

    Attributes:
        variable: name of the column.
        reference, reference_n, reference_events: reference level, observations and events in it;
            None for a number.
        statistic, df, p_value: as in `ChiSquareTest`.
    """

    variable: str
    reference: str | None
    reference_n: float | None
    reference_events: float | None
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True)
class Concordance:
    """Harrell's C: share of comparable pairs in which the higher hazard has the earlier event."""

    estimate: float
    se: float


@dataclass(frozen=True)
class ZphTest:
    """Test of proportional hazards of one variable, or of all ("GLOBAL")."""

    variable: str
    chisq: float
    df: int
    p_value: float


@dataclass(frozen=True)
class Refit:
    """What `concordance` and `zph` need.

    Attributes:
        rows: rows with the terms that are not collinear.
        coefficient: of these terms, where the iterations ended.
        groups: name of each variable, positions of its terms, and whether all have an estimate.
    """

    rows: Rows
    coefficient: FloatArray
    groups: tuple[tuple[str, tuple[int, ...], bool], ...]


@dataclass(frozen=True, eq=False)
class CoxModel:
    """A fitted Cox model.

    Attributes:
        terms: lines of the model, variable after variable.
        variable_tests: Wald test of each variable as a whole.
        n, events: observations and events (sums of the weights).
        clusters: number of clusters of the robust errors; None in a model that is not robust.
        ties: "efron" or "breslow".
        level: level of confidence of the limits, for example 0.95.
        loglik: log partial likelihood without and with the covariates.
        likelihood_ratio, score: tests of all terms together; they take rows as independent, so in
            a clustered model read `wald` and `robust_score`.
        wald: Wald test of all terms together, robust where the model is.
        robust_score: score test over clusters; None in a model that is not robust.
        covariance: of the coefficients, robust where the model is; shape (terms, terms), NaN in
            the lines of terms without an estimate.
        warnings: one sentence per thing that could not be estimated; empty where all is well.
    """

    terms: tuple[Term, ...]
    variable_tests: tuple[VariableTest, ...]
    n: float
    events: float
    clusters: int | None
    ties: str
    level: float
    loglik: tuple[float, float]
    likelihood_ratio: ChiSquareTest
    wald: ChiSquareTest
    score: ChiSquareTest
    robust_score: ChiSquareTest | None
    covariance: FloatArray
    warnings: tuple[str, ...]
    _refit: Refit

    @property
    def df(self) -> int:
        """Number of coefficients the likelihood depends on (collinear terms do not count)."""
        return self.likelihood_ratio.df

    @property
    def aic(self) -> float:
        """Akaike's information criterion: -2 log likelihood + 2 df."""
        return -2 * self.loglik[1] + 2 * self.df

    @cached_property
    def concordance(self) -> Concordance:
        """Concordance of the fitted hazards with the order of the events; over clusters if any."""
        if self._fitted is None:
            return Concordance(math.nan, math.nan)
        estimate, se = self._fitted.concordance()
        return Concordance(estimate, math.nan if self.clusters == 1 else se)

    def zph(self) -> tuple[ZphTest, ...]:
        """Score test of proportional hazards of each variable and, last, of all together.

        Grambsch and Therneau, Biometrika 1994;81:515-526, in the exact form of `cox.zph` of R's
        `survival` 3, against 1 - Kaplan-Meier as the scale of time. A category is tested as a
        whole. NaN for a variable without an estimate, and then for all together, too; NaN as well
        where all events are on one day.
        """
        rows, groups = self._refit.rows, self._refit.groups
        every_term = tuple(range(self._refit.coefficient.size))
        every_variable = all(estimated for _, _, estimated in groups)
        answers: Iterator[tuple[float, float]] = repeat((math.nan, math.nan))
        if self._fitted is not None and np.ptp(rows.days[rows.event > 0]) > 0:
            answers = iter(self._fitted.zph([list(terms) for _, terms, _ in groups if terms]))
        tests = []
        for name, terms, estimated in (*groups, ("GLOBAL", every_term, every_variable)):
            chisq, p_value = next(answers) if terms else (math.nan, math.nan)
            if not estimated:
                chisq, p_value = math.nan, math.nan
            tests.append(ZphTest(name, chisq, len(terms), p_value))
        return tuple(tests)

    @cached_property
    def _fitted(self) -> FittedModel | None:
        if not self._refit.coefficient.size:
            return None
        return FittedModel(self._refit.rows, self._refit.coefficient)
