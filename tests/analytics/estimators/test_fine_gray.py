"""Fine and Gray's model against finegray() and coxph() of R, and how near crr() is to it."""

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import cox, fine_gray
from tests.agreement.compare_fine_gray import fitted
from tests.analytics.estimators.cox_answers import agrees, made_again, same_answers, stored

ANSWERS = stored("fine_gray")["models"]


MODELS = {name: fitted(ANSWERS[name]) for name in ANSWERS}


@pytest.mark.parametrize("name", ANSWERS)
def test_subdistribution_hazard_ratios_are_those_of_r(name):
    model, answer = MODELS[name], ANSWERS[name]

    for ours, theirs in (
        ("coef", "coef"),
        ("se", "se"),
        ("robust_se", "robust_se"),
        ("lower", "lower"),
        ("upper", "upper"),
        ("p_value", "p"),
    ):
        agrees([getattr(term, ours) for term in model.terms], answer[theirs])
    agrees(model.loglik, answer["loglik"])
    agrees(model.wald.statistic, answer["wald"])
    assert model.robust_score is not None
    agrees(model.robust_score.statistic, answer["robust_score"])
    agrees([model.concordance.estimate], answer["concordance"])
    agrees([model.concordance.se], answer["concordance_se"])
    agrees([test.chisq for test in model.zph()], answer["zph"], 1e-7)


@pytest.mark.parametrize(
    ("name", "coefficients", "errors"),
    [("untied", 1e-12, 0.002), ("tied_breslow", 0.003, 0.001), ("tied", 0.02, 0.012)],
)
def test_crr_is_as_near_as_the_module_says(name, coefficients, errors):
    answer = ANSWERS[name]
    ours = np.array([(term.coef, term.robust_se) for term in MODELS[name].terms]).T
    crr_coef, crr_se = np.array(answer["crr_coef"]), np.array(answer["crr_se"])

    assert (np.abs(ours[0] - crr_coef) / crr_se).max() < coefficients
    assert np.abs(ours[1] / crr_se - 1).max() < errors


@pytest.mark.slow
def test_the_stored_answers_are_what_the_script_makes():
    same_answers(made_again("fine_gray")["models"], ANSWERS)


def test_observations_and_events_of_interest_are_counted_once():
    data = pd.DataFrame(ANSWERS["tied"]["data"])
    model = MODELS["tied"]

    assert (model.n, model.events) == (len(data), (data["cause"] == 1).sum())
    (margin,) = [term for term in model.terms if term.variable == "margin"]
    assert margin.n == (data["margin"] == "R1").sum()
    assert margin.events == ((data["margin"] == "R1") & (data["cause"] == 1)).sum()
    assert model.clusters == len(data)


def test_without_a_competing_event_it_is_the_cox_model_with_robust_errors():
    data = pd.DataFrame(ANSWERS["no_competing_event"]["data"])
    frame = data[["age", "margin"]]
    plain = cox(data["days"], data["event"], frame, cluster=data.index, ties="breslow")

    for ours, theirs in zip(MODELS["no_competing_event"].terms, plain.terms, strict=True):
        assert ours.coef == pytest.approx(theirs.coef, rel=1e-10)
        assert ours.robust_se == pytest.approx(theirs.robust_se, rel=1e-10)


def test_without_an_event_of_interest_nothing_is_estimated():
    model = fine_gray([10, 20, 30], [2, 0, 2], pd.DataFrame({"age": [50, 60, 70]}))

    assert model.warnings == ("there is no event: nothing can be estimated",)
    assert np.isnan(model.terms[0].hr)
    assert (model.n, model.events) == (3, 0)


def test_a_level_without_an_event_of_interest_is_said():
    data = pd.DataFrame(ANSWERS["tied"]["data"])
    cause = np.where((data["grade"] == "G3") & (data["cause"] == 1), 2, data["cause"])
    model = fine_gray(data["days"], cause, data[["grade", "age"]])

    assert [bool(np.isnan(term.hr)) for term in model.terms] == [False, True, False]
    assert model.warnings == (
        "'grade' has no event in level 'G3': its hazard ratio cannot be estimated",
    )


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        ([0, 1], "cause has 2 values but days has 3"),
        ([0, 1, -1], "cause must be 0 for a censoring, .*, got -1 at position 2"),
        ([0, 1.5, 2], "cause must be 0 .* got 1.5 at position 1"),
        ([np.nan, 1, 2], "cause must be 0 .* got nan at position 0"),
    ],
)
def test_a_cause_that_is_no_code_is_refused(cause, message):
    with pytest.raises(ValueError, match=message):
        fine_gray([10, 20, 30], cause, pd.DataFrame({"age": [50, 60, 70]}))
