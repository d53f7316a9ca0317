"""Data that say too little for a Cox model: what has no estimate is NaN, and said in words."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

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


def test_clusters_that_balance_out_give_no_error_of_rounding_size():
    # Each cluster holds the same pair, so that its part in the score is 0.
    model = cox([5, 5, 9, 9], [1, 1, 1, 1], pd.DataFrame({"x": [0, 1, 0, 1]}), cluster=list("aabb"))

    assert model.terms[0].hr == pytest.approx(1.0)
    assert np.isnan(estimates(model.terms[0])[3:]).all()
    assert model.warnings == (
        "the clusters are too few or too alike for every robust standard error",
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


def test_robust_tests_that_overflow_leave_a_model_that_says_so():
    # Two events among many: three numbers separate them, far apart in scale.
    days = [5, 39, 11, 31, 19, 25, 16, 7, 22, 20, 29, 9, 26, 21, 15, 5, 24, 9, 16]
    event = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    age = [52, 72, 38, 50, 35, 73, 63, 65, 56, 52, 48, 32, 57, 61, 45, 42, 71, 44, 64]
    size = [2, 2, 2, 1, 1, 2, 2, 1, 2, 2, 2, 2, 2, 0, 2, 0, 0, 1, 0]
    nodes = [2, 2, 1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 2, 2, 1]
    patient = [5, 0, 9, 7, 3, 2, 7, 1, 1, 5, 2, 1, 2, 2, 4, 9, 1, 2, 2]
    frame = pd.DataFrame({"age": age, "size": size, "nodes": nodes})
    model = cox(days, event, frame, cluster=patient)

    assert all(math.isnan(term.hr) and math.isnan(term.upper) for term in model.terms)
    assert math.isnan(model.concordance.se)
    assert all(math.isnan(test.chisq) for test in model.zph())
    assert len(model.warnings) == 3


def recession(days, event, x):
    """Columns whose coefficient may grow for ever at no loss, by linear programming.

    The likelihood never falls along a direction in which whoever has the event has at least the
    hazard of everybody at risk. `x` has no collinear columns on the differences.
    """
    differences = np.vstack([x[i] - x[days >= days[i]] for i in np.flatnonzero(event)])
    directions = (sign * unit for unit in np.eye(x.shape[1]) for sign in (1, -1))
    return {
        int(np.argmax(np.abs(direction)))
        for direction in directions
        if linprog(-direction, -differences, np.zeros(len(differences)), bounds=(-1, 1)).fun < -1e-7
    }


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.booleans(), st.booleans(), st.integers(0, 6)),
        min_size=4,
        max_size=20,
    )
)
@settings(max_examples=80, deadline=None)
def test_a_term_has_no_estimate_exactly_where_linear_programming_finds_separation(rows):
    days, event, margin, size = (np.array(column) for column in zip(*rows, strict=True))
    model = cox(days, event, pd.DataFrame({"margin": margin * 1.0, "size": size}))
    assume(event.any())
    x = np.column_stack((margin, size / 6)).astype(float)
    differences = np.vstack([x[i] - x[days >= days[i]] for i in np.flatnonzero(event)])
    assume(np.linalg.matrix_rank(differences) == 2)

    unknown = {index for index, term in enumerate(model.terms) if math.isnan(term.coef)}
    assert unknown == recession(days, event, x)


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
