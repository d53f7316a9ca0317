"""Cox models: estimates, tests, concordance and proportional hazards.

Data in which R goes on towards infinity with one term are held to R in
``tests/analytics/estimators/test_cox_degenerate.py``.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analytics.estimators import CoxModel, cox
from tests.agreement.comparing import Comparison, numbers, stored
from tests.analytics.estimators.cox_answers import by_formula

COXPH = "`coxph`"
AT_INFINITY = {"level_without_events", "level_without_events_clustered", "separation"}
ITERATED = 1e-9  # both sides stop when the likelihood has converged
ZPH = 1e-7


def comparisons() -> Iterator[Comparison]:
    """Every figure of cox.R that has a finite answer."""
    for case, answer in stored("cox", "models").items():
        if case not in AT_INFINITY:
            yield from _figures(case, fitted(answer), answer)


def fitted(answer: dict[str, Any]) -> CoxModel:
    """Our model of the data and arguments of an answer."""
    data = by_formula() if answer["data"] is None else pd.DataFrame(answer["data"])
    columns = {key: answer[key] for key in ("strata", "cluster", "weights")}
    keywords = {key: data[column] for key, column in columns.items() if column is not None}
    if "entry" in data:
        keywords["entry"] = data["entry"]
    return cox(
        data["days"],
        data["event"],
        data[answer["covariates"]],
        ties=answer["ties"],
        level=answer["level"],
        **keywords,
    )


def of_terms(model: CoxModel, name: str) -> list[float]:
    """A figure of each term."""
    return [getattr(term, name) for term in model.terms]


def _figures(case: str, model: CoxModel, answer: dict[str, Any]) -> Iterator[Comparison]:
    def line(
        statistic: str, ours: Any, theirs: Any, against: str = COXPH, tolerance: float = ITERATED
    ) -> Comparison:
        return Comparison(statistic, against, case, ours, theirs, tolerance)

    yield line("Cox: log hazard ratio", of_terms(model, "coef"), answer["coef"])
    yield line("Cox: std. error", of_terms(model, "se"), answer["se"])
    for name in ("hr", "lower", "upper"):
        yield line("Cox: hazard ratio, limits", of_terms(model, name), answer[name])
    yield line("Cox: z, p of each term", of_terms(model, "z"), answer["z"])
    yield line("Cox: z, p of each term", of_terms(model, "p_value"), answer["p"])
    estimated = np.isfinite(of_terms(model, "coef"))
    both = np.outer(estimated, estimated)
    theirs = numbers(answer["covariance"])[both.ravel()]
    yield line("Cox: covariance", model.covariance[both], theirs)
    yield line(
        "Cox: log likelihood, AIC", [*model.loglik, model.aic], [*answer["loglik"], answer["aic"]]
    )
    for name in ("likelihood_ratio", "wald", "score"):
        test = getattr(model, name)
        yield line(
            "Cox: likelihood ratio, Wald and score test",
            [test.statistic, test.df, test.p_value],
            list(answer[name].values()),
        )
    tested = [test for test in model.variable_tests if test.df]
    theirs = [answer["variables"][test.variable] for test in tested]
    yield line(
        "Cox: Wald test of each variable",
        [[test.statistic, test.df, test.p_value] for test in tested],
        [list(test.values()) for test in theirs],
        "`coxph.wtest`",
    )
    if model.robust_score is not None:
        yield line("Cox, robust: std. error", of_terms(model, "robust_se"), answer["robust_se"])
        robust = answer["robust_score"]
        yield line(
            "Cox, robust: score test",
            [model.robust_score.statistic, model.robust_score.p_value],
            [robust["statistic"], robust["p"]],
        )
    concordance = [model.concordance.estimate, model.concordance.se]
    theirs = [answer["concordance"], answer["concordance_se"]]
    yield line("Cox: concordance, std. error", concordance, theirs, "`concordance`")
    zph = [test for test in model.zph() if test.df]
    yield line(
        "Cox: proportional hazards",
        [[test.chisq, test.df, test.p_value] for test in zph],
        np.transpose([answer["zph"][name] for name in ("chisq", "df", "p")]),
        "`cox.zph`",
        ZPH,
    )
