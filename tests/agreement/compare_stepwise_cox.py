"""Nested and stepwise Cox models."""

from collections.abc import Iterator

import pandas as pd

from analytics.estimators import nested_cox, stepwise_cox
from tests.agreement.compare_cox import ITERATED
from tests.agreement.comparing import Comparison, stored

SCRIPT = "stepwise_cox"
MODELS = {
    "Model 1": ["grade"],
    "Model 2": ["grade", "age"],
    "Model 3": ["grade", "age", "margin", "ecog"],
}
"""As in stepwise_cox.R."""


def comparisons() -> Iterator[Comparison]:
    """Every figure of stepwise_cox.R; which variables stay is tested in test_stepwise_cox.py."""
    data = {name: pd.DataFrame(rows) for name, rows in stored(SCRIPT, "data").items()}
    patients = data["patients"]
    yield from _nested(patients)
    for case, trace in stored(SCRIPT, "traces").items():
        rows = data[trace["data"]]
        found = stepwise_cox(
            rows["days"],
            rows["event"],
            rows[trace["columns"]],
            direction=trace["direction"],
            criterion=trace["criterion"],
            keep=trace["keep"],
        )
        aic = [step.aic for step in found.steps]
        yield Comparison(
            "Stepwise Cox: AIC of each step", "`step`", case, aic, trace["aic"], ITERATED
        )
    yield from _considered(patients)


def _nested(rows: pd.DataFrame) -> Iterator[Comparison]:
    answer = stored(SCRIPT, "nested")
    nested = nested_cox(rows["days"], rows["event"], rows, MODELS)
    for name, theirs in (("statistic", "statistic"), ("df", "df"), ("p_value", "p")):
        ours = [getattr(test, name) for test in nested.comparisons]
        yield Comparison(
            "Nested Cox: statistic, df, p", "`anova`", "patients", ours, answer[theirs], ITERATED
        )


def _considered(rows: pd.DataFrame) -> Iterator[Comparison]:
    for case, answer in stored(SCRIPT, "considered").items():
        step = stepwise_cox(
            rows["days"],
            rows["event"],
            rows[stored(SCRIPT, "columns")],
            direction=case,
            keep=["depth"] if case == "both" else [],
        ).steps[0]
        for name, theirs in (
            ("aic", "candidate_aic"),
            ("statistic", "statistic"),
            ("df", "df"),
            ("p_value", "p"),
        ):
            ours = [getattr(candidate, name) for candidate in step.candidates]
            yield Comparison(
                "Stepwise Cox: AIC, statistic, df, p of each candidate",
                "`drop1`, `add1`",
                case,
                ours,
                answer[theirs],
                ITERATED,
            )
