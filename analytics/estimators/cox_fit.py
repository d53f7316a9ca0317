"""From checked input to a Cox model with its tests, limits and warnings."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import NormalDist

import numpy as np

from analytics.estimators._survival_package import Rows
from analytics.estimators.covariates import Variable
from analytics.estimators.cox_model import ChiSquareTest, CoxModel, Refit, Term, VariableTest
from analytics.estimators.cox_response import Response
from analytics.estimators.cox_solution import Solution, solve
from analytics.estimators.cox_warnings import sentences
from analytics.estimators.inputs import BoolArray, FloatArray
from analytics.estimators.p_values import chi_square_p

# Correlations whose smallest eigenvalue is below this cannot be inverted.
SINGULAR = 1e-12


def fit_model(response: Response, variables: Sequence[Variable]) -> CoxModel:
    """The Cox model of these variables (at least one)."""
    rows = response.with_variables(variables)
    solution = solve(rows)
    covariance = solution.covariance
    if solution.robust_covariance is not None:
        covariance = solution.robust_covariance
    covariance.setflags(write=False)
    counted = ~solution.collinear
    df = int(counted.sum())
    too_few_clusters = response.clusters is not None and response.clusters <= df
    robust_score = None
    if response.clusters is not None:
        known = solution.robust_score is not None and not too_few_clusters
        robust_score = _test(solution.robust_score if known else None, df)
    return CoxModel(
        terms=tuple(_terms(response, variables, solution, covariance)),
        variable_tests=tuple(_variable_tests(response, variables, solution, covariance)),
        n=float(response.n_weights.sum()),
        events=float(response.event_weights.sum()),
        clusters=response.clusters,
        ties=response.rows.ties,
        level=response.level,
        loglik=solution.loglik,
        likelihood_ratio=_test(2 * (solution.loglik[1] - solution.loglik[0]), df),
        wald=_test(None, df)
        if too_few_clusters
        else wald_test(solution.coefficient, covariance, counted),
        score=_test(solution.score, df),
        robust_score=robust_score,
        covariance=covariance,
        warnings=sentences(response, variables, solution),
        _refit=_refit(rows, variables, solution),
    )


def wald_test(coefficient: FloatArray, covariance: FloatArray, chosen: BoolArray) -> ChiSquareTest:
    """Wald test of the chosen coefficients together; NaN if one of them has no estimate."""
    coefficient, covariance = coefficient[chosen], covariance[np.ix_(chosen, chosen)]
    df = coefficient.size
    if not df or not np.isfinite(coefficient).all() or not np.isfinite(covariance).all():
        return _test(None, df)
    se = np.sqrt(np.diag(covariance))
    if not se.all():
        return _test(None, df)
    correlation, z = covariance / np.outer(se, se), coefficient / se
    if np.linalg.eigvalsh(correlation)[0] < SINGULAR:
        return _test(None, df)
    return _test(float(z @ np.linalg.solve(correlation, z)), df)


def _test(statistic: float | None, df: int) -> ChiSquareTest:
    if statistic is None or not df:
        statistic = math.nan
    return ChiSquareTest(statistic, df, chi_square_p(statistic, df))


def _places(variables: Sequence[Variable]) -> Iterator[tuple[Variable, range]]:
    """Each variable with the positions of its terms among all."""
    start = 0
    for variable in variables:
        end = start + variable.x.shape[1]
        yield variable, range(start, end)
        start = end


def _terms(
    response: Response, variables: Sequence[Variable], solution: Solution, covariance: FloatArray
) -> Iterator[Term]:
    quantile = NormalDist().inv_cdf(1 - (1 - response.level) / 2)
    coefficient = solution.coefficient
    used_se = np.sqrt(np.diag(covariance))
    with np.errstate(over="ignore"):
        hr = np.exp(coefficient)
        lower, upper = (np.exp(coefficient + side * quantile * used_se) for side in (-1, 1))
    z = coefficient / used_se
    for variable, places in _places(variables):
        n = variable.counts(response.n_weights)
        events = variable.counts(response.event_weights)
        for index, place in enumerate(places):
            level = variable.levels[index] if variable.levels else None
            row = 0 if level is None else index + 1
            yield Term(
                name=variable.term_names[index],
                variable=variable.name,
                level=level,
                reference=variable.reference,
                n=float(n[row]),
                events=float(events[row]),
                coef=float(coefficient[place]),
                se=math.sqrt(solution.covariance[place, place]),
                robust_se=None if response.clusters is None else float(used_se[place]),
                hr=float(hr[place]),
                lower=float(lower[place]),
                upper=float(upper[place]),
                z=float(z[place]),
                p_value=chi_square_p(float(z[place]) ** 2, 1),
            )


def _variable_tests(
    response: Response, variables: Sequence[Variable], solution: Solution, covariance: FloatArray
) -> Iterator[VariableTest]:
    for variable, places in _places(variables):
        chosen = np.zeros_like(solution.collinear)
        chosen[places] = ~solution.collinear[places]
        test = wald_test(solution.coefficient, covariance, chosen)
        reference_n, reference_events = (
            None if variable.codes is None else float(variable.counts(weights)[0])
            for weights in (response.n_weights, response.event_weights)
        )
        yield VariableTest(
            variable=variable.name,
            reference=variable.reference,
            reference_n=reference_n,
            reference_events=reference_events,
            statistic=test.statistic,
            df=test.df,
            p_value=test.p_value,
        )


def _refit(rows: Rows, variables: Sequence[Variable], solution: Solution) -> Refit:
    kept = ~solution.collinear
    position = np.cumsum(kept) - 1
    return Refit(
        rows=replace(rows, x=rows.x[:, kept]),
        coefficient=solution.last[kept],
        groups=tuple(
            (
                variable.name,
                tuple(int(position[place]) for place in places if kept[place]),
                not (solution.at_infinity | solution.unsettled)[places].any(),
            )
            for variable, places in _places(variables)
        ),
    )
