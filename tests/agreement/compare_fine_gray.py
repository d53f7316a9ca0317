"""Fine and Gray's model. How near `crr()` of `cmprsk` is, stands in test_fine_gray.py."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analytics.estimators import CoxModel, fine_gray
from tests.agreement.compare_cox import ITERATED, ZPH, of_terms
from tests.agreement.comparing import Comparison, stored

FINEGRAY = "`finegray`, `coxph`"


def comparisons() -> Iterator[Comparison]:
    """Every figure of fine_gray.R."""
    for case, answer in stored("fine_gray", "models").items():
        yield from _figures(case, fitted(answer), answer)


def fitted(answer: dict[str, Any]) -> CoxModel:
    """Our model of the data and arguments of an answer."""
    data = pd.DataFrame(answer["data"])
    return fine_gray(
        data["days"],
        data["cause"],
        data[answer["covariates"]],
        cluster=None if answer["cluster"] is None else data[answer["cluster"]],
        ties=answer["ties"],
    )


def _figures(case: str, model: CoxModel, answer: dict[str, Any]) -> Iterator[Comparison]:
    def line(statistic: str, ours: Any, theirs: Any, tolerance: float = ITERATED) -> Comparison:
        return Comparison(f"Fine–Gray: {statistic}", FINEGRAY, case, ours, theirs, tolerance)

    yield line("log subdistribution hazard ratio", of_terms(model, "coef"), answer["coef"])
    yield line("std. error, robust", of_terms(model, "robust_se"), answer["robust_se"])
    for name, theirs in (("lower", "lower"), ("upper", "upper"), ("p_value", "p")):
        yield line("limits, p", of_terms(model, name), answer[theirs])
    assert model.robust_score is not None
    yield line(
        "Wald and robust score test",
        [model.wald.statistic, model.robust_score.statistic],
        [answer["wald"], answer["robust_score"]],
    )
    yield line(
        "concordance, std. error",
        [model.concordance.estimate, model.concordance.se],
        [answer["concordance"], answer["concordance_se"]],
    )
    zph = [test.chisq for test in model.zph()]
    yield line("proportional hazards", zph, answer["zph"], ZPH)
