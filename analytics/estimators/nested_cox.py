"""Cox models that take in more and more variables, and tests of what each step adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.chi_square import chi_square_p
from analytics.estimators.covariates import read_variables
from analytics.estimators.cox_fit import fit_model, wald_test
from analytics.estimators.cox_model import CoxModel
from analytics.estimators.cox_response import read_response

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ModelComparison:
    """Test of the variables that `larger` has and `smaller` has not.

    Attributes:
        smaller, larger: names of the models.
        test: "likelihood ratio", or "robust Wald" where the models are robust: the likelihood
            takes rows as independent.
        statistic, df, p_value: chi-square test; NaN where an added term has no estimate (robust
            Wald) or nothing is added.
    """

    smaller: str
    larger: str
    test: str
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True)
class NestedCox:
    """Models by name, in the order given, and the comparison of each with the one before it."""

    models: dict[str, CoxModel]
    comparisons: tuple[ModelComparison, ...]


def nested_cox(
    days: ArrayLike,
    event: ArrayLike,
    covariates: "pd.DataFrame",
    models: Mapping[str, Sequence[str]],
    *,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ties: str = "efron",
    level: float = 0.95,
    reference: Mapping[str, Any] | None = None,
) -> NestedCox:
    """Fit nested models to the same rows and compare each with the one before, as R's `anova`.

    Args:
        models: name of each model and its columns of `covariates`, each a part of the next; the
            first has one column at least. None of these columns may have a missing value, in
            whichever model it stands, so that all models have the same rows.

    The other arguments and errors are those of `cox`.

    Raises:
        ValueError: no model, or a model without a column of the one before it; see also `cox`.
    """
    if not models:
        raise ValueError("models is empty: at least one model is needed")
    for (smaller, few), (larger, many) in pairwise(models.items()):
        for name in few:
            if name not in many:
                raise ValueError(
                    f"models: {larger!r} lacks {name!r}, which {smaller!r} has; "
                    "each model must contain the one before it"
                )
    response = read_response(
        days,
        event,
        entry=entry,
        strata=strata,
        cluster=cluster,
        weights=weights,
        ties=ties,
        level=level,
    )
    length = response.n_weights.size
    used = dict.fromkeys(name for names in models.values() for name in names)
    read_variables(covariates, length, names=used, reference=reference)
    fitted = {
        name: fit_model(
            response, read_variables(covariates, length, names=names, reference=reference)
        )
        for name, names in models.items()
    }
    return NestedCox(fitted, tuple(_compare(*pair) for pair in pairwise(fitted.items())))


def _compare(smaller: tuple[str, CoxModel], larger: tuple[str, CoxModel]) -> ModelComparison:
    names = (smaller[0], larger[0])
    few, many = smaller[1], larger[1]
    if many.clusters is None:
        statistic, df = 2 * (many.loglik[1] - few.loglik[1]), many.df - few.df
        if df < 1:
            statistic = float("nan")
        return ModelComparison(
            *names, "likelihood ratio", statistic, df, chi_square_p(statistic, df)
        )
    known = {test.variable for test in few.variable_tests}
    added = np.array([term.variable not in known for term in many.terms], dtype=np.bool_)
    wald = wald_test(np.array([term.coef for term in many.terms]), many.covariance, added)
    return ModelComparison(*names, "robust Wald", wald.statistic, wald.df, wald.p_value)
