"""The log-rank test, its test for trend, and the score test of clustered rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from analytics.estimators import clustered_logrank, logrank
from tests.agreement.comparing import Comparison, scattered, stored

SURVDIFF = "`survdiff`"
BY_HAND = "from `survdiff`"


def comparisons() -> Iterator[Comparison]:
    """Every figure of logrank.R."""
    for case, answer in stored("logrank").items():
        rows = _rows(answer)
        cluster = rows.pop("cluster", None)
        yield from _tests(case, answer, rows)
        if answer["clustered"] is not None:
            yield from _clustered(case, answer["clustered"], rows | {"cluster": cluster})


def _rows(answer: dict[str, Any]) -> dict[str, Any]:
    names = ("days", "event", "group", "strata", "weights", "cluster")
    if "formula" not in answer:
        return {name: answer[name] for name in names if name in answer}
    n = 20_000
    rows = {
        "days": 30 * scattered(n, 41, 389),
        "event": scattered(n, 10, 577) < 4,
        "group": scattered(n, 4, 2711),
    }
    if answer["formula"] == "stratified":
        return rows | {"strata": scattered(n, 3, 4799)}
    return rows | {"cluster": scattered(n, 997, 7351)}


def _tests(case: str, answer: dict[str, Any], rows: dict[str, Any]) -> Iterator[Comparison]:
    test = logrank(**rows)
    for name in ("n", "observed", "expected"):
        yield Comparison(
            "Log-rank: n, observed, expected", SURVDIFF, case, getattr(test, name), answer[name]
        )
    yield Comparison(
        "Log-rank: variance", SURVDIFF, case, test.variance.ravel(), answer["variance"]
    )
    for name in ("statistic", "df", "p_value"):
        yield Comparison(
            "Log-rank: statistic, df, p", SURVDIFF, case, getattr(test, name), answer[name]
        )
    for name in ("trend", "uneven"):
        trend = logrank(**rows, scores=answer[name]["scores"])
        yield Comparison(
            "Log-rank: trend",
            BY_HAND,
            case,
            (trend.statistic, trend.df, trend.p_value),
            (answer[name]["statistic"], 1, answer[name]["p_value"]),
        )


def _clustered(case: str, answers: dict[str, Any], rows: dict[str, Any]) -> Iterator[Comparison]:
    for ties, answer in answers.items():
        test = clustered_logrank(**rows, ties=ties)
        yield Comparison(
            f"Clustered score test, {ties} ties",
            "`coxph(cluster)`",
            case,
            np.array([test.statistic, test.df, test.p_value]),
            [answer["statistic"], answer["df"], answer["p_value"]],
        )
