"""Fine and Gray's model of the subdistribution hazard, for an event that others compete with.

Fine and Gray, J Am Stat Assoc 1999;94:496-509: whoever has a competing event stays at risk, with
the weight G(t) / G(day of that event), G the Kaplan-Meier curve of the censoring. The answers are
those of `finegray()` and `coxph()` of the R package `survival`, errors robust by observation.

`crr()` of the R package `cmprsk` gives the same coefficients where no two share a day (to twelve
digits), and standard errors, which there also carry that G is estimated, within 0.2 %. Where days
are shared ties="breslow" is nearer to it: on the heavily tied data of the tests coefficients within
0.3 % of a standard error and standard errors within 0.1 %, by Efron within 2 % and 1.2 %.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators import _survival_package as package
from analytics.estimators.covariates import group_codes, read_variables
from analytics.estimators.cox_fit import fit_model
from analytics.estimators.cox_model import CoxModel
from analytics.estimators.cox_response import Response, ties_method
from analytics.estimators.inputs import IntArray, between_0_and_1, whole_days

if TYPE_CHECKING:
    import pandas as pd


def fine_gray(
    days: ArrayLike,
    cause: ArrayLike,
    covariates: "pd.DataFrame",
    *,
    cluster: ArrayLike | None = None,
    ties: str = "efron",
    level: float = 0.95,
    reference: Mapping[str, Any] | None = None,
) -> CoxModel:
    """Subdistribution hazard ratios of the event of interest.

    Args:
        days: whole days from the origin to the first event or the censoring, >= 0.
        cause: 0 for a censoring, 1 for the event of interest, 2 and above for competing events;
            same length.
        cluster: names or codes of clusters; without them each observation is one.

    The other arguments, and what is refused and what is flagged, are as for `cox`. In the model
    `n` and `events` count observations and events of interest; the likelihood is one of weighted
    rows, so read the (robust) Wald and score tests, not the likelihood ratio.

    Raises:
        ValueError: the message names the argument, and the column or the position.
    """
    exits = whole_days("days", days)
    n = exits.size
    causes = _causes(cause, n)
    of_interest = (causes == 1).astype(np.float64)
    groups = np.arange(n) if cluster is None else group_codes("cluster", cluster, n)
    expanded = package.finegray_rows(exits.astype(np.float64), causes)
    rows = package.Rows(
        days=expanded.end,
        event=of_interest[expanded.row],
        x=np.empty((expanded.row.size, 0)),
        entry=expanded.start,
        strata=None,
        cluster=groups[expanded.row],
        weights=expanded.weight,
        ties=ties_method("ties", ties),
    )
    response = Response(
        rows=rows,
        observation=expanded.row,
        n_weights=np.ones(n),
        event_weights=of_interest,
        clusters=int(groups.max()) + 1,
        level=between_0_and_1("level", level),
    )
    return fit_model(response, read_variables(covariates, n, reference=reference))


def _causes(values: ArrayLike, length: int) -> IntArray:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.shape != (length,):
        raise ValueError(f"cause has {numbers.size} values but days has {length}")
    wrong = ~(np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers)))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ValueError(
            "cause must be 0 for a censoring, 1 for the event of interest or a whole number above "
            f"for a competing event, got {numbers[place]:g} at position {place}"
        )
    return numbers.astype(np.int64)
