"""Kaplan-Meier curves, their limits and quantiles, and the reverse curve of follow-up."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from analytics.estimators import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from tests.agreement.comparing import Comparison, numbers, scattered, stored

SURVFIT = "`survfit`"
CLUSTERED = "`survfit(cluster)`"
COLUMNS = ("estimate", "lower", "upper")


def comparisons() -> Iterator[Comparison]:
    """Every figure of kaplan_meier.R and kaplan_meier_clustered.R."""
    for case, answer in stored("kaplan_meier").items():
        yield from _curve(case, answer)
        yield from _reverse(case, answer)
        for setting, limits in answer["limits"].items():
            yield from _limits(case, answer, setting, limits)
    for case, answer in stored("kaplan_meier_clustered").items():
        yield from _clustered(case, answer)


def _arguments(answer: dict[str, Any]) -> dict[str, Any]:
    names = ("days", "event", "entry", "weights", "cluster")
    return {name: answer[name] for name in names if answer.get(name) is not None}


def _curve(case: str, answer: dict[str, Any]) -> Iterator[Comparison]:
    curve = kaplan_meier(**_arguments(answer))
    for name in ("time", "n_risk", "n_event", "n_censor"):
        yield Comparison(
            "Kaplan–Meier: life table", SURVFIT, case, getattr(curve, name), answer[name]
        )
    yield Comparison("Kaplan–Meier: S(t)", SURVFIT, case, curve.survival, answer["survival"])
    yield Comparison("Kaplan–Meier: std. error", SURVFIT, case, curve.std_err, answer["std_err"])
    at_risk = answer["at_risk"]
    yield Comparison(
        "Kaplan–Meier: at risk between the days",
        "counted",
        case,
        curve.n_risk_at(at_risk["days"]),
        at_risk["n"],
    )


def _limits(
    case: str, answer: dict[str, Any], setting: str, limits: dict[str, Any]
) -> Iterator[Comparison]:
    arguments = _arguments(answer)
    curve = kaplan_meier(**arguments, conf_type=limits["conf_type"], level=limits["level"])
    for name in ("lower", "upper"):
        yield Comparison(
            f"Kaplan–Meier: limits, {setting}", SURVFIT, case, getattr(curve, name), limits[name]
        )
    at = [limits["at"][column] for column in COLUMNS]
    yield Comparison(
        "Kaplan–Meier: S at chosen days",
        "`summary(times)`",
        case,
        curve.at(limits["at"]["days"]),
        at,
    )
    expected = limits["quantiles"]
    yield Comparison(
        "Kaplan–Meier: median, quantiles",
        "`quantile`",
        case,
        _quantiles(curve, expected["q"]),
        [expected[column] for column in COLUMNS],
    )


def _reverse(case: str, answer: dict[str, Any]) -> Iterator[Comparison]:
    curve, expected = reverse_kaplan_meier(**_arguments(answer)), answer["reverse"]
    yield Comparison(
        "Reverse Kaplan–Meier: S at chosen days",
        "`survfit`, events first",
        case,
        curve.at(expected["days"]),
        [expected[column] for column in COLUMNS],
    )
    # R moved the events half a day back to untie them, and a curve may end on such a day: only
    # there the end of a plateau, and with it a quantile, lies half a day earlier than ours.
    ours = _quantiles(curve, expected["quantiles"]["q"])
    theirs = numbers([expected["quantiles"][column] for column in COLUMNS])
    moved = (theirs * 2) % 1 != 0
    yield Comparison(
        "Reverse Kaplan–Meier: median, quantiles",
        "`quantile`, events first",
        case,
        np.where(moved & (np.abs(ours - theirs) <= 0.25), theirs, ours),
        theirs,
    )


def _quantiles(curve: KaplanMeier, shares: list[float]) -> np.ndarray:
    return np.array([curve.quantile(q) for q in shares]).T


def _clustered(case: str, answer: dict[str, Any]) -> Iterator[Comparison]:
    rows = _arguments(answer)
    if "formula" in answer:
        n = 20_000
        rows = {
            "days": 30 * scattered(n, 41, 389),
            "event": scattered(n, 10, 577) < 4,
            "cluster": scattered(n, 997, 7351),
        }
    for limits in answer["limits"].values():
        curve = kaplan_meier(**rows, conf_type=limits["conf_type"], level=limits["level"])
        for name in ("lower", "upper"):
            yield Comparison(
                "Kaplan–Meier, clustered: limits",
                CLUSTERED,
                case,
                getattr(curve, name),
                limits[name],
            )
        yield Comparison(
            "Kaplan–Meier, clustered: median", CLUSTERED, case, curve.median(), limits["median"]
        )
    for statistic, name in (("S(t)", "survival"), ("std. error", "std_err")):
        yield Comparison(
            f"Kaplan–Meier, clustered: {statistic}",
            CLUSTERED,
            case,
            getattr(curve, name),
            answer[name],
        )
