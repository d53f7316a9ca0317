"""Data that say too little for a Cox model: what has no estimate is NaN, and said in words."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import _survival_package, cox
from tests.analytics.estimators.cox_answers import agrees, stored

ANSWERS = stored("cox")["models"]
GONE = {
    "level_without_events": ["grade: G3"],
    "level_without_events_clustered": ["grade: G2"],
    "separation": ["margin: R1"],
}

DAYS = [11, 25, 31, 42, 58, 64, 70, 83, 90, 97, 101, 120]
EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0]
AGE = [70, 54, 61, 48, 66, 59, 72, 45, 50, 63, 57, 40]


def fit(columns, event=EVENT, **keywords):
    return cox(DAYS, event, pd.DataFrame(columns), **keywords)


def estimates(term):
    return np.array([term.coef, term.se, term.hr, term.lower, term.upper, term.z, term.p_value])


@pytest.mark.parametrize("name", GONE)
def test_a_term_on_its_way_to_infinity_is_not_shown_and_the_others_are_those_of_r(name):
    answer = ANSWERS[name]
    data = pd.DataFrame(answer["data"])
    cluster = None if answer["cluster"] is None else data[answer["cluster"]]
    model = cox(data["days"], data["event"], data[answer["covariates"]], cluster=cluster)

    hidden = [term.name for term in model.terms if math.isnan(term.hr)]
    assert hidden == GONE[name]
    assert len(model.warnings) == 1
    for index, term in enumerate(model.terms):
        if term.name in hidden:
            assert np.isnan(estimates(term)).all()
            continue
        expected = [answer[key][index] for key in ("coef", "se", "hr", "lower", "upper", "z", "p")]
        agrees(estimates(term), expected, 1e-7)
        if cluster is not None:
            agrees(term.robust_se, answer["robust_se"][index], 1e-7)
    agrees(model.loglik, answer["loglik"], 1e-8)
    agrees(model.likelihood_ratio.statistic, answer["likelihood_ratio"]["statistic"], 1e-7)
    agrees(model.score.statistic, answer["score"]["statistic"])
    agrees(model.concordance.estimate, answer["concordance"])
    assert math.isnan(model.wald.statistic)


@pytest.mark.parametrize("name", GONE)
def test_proportional_hazards_of_the_other_variables_are_tested_as_in_r(name):
    answer = ANSWERS[name]
    data = pd.DataFrame(answer["data"])
    gone = GONE[name][0].split(":")[0]

    for test in cox(data["days"], data["event"], data[answer["covariates"]]).zph():
        if test.variable in (gone, "GLOBAL"):
            assert math.isnan(test.chisq)
        elif answer["cluster"] is None:
            index = answer["zph"]["variable"].index(test.variable)
            agrees(test.chisq, answer["zph"]["chisq"][index], 1e-6)


def test_which_level_is_the_reference_changes_nothing_for_the_other_variables():
    data = pd.DataFrame(ANSWERS["level_without_events"]["data"])
    frame = data[["age", "grade", "margin"]]
    usual = cox(data["days"], data["event"], frame)
    against_empty = cox(data["days"], data["event"], frame, reference={"grade": "G3"})

    agrees(estimates(against_empty.terms[0]), estimates(usual.terms[0]).tolist(), 1e-7)
    assert [math.isnan(term.hr) for term in against_empty.terms] == [False, True, True, False]
    assert against_empty.warnings == (
        "'grade' has no event in its reference level 'G3': "
        "no hazard ratio against it can be estimated",
    )


def test_without_any_event_nothing_is_estimated():
    model = fit({"age": AGE}, event=[0] * 12, cluster=[1, 2] * 6)

    assert model.warnings == ("there is no event: nothing can be estimated",)
    assert np.isnan(estimates(model.terms[0])).all()
    assert math.isnan(model.likelihood_ratio.p_value)
    assert math.isnan(model.concordance.estimate)
    assert [math.isnan(test.chisq) for test in model.zph()] == [True, True]


def test_one_patient_gives_a_model_without_an_estimate():
    model = cox([30], [1], pd.DataFrame({"age": [61], "grade": ["G2"]}))

    assert [term.name for term in model.terms] == ["age"]
    assert np.isnan(estimates(model.terms[0])).all()
    assert model.warnings == (
        "'age' has one value only (61): nothing to compare",
        "'grade' has one level only ('G2'): nothing to compare",
    )
    assert [test.df for test in model.variable_tests] == [0, 0]


def test_one_event_has_no_test_of_proportional_hazards():
    model = fit({"age": AGE}, event=[0, 0, 0, 1] + [0] * 8)
    assert all(math.isnan(test.chisq) for test in model.zph())


def test_collinear_columns_leave_the_first_with_its_estimate():
    alone = fit({"age": AGE})
    model = fit({"age": AGE, "age_in_months": np.array(AGE) * 12.0, "constant": 7})

    agrees(estimates(model.terms[0]), estimates(alone.terms[0]).tolist())
    assert model.df == 1
    assert model.warnings == (
        "'age_in_months' says nothing beyond the terms before it and the strata (collinear): "
        "no estimate is given",
        "'constant' has one value only (7): nothing to compare",
    )
    assert np.isnan(model.covariance).tolist() == [
        [False, True, True],
        [True, True, True],
        [True, True, True],
    ]


def test_a_column_that_is_constant_within_the_strata_has_no_estimate():
    centre = ["A", "B"] * 6
    model = fit({"centre": centre, "age": AGE}, strata=centre)

    assert np.isnan(estimates(model.terms[0])).all()
    agrees(estimates(model.terms[1]), estimates(fit({"age": AGE}, strata=centre).terms[0]).tolist())


def test_complete_separation_by_a_number_is_said_and_no_hazard_ratio_shown():
    order = -np.arange(12.0)
    model = fit({"order": order}, event=[1] * 12)

    assert np.isnan(estimates(model.terms[0])).all()
    assert model.warnings == (
        "'order' separates those with the event from the others: "
        "its hazard ratio has no finite estimate",
    )


def test_a_large_hazard_ratio_with_a_maximum_is_no_separation():
    # All of the exposed die before any other person but one.
    exposed = np.array([0] + [1] * 60 + [0] * 30)
    model = cox(np.arange(1, 92), np.ones(91), pd.DataFrame({"exposed": exposed}))

    assert model.warnings == ()
    assert model.terms[0].hr > 50
    assert math.isfinite(model.terms[0].upper)


def test_a_level_with_hardly_any_weight_and_no_event_is_at_infinity_and_not_collinear():
    lonely = [0.0] * 5 + [1.0] + [0.0] * 6
    weights = np.where(np.array(lonely) == 1, 1e-9, 1.0)
    model = fit({"age": AGE, "lonely": pd.Categorical(lonely)}, weights=weights)

    assert model.warnings == (
        "'lonely' has no event in level '1.0': its hazard ratio cannot be estimated",
    )
    others = cox(np.delete(DAYS, 5), np.delete(EVENT, 5), pd.DataFrame({"age": np.delete(AGE, 5)}))
    assert model.terms[0].coef == pytest.approx(others.terms[0].coef, rel=1e-6)


def test_one_cluster_gives_hazard_ratios_without_errors():
    alone = fit({"age": AGE})
    model = fit({"age": AGE}, cluster=["same"] * 12)

    assert model.terms[0].hr == pytest.approx(alone.terms[0].hr)
    assert model.terms[0].se == pytest.approx(alone.terms[0].se)
    assert np.isnan(estimates(model.terms[0])[3:]).all()
    assert math.isnan(model.terms[0].robust_se)
    assert math.isnan(model.wald.statistic)
    assert math.isnan(model.robust_score.statistic)
    assert math.isnan(model.concordance.se)
    assert model.warnings == (
        "cluster has one value only: no robust standard error can be estimated",
    )


def test_fewer_clusters_than_terms_leave_no_test_of_all_terms_together():
    size = [3, 9, 4, 7, 5, 8, 2, 6, 11, 1, 10, 12]
    model = fit({"age": AGE, "size": size}, cluster=[1, 2] * 6)

    assert math.isfinite(model.terms[0].robust_se)
    assert math.isnan(model.wald.statistic)
    assert math.isnan(model.robust_score.statistic)
    assert model.warnings == (
        "there are not more clusters (2) than terms: "
        "no robust test of all terms together is possible",
    )


def test_a_likelihood_that_did_not_converge_is_said(monkeypatch):
    monkeypatch.setattr(_survival_package.estimate, "__kwdefaults__", {"iterations": 1})
    model = fit({"age": AGE})

    assert np.isnan(estimates(model.terms[0])).all()
    assert model.warnings == ("the likelihood did not converge: no estimate is given",)


def test_hazards_of_levels_with_next_to_no_event_have_no_test_of_proportionality():
    # Found at random: R's cox.zph stops here, its matrix is "computationally singular".
    days = [15, 22, 28, 2, 5, 24, 28, 8, 10, 26, 13]
    event = [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1]
    table = pd.DataFrame({"a": list("11302103011"), "b": list("10222020120")})
    tests = cox(days, event, table).zph()

    assert [test.variable for test in tests] == ["a", "b", "GLOBAL"]
    assert all(math.isnan(test.p_value) for test in tests)
