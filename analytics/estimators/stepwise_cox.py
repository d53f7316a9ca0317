"""Choice of the variables of a Cox model step by step, by likelihood ratio or by AIC."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from analytics.estimators.chi_square import chi_square_p
from analytics.estimators.covariates import Variable, read_variables
from analytics.estimators.cox_fit import fit_model
from analytics.estimators.cox_model import CoxModel
from analytics.estimators.cox_response import Response, read_response
from analytics.estimators.cox_solution import solve
from analytics.estimators.inputs import between_0_and_1

if TYPE_CHECKING:
    import pandas as pd

DIRECTIONS = ("backward", "forward", "both")
CRITERIA = ("lr", "aic")
# R's step() takes a smaller fall of the AIC for none.
LEAST_FALL = 1e-7


@dataclass(frozen=True)
class Candidate:
    """A variable that could leave or enter the model.

    Attributes:
        action: "remove" or "enter".
        variable: its name.
        statistic, df, p_value: likelihood ratio test of the model with against the model without
            it, as in R's drop1 and add1 with test="Chisq"; NaN where it adds nothing.
        aic: of the model after the action.
    """

    action: str
    variable: str
    statistic: float
    df: int
    p_value: float
    aic: float


@dataclass(frozen=True)
class Step:
    """One step, with everything that was weighed at it.

    Attributes:
        chosen: what was done; None at the last step, where nothing met the criterion.
        candidates: what could have been done, removals first, each in the order of the
            columns.
        variables: in the model before the action.
        aic: of the model before the action.
    """

    chosen: Candidate | None
    candidates: tuple[Candidate, ...]
    variables: tuple[str, ...]
    aic: float


@dataclass(frozen=True)
class StepwiseCox:
    """Steps of the selection, names of the variables left, their model (None without any)."""

    steps: tuple[Step, ...]
    selected: tuple[str, ...]
    final: CoxModel | None
    warnings: tuple[str, ...]


def stepwise_cox(
    days: ArrayLike,
    event: ArrayLike,
    covariates: "pd.DataFrame",
    *,
    direction: str = "backward",
    criterion: str = "lr",
    enter: float = 0.05,
    remove: float = 0.10,
    keep: Collection[str] = (),
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ties: str = "efron",
    level: float = 0.95,
    reference: Mapping[str, Any] | None = None,
) -> StepwiseCox:
    """Select among the columns of `covariates`; a category enters or leaves as a whole.

    Args:
        direction: "backward" starts with all columns and removes; "forward" starts with those in
            `keep` and enters; "both" starts like "forward" and may remove again what has entered.
        criterion: "lr" removes the variable with the largest p of its likelihood ratio test if
            that is above `remove`, and enters the one with the smallest if that is below `enter`
            ("both" looks first whether one is to be removed). "aic" takes the action after which
            the AIC is lowest, if it falls, as R's step().
        enter, remove: borders of p for "lr"; enter not above remove with direction "both".
        keep: columns that are in every model.

    The other arguments and errors are those of `cox`. The likelihood takes rows as independent:
    in a clustered model only the errors of the final model are robust, and a warning says so.

    Raises:
        ValueError: unknown direction, criterion or kept column, or borders out of order; see also
            `cox`.
    """
    _one_of("direction", direction, DIRECTIONS)
    _one_of("criterion", criterion, CRITERIA)
    between_0_and_1("enter", enter)
    between_0_and_1("remove", remove)
    if direction == "both" and enter > remove:
        raise ValueError(f"enter must not be above remove, got {enter:g} and {remove:g}")
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
    variables = read_variables(covariates, response.n_weights.size, reference=reference)
    for name in keep:
        if name not in {variable.name for variable in variables}:
            raise ValueError(f"keep: {name!r} is not among the columns of covariates")
    warnings = []
    if response.clusters is not None:
        warnings.append(
            "the steps take the rows of a cluster as independent; "
            "only the errors of the final model are robust"
        )
    if not response.event_weights.any():
        warnings.append("there is no event: nothing can be selected")
        return StepwiseCox((), (), None, tuple(warnings))
    likelihoods = _Likelihoods(response, variables)
    rule = _by_aic if criterion == "aic" else partial(_by_p, enter=enter, remove=remove)
    steps = tuple(_steps(likelihoods, frozenset(keep), direction, rule))
    selected = steps[-1].variables
    return StepwiseCox(
        steps=steps,
        selected=selected,
        final=fit_model(response, likelihoods.columns(selected)) if selected else None,
        warnings=tuple(warnings),
    )


class _Likelihoods:
    """Log-likelihoods of models of some of the variables, each fitted once."""

    def __init__(self, response: Response, variables: list[Variable]) -> None:
        # Robust errors take time and play no part in the likelihood.
        self._response = replace(response, rows=replace(response.rows, cluster=None))
        self._variables = variables
        self._known: dict[frozenset[str], tuple[float, int]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self._variables)

    def columns(self, names: Collection[str]) -> list[Variable]:
        """The variables of these names, in the order of the columns."""
        return [variable for variable in self._variables if variable.name in names]

    def of(self, names: frozenset[str]) -> tuple[float, int]:
        """Log-likelihood and number of coefficients."""
        if names not in self._known:
            solution = solve(self._response.with_variables(self.columns(names)))
            self._known[names] = solution.loglik[1], int((~solution.collinear).sum())
        return self._known[names]

    def aic(self, names: frozenset[str]) -> float:
        loglik, df = self.of(names)
        return -2 * loglik + 2 * df

    def candidate(self, action: str, variable: str, names: frozenset[str]) -> Candidate:
        """What comes of removing or entering `variable` from or into the model of `names`."""
        loglik_with, df_with = self.of(names | {variable})
        loglik_without, df_without = self.of(names - {variable})
        df = df_with - df_without
        statistic = 2 * (loglik_with - loglik_without) if df else math.nan
        after = names - {variable} if action == "remove" else names | {variable}
        return Candidate(
            action, variable, statistic, df, chi_square_p(statistic, df), self.aic(after)
        )


Rule = Callable[[Sequence[Candidate], float], Candidate | None]


def _steps(
    likelihoods: _Likelihoods, keep: frozenset[str], direction: str, rule: Rule
) -> Iterator[Step]:
    """Steps until the rule chooses nothing, or what it chooses has been there before."""
    names = frozenset(likelihoods.names) if direction == "backward" else keep
    seen = {names}
    while True:
        candidates = [
            likelihoods.candidate("remove", variable, names)
            for variable in likelihoods.names
            if direction != "forward" and variable in names - keep
        ] + [
            likelihoods.candidate("enter", variable, names)
            for variable in likelihoods.names
            if direction != "backward" and variable not in names
        ]
        aic = likelihoods.aic(names)
        chosen = rule(candidates, aic)
        after = names if chosen is None else names ^ {chosen.variable}
        if after in seen:
            chosen = None
        variables = tuple(name for name in likelihoods.names if name in names)
        yield Step(chosen, tuple(candidates), variables, aic)
        if chosen is None:
            return
        names = after
        seen.add(names)


def _by_aic(candidates: Sequence[Candidate], aic: float) -> Candidate | None:
    best = min(candidates, key=lambda candidate: candidate.aic, default=None)
    return best if best is not None and best.aic < aic - LEAST_FALL else None


def _by_p(
    candidates: Sequence[Candidate], aic: float, *, enter: float, remove: float
) -> Candidate | None:
    """Removes before it enters. A variable that adds nothing to the likelihood counts as p = 1."""
    ranked = [(1.0 if math.isnan(c.p_value) else c.p_value, c) for c in candidates]
    removals = [pair for pair in ranked if pair[1].action == "remove"]
    entries = [pair for pair in ranked if pair[1].action == "enter"]
    p_value, worst = max(removals, key=lambda pair: pair[0], default=(0.0, None))
    if worst is not None and p_value > remove:
        return worst
    p_value, best = min(entries, key=lambda pair: pair[0], default=(1.0, None))
    return best if best is not None and p_value < enter else None


def _one_of(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, got {value!r}")
