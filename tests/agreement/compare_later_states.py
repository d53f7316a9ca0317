"""States that begin after the origin: at a landmark, and as time-dependent in a Cox model."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analytics.estimators import CoxModel, cox, kaplan_meier, landmark, logrank
from analytics.later.pieces import pieces_of
from tests.agreement.compare_cox import ITERATED, ZPH, of_terms
from tests.agreement.comparing import Comparison, numbers, stored

TMERGE = "`tmerge`, `coxph`"
LANDMARK = "rows after the day"


def comparisons() -> Iterator[Comparison]:
    """Every figure of later_states.R."""
    for case, answer in stored("later_states").items():
        data = pd.DataFrame(answer["data"], dtype=float)
        yield from _in_time(case, data, answer)
        for name, at in answer["landmarks"].items():
            yield from _at_landmark(f"{case}, day {name}", data, answer, at)


def _in_time(case: str, data: pd.DataFrame, answer: dict[str, Any]) -> Iterator[Comparison]:
    expected = answer["in_time"]
    days = data["days"].to_numpy(dtype=np.int64)
    begins = {name: data[name].fillna(np.inf) for name in answer["names"]}
    pieces = pieces_of(days, begins)
    ended = data["event"].to_numpy()[pieces.row] * pieces.is_last
    columns = [pieces.row + 1, pieces.start, pieces.stop, ended, *pieces.states.values()]
    theirs = [expected[name] for name in ("row", "start", "stop", "ended")]
    yield Comparison(
        "Time-dependent: pieces of rows",
        "`tmerge`",
        case,
        np.array(columns),
        [*theirs, *expected["states"].values()],
    )
    frame = data.loc[pieces.row, answer["covariates"]].reset_index(drop=True)
    model = cox(
        pieces.stop,
        ended,
        frame.assign(**pieces.states),
        entry=pieces.start,
        cluster=_clusters(answer, data.loc[pieces.row]),
    )
    yield from _model("Time-dependent", TMERGE, case, model, expected["model"])


def _at_landmark(
    case: str, data: pd.DataFrame, answer: dict[str, Any], at: dict[str, Any]
) -> Iterator[Comparison]:
    cut = landmark(data["days"], data["event"], at["day"])
    there = data[cut.selected].reset_index(drop=True)
    begun = (there[answer["names"][0]] <= at["day"]).astype(float)
    left_out = [cut.n_event_before, cut.n_censored_before]
    yield Comparison(
        "Landmark: rows left out and in the state",
        LANDMARK,
        case,
        np.array([*left_out, *begun]),
        [*at["left_out"], *at["begun"]],
    )
    curves = [
        kaplan_meier(cut.days[begun == value], cut.event[begun == value])
        for value in sorted(begun.unique())
    ]
    # R goes on with the last value where nobody is left.
    survival = [_to_the_end(curve, day) for curve in curves for day in answer["days_at"]]
    at_risk = [curve.n_risk_at(answer["days_at"]) for curve in curves]
    yield Comparison("Landmark: S(t) by state", "`survfit`", case, survival, at["survival"])
    yield Comparison(
        "Landmark: at risk by state", "`survfit`", case, np.concatenate(at_risk), at["at_risk"]
    )
    if at["logrank"] is not None:
        test = logrank(cut.days, cut.event, begun)
        yield Comparison(
            "Landmark: log-rank",
            "`survdiff`",
            case,
            [test.statistic, test.p_value],
            at["logrank"],
        )
    model = cox(
        cut.days,
        cut.event,
        there[answer["covariates"]].assign(begun=begun),
        cluster=_clusters(answer, there),
    )
    yield from _model("Landmark", "`coxph`", case, model, at["model"])


def _to_the_end(curve: Any, day: float) -> float:
    place = int(np.searchsorted(curve.time, day, side="right"))
    return float(curve.survival[place - 1]) if place else 1.0


def _clusters(answer: dict[str, Any], rows: pd.DataFrame) -> Any:
    return None if answer["cluster"] is None else rows[answer["cluster"]].to_numpy()


def _model(
    name: str, against: str, case: str, model: CoxModel, answer: dict[str, Any]
) -> Iterator[Comparison]:
    def line(statistic: str, ours: Any, theirs: Any, tolerance: float = ITERATED) -> Comparison:
        return Comparison(f"{name}, Cox: {statistic}", against, case, ours, theirs, tolerance)

    yield line("observations, events", [model.n, model.events], [answer["n"], answer["events"]])
    yield line("log hazard ratio", of_terms(model, "coef"), answer["coef"])
    yield line("std. error", of_terms(model, "se"), answer["se"])
    if answer["robust_se"] is not None:
        yield line("robust std. error", of_terms(model, "robust_se"), answer["robust_se"])
    for part, theirs in (("lower", "lower"), ("upper", "upper"), ("p_value", "p")):
        yield line("limits, p", of_terms(model, part), answer[theirs])
    yield line("log likelihood", list(model.loglik), answer["loglik"])
    concordance = [model.concordance.estimate, model.concordance.se]
    yield line("concordance, std. error", concordance, answer["concordance"])
    if answer["zph"] is not None:
        tests = model.zph()
        ours = [*(test.chisq for test in tests), *(test.p_value for test in tests)]
        yield line("proportional hazards", ours, numbers(answer["zph"]), ZPH)
