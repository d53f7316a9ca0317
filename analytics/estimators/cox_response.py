"""Times, events and the way they are to be fitted, checked once for all models on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators._survival_package import Rows
from analytics.estimators.covariates import Variable, group_codes
from analytics.estimators.inputs import (
    FloatArray,
    IntArray,
    between_0_and_1,
    case_weights,
    entry_days,
    event_flags,
    whole_days,
)

TIES = ("efron", "breslow")


@dataclass(frozen=True, eq=False)
class Response:
    """Checked times and events.

    Attributes:
        rows: rows of the likelihood, without covariates.
        observation: which observation each row belongs to; None where there is one row for each.
        n_weights, event_weights: for how many observations and events each observation counts.
        clusters: number of clusters of the robust errors; None in a model that is not robust.
        level: level of confidence of the limits.
    """

    rows: Rows
    observation: IntArray | None
    n_weights: FloatArray
    event_weights: FloatArray
    clusters: int | None
    level: float

    def with_variables(self, variables: Sequence[Variable]) -> Rows:
        """The rows with the covariates of these variables."""
        none = np.empty((self.n_weights.size, 0))
        x = np.hstack([none, *(variable.x for variable in variables)])
        return replace(self.rows, x=x if self.observation is None else x[self.observation])


def read_response(
    days: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None,
    strata: ArrayLike | None,
    cluster: ArrayLike | None,
    weights: ArrayLike | None,
    ties: str,
    level: float,
) -> Response:
    """Check the arguments of `cox` other than the covariates; they are described there.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    exits = whole_days("days", days)
    n = exits.size
    flags = event_flags("event", event, n).astype(np.float64)
    case = None if weights is None else case_weights("weights", weights, n)
    if case is not None and not case.all():
        place = int(np.argmax(case == 0))
        raise ValueError(f"weights must be above 0 in a Cox model, got 0 at position {place}")
    clusters = None if cluster is None else group_codes("cluster", cluster, n)
    if clusters is None and case is not None and (case != np.floor(case)).any():
        clusters = np.arange(n, dtype=np.int64)
    counted = np.ones(n) if case is None else case
    return Response(
        rows=Rows(
            days=exits.astype(np.float64),
            event=flags,
            x=np.empty((n, 0)),
            entry=None if entry is None else entry_days("entry", entry, exits).astype(np.float64),
            strata=None if strata is None else group_codes("strata", strata, n),
            cluster=clusters,
            weights=case,
            ties=ties_method("ties", ties),
        ),
        observation=None,
        n_weights=counted,
        event_weights=counted * flags,
        clusters=None if clusters is None else int(clusters.max()) + 1,
        level=between_0_and_1("level", level),
    )


def ties_method(name: str, value: str) -> str:
    """One of "efron" and "breslow".

    Raises:
        ValueError: anything else.
    """
    if value not in TIES:
        known = ", ".join(repr(known) for known in TIES)
        raise ValueError(f"{name} must be one of {known}, got {value!r}")
    return value
