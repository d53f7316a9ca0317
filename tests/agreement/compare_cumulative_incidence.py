"""Cumulative incidence, its standard errors and limits, and Gray's test."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from analytics.estimators import CumulativeIncidence, cumulative_incidence, gray_test
from tests.agreement.comparing import Comparison, scattered, stored

SURVFIT = "`survfit`, causes"
CLUSTERED = "influence of `survfit`, summed"


def comparisons() -> Iterator[Comparison]:
    """Every figure of cumulative_incidence.R."""
    for case, answer in stored("cumulative_incidence").items():
        rows = _rows(answer)
        pair = {"days": rows["days"], "cause": rows["cause"]}
        yield from _curves(case, cumulative_incidence(**pair), answer["survfit"], SURVFIT)
        if answer["cuminc"] is not None:
            aalen = cumulative_incidence(**pair, variance="aalen")
            yield from _aalen(case, aalen, answer["cuminc"])
        if answer["clustered"] is not None:
            clustered = cumulative_incidence(**pair, cluster=rows["cluster"])
            yield from _curves(case, clustered, answer["clustered"], CLUSTERED)
        if answer["gray"] is not None:
            yield from _gray(case, rows, answer["gray"])


def _rows(answer: dict[str, Any]) -> dict[str, Any]:
    names = ("days", "cause", "group", "strata", "cluster")
    if "formula" not in answer:
        return {name: answer[name] for name in names if name in answer}
    n = 20_000 if answer["formula"] == "heavy ties" else 2_000
    rows = {
        "days": 30 * scattered(n, 41, 389),
        "cause": np.maximum(scattered(n, 7, 577) - 4, 0),
        "group": scattered(n, 3, 2711),
    }
    if answer["formula"] == "heavy ties":
        return rows | {"strata": scattered(n, 3, 4799)}
    return rows | {"cluster": scattered(n, 199, 7351)}


def _curves(
    case: str, curves: CumulativeIncidence, answer: dict[str, Any], against: str
) -> Iterator[Comparison]:
    named = "Cumulative incidence" + (", clustered" if curves.n_clusters else "")
    for statistic, name in (
        ("S and F(t)", "survival"),
        ("S and F(t)", "estimate"),
        ("std. error", "std_err"),
        ("limits", "lower"),
        ("limits", "upper"),
    ):
        ours = getattr(curves, name).ravel(order="F")
        yield Comparison(f"{named}: {statistic}", against, case, ours, answer[name])


def _aalen(case: str, curves: CumulativeIncidence, answer: dict[str, Any]) -> Iterator[Comparison]:
    columns = [cause - 1 for cause in answer["causes"]]
    for statistic, values, name in (
        ("F(t)", curves.estimate, "estimate"),
        ("variance of Aalen", curves.std_err**2, "variance"),
    ):
        yield Comparison(
            f"Cumulative incidence: {statistic}",
            "`cmprsk::cuminc`",
            case,
            values[:, columns].ravel(order="F"),
            answer[name],
        )


def _gray(case: str, rows: dict[str, Any], answer: dict[str, Any]) -> Iterator[Comparison]:
    rows = {name: values for name, values in rows.items() if name != "cluster"}
    test = gray_test(**rows)
    for name in ("statistic", "df", "p_value"):
        yield Comparison(
            "Gray's test: statistic, df, p",
            "`cmprsk::cuminc`",
            case,
            getattr(test, name),
            answer[name],
        )
