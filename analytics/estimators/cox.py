"""Cox's proportional hazards model.

The answers are those of `coxph` of the R package `survival`, with its control set so that the
likelihood has converged to nine digits.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from analytics.estimators.covariates import read_variables
from analytics.estimators.cox_fit import fit_model
from analytics.estimators.cox_model import CoxModel
from analytics.estimators.cox_response import read_response

if TYPE_CHECKING:
    import pandas as pd


def cox(
    days: ArrayLike,
    event: ArrayLike,
    covariates: "pd.DataFrame",
    *,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ties: str = "efron",
    level: float = 0.95,
    reference: Mapping[str, Any] | None = None,
) -> CoxModel:
    """Cox model of the time to an event; Cox, J R Stat Soc B 1972;34:187-220.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        event: True or 1 for an event, False or 0 for a censoring; same length.
        covariates: one line per observation, by position, and one named column per variable:
            numbers, categories, strings or booleans, without missing values.
        entry: whole days from the origin to the start of observation (left truncation); each
            observation is at risk over (entry, days].
        strata: names or codes of strata, each with a baseline hazard of its own.
        cluster: names or codes of clusters, for example the patient of each lesion: standard
            errors, limits, Wald and score tests then are robust (Lin and Wei, J Am Stat Assoc
            1989;84:1074-1078).
        weights: how many observations each row stands for, > 0. Where some are not whole numbers
            they cannot be counts, and the errors are robust with every row as a cluster, as in R.
        ties: how events on the same day are handled, "efron" or "breslow".
        level: level of confidence of the limits, strictly between 0 and 1.
        reference: reference level of a column of categories, strings or booleans, where it is not
            the first.

    Input that is wrong in itself is refused. Data that are right but say too little (no event, one
    patient, a column with one value, collinear columns, a level without events, separation, one
    cluster) give a model whose `warnings` say what has no estimate; that part of it is NaN.

    Raises:
        ValueError: the message names the argument, and the column or the position.
    """
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
    return fit_model(
        response, read_variables(covariates, response.n_weights.size, reference=reference)
    )
