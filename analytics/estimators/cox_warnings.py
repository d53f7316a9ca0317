"""Sentences about what a Cox model could not estimate, and why."""

from collections.abc import Sequence

import numpy as np

from analytics.estimators.covariates import Variable
from analytics.estimators.cox_response import Response
from analytics.estimators.cox_solution import Solution
from analytics.estimators.inputs import FloatArray


def sentences(
    response: Response, variables: Sequence[Variable], solution: Solution
) -> tuple[str, ...]:
    """One sentence per thing that has no estimate; empty where all is well."""
    if not response.event_weights.any():
        return ("there is no event: nothing can be estimated",)
    if solution.unsettled.any():
        return ("the likelihood did not converge: no estimate is given",)
    found = []
    start = 0
    for variable in variables:
        end = start + variable.x.shape[1]
        place = slice(start, end)
        found += _of_variable(
            variable,
            variable.counts(response.event_weights),
            solution.collinear[place].tolist(),
            solution.at_infinity[place].tolist(),
        )
        start = end
    if response.clusters == 1:
        found.append("cluster has one value only: no robust standard error can be estimated")
    elif solution.without_error.any():
        found.append("the clusters are too few or too alike for every robust standard error")
    elif response.clusters is not None and response.clusters <= (~solution.collinear).sum():
        found.append(
            f"there are not more clusters ({response.clusters}) than terms: "
            "no robust test of all terms together is possible"
        )
    return tuple(found)


def _of_variable(
    variable: Variable, events: FloatArray, collinear: list[bool], at_infinity: list[bool]
) -> list[str]:
    name = variable.name
    if variable.codes is None:
        if np.ptp(variable.x) == 0:
            return [f"{name!r} has one value only ({variable.x[0, 0]:g}): nothing to compare"]
    elif not variable.levels:
        return [f"{name!r} has one level only ({variable.reference!r}): nothing to compare"]
    elif any(at_infinity) and events[0] == 0:
        return [
            f"{name!r} has no event in its reference level {variable.reference!r}: "
            "no hazard ratio against it can be estimated"
        ]
    found = []
    for index, term in enumerate(variable.term_names):
        if not (collinear[index] or at_infinity[index]):
            continue
        if variable.levels and events[index + 1] == 0:
            found.append(
                f"{name!r} has no event in level {variable.levels[index]!r}: "
                "its hazard ratio cannot be estimated"
            )
        elif collinear[index]:
            found.append(
                f"{term!r} says nothing beyond the terms before it and the strata (collinear): "
                "no estimate is given"
            )
        else:
            found.append(
                f"{term!r} separates those with the event from the others: "
                "its hazard ratio has no finite estimate"
            )
    return found
