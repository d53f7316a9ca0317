"""Cox models against answers of R's `survival`, and against small likelihoods solved by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import cox
from tests.agreement.compare_cox import AT_INFINITY, fitted, of_terms
from tests.analytics.estimators.cox_answers import (
    agrees,
    made_again,
    numbers,
    same_answers,
    stored,
)

ANSWERS = stored("cox")["models"]
NAMES = [name for name in ANSWERS if name not in AT_INFINITY]
ROBUST = [name for name in NAMES if ANSWERS[name]["robust_se"] is not None]


MODELS = {name: fitted(ANSWERS[name]) for name in NAMES}


# ---- against R -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_hazard_ratios_errors_limits_and_p_are_those_of_r(name):
    model, answer = MODELS[name], ANSWERS[name]

    for ours, theirs in (
        ("coef", "coef"),
        ("se", "se"),
        ("hr", "hr"),
        ("lower", "lower"),
        ("upper", "upper"),
        ("z", "z"),
        ("p_value", "p"),
    ):
        agrees(of_terms(model, ours), answer[theirs])
    estimated = ~np.isnan(of_terms(model, "coef"))
    both = np.outer(estimated, estimated)
    agrees(model.covariance[both], numbers(answer["covariance"])[both.ravel()].tolist())


@pytest.mark.parametrize("name", ROBUST)
def test_errors_over_clusters_and_their_score_test_are_those_of_r(name):
    agrees(of_terms(MODELS[name], "robust_se"), ANSWERS[name]["robust_se"])
    test = MODELS[name].robust_score
    assert test is not None
    agrees(test.statistic, ANSWERS[name]["robust_score"]["statistic"])
    agrees(test.p_value, ANSWERS[name]["robust_score"]["p"])


@pytest.mark.parametrize("name", NAMES)
def test_likelihood_and_the_tests_of_the_whole_model_are_those_of_r(name):
    model, answer = MODELS[name], ANSWERS[name]

    agrees(model.loglik, answer["loglik"])
    agrees(model.aic, answer["aic"])
    for test in ("likelihood_ratio", "wald", "score"):
        ours, theirs = getattr(model, test), answer[test]
        agrees([ours.statistic, ours.df, ours.p_value], list(theirs.values()))


@pytest.mark.parametrize("name", NAMES)
def test_the_wald_test_of_each_variable_is_that_of_r(name):
    theirs = ANSWERS[name]["variables"]

    assert [test.variable for test in MODELS[name].variable_tests] == list(theirs)
    for test in MODELS[name].variable_tests:
        statistic = theirs[test.variable]["statistic"] if test.df else math.nan
        p_value = theirs[test.variable]["p"] if test.df else math.nan
        agrees([test.statistic, test.p_value], [statistic, p_value])
        assert test.df == theirs[test.variable]["df"]


@pytest.mark.parametrize("name", NAMES)
def test_the_concordance_is_that_of_r(name):
    agrees(MODELS[name].concordance.estimate, ANSWERS[name]["concordance"])
    agrees(MODELS[name].concordance.se, ANSWERS[name]["concordance_se"])


@pytest.mark.parametrize("name", NAMES)
def test_the_test_of_proportional_hazards_is_that_of_r(name):
    tested = [test for test in MODELS[name].zph() if test.df]
    answer = ANSWERS[name]["zph"]

    assert [test.variable for test in tested] == answer["variable"]
    agrees([test.chisq for test in tested], answer["chisq"], 1e-7)
    agrees([test.df for test in tested], answer["df"])
    agrees([test.p_value for test in tested], answer["p"], 1e-7)


@pytest.mark.slow
def test_the_stored_answers_are_what_the_script_makes():
    same_answers(made_again("cox")["models"], ANSWERS)


# ---- by hand -------------------------------------------------------------------------------------


def test_three_patients_have_the_hazard_ratio_of_their_quadratic_equation():
    # Exposed patients leave on days 1 and 3, the unexposed one on day 2: with hazard ratio h the
    # likelihood is h / (2h + 1) * 1 / (h + 1), whose maximum is at 2 h^2 = 1.
    model = cox([1, 2, 3], [1, 1, 1], pd.DataFrame({"exposed": [1, 0, 1]}))

    h = math.sqrt(0.5)
    assert model.terms[0].hr == pytest.approx(h, rel=1e-12)
    assert model.loglik == pytest.approx(
        (math.log(1 / 3 * 1 / 2), math.log(h / (2 * h + 1) / (h + 1))), rel=1e-12
    )


def test_efron_lets_tied_events_share_the_risk_and_breslow_does_not():
    days, event, frame = [5, 5, 9], [1, 1, 0], pd.DataFrame({"x": [0.0, 0.0, 0.0]})

    assert cox(days, event, frame).loglik[0] == pytest.approx(-math.log(3) - math.log(2))
    assert cox(days, event, frame, ties="breslow").loglik[0] == pytest.approx(-2 * math.log(3))


def test_a_level_is_named_after_its_column_and_counts_its_rows_and_events():
    frame = pd.DataFrame(
        {"grade": ["G2", "G1", "G3", "G2", "G1", "G3"], "age": [50, 61, 70, 45, 58, 66]}
    )
    model = cox([10, 20, 30, 40, 50, 60], [1, 1, 0, 1, 0, 1], frame)

    assert [(t.name, t.level, t.reference, t.n, t.events) for t in model.terms] == [
        ("grade: G2", "G2", "G1", 2, 2),
        ("grade: G3", "G3", "G1", 2, 1),
        ("age", None, None, 6, 4),
    ]
    grade, age = model.variable_tests
    assert (grade.reference, grade.reference_n, grade.reference_events) == ("G1", 2, 1)
    assert (age.reference, age.reference_n, age.reference_events) == (None, None, None)
    assert (model.n, model.events, model.clusters) == (6, 4, None)


def test_another_reference_level_turns_the_hazard_ratio_round():
    days, event = [10, 20, 30, 40, 50, 60], [1, 1, 1, 1, 0, 1]
    frame = pd.DataFrame({"margin": ["R0", "R1", "R1", "R0", "R0", "R1"]})
    against_r0 = cox(days, event, frame)
    against_r1 = cox(days, event, frame, reference={"margin": "R1"})

    assert against_r1.terms[0].hr == pytest.approx(1 / against_r0.terms[0].hr)
    assert against_r1.terms[0].lower == pytest.approx(1 / against_r0.terms[0].upper)
    assert against_r1.terms[0].name == "margin: R0"


def test_counts_in_place_of_rows_give_the_breslow_model_of_the_rows():
    answer = ANSWERS["counts_breslow"]
    data = pd.DataFrame(answer["data"])
    rows = data.loc[data.index.repeat(data["count"])]
    model = cox(rows["days"], rows["event"], rows[answer["covariates"]], ties="breslow")

    agrees(of_terms(model, "coef"), of_terms(MODELS["counts_breslow"], "coef"))
    assert (model.n, model.events) == (MODELS["counts_breslow"].n, MODELS["counts_breslow"].events)


def test_units_and_a_large_offset_of_a_number_change_its_coefficient_by_the_unit_only():
    data = pd.DataFrame(ANSWERS["several"]["data"])
    year = pd.DataFrame({"year": 1_000_000 + data["age"]})
    micrometres = pd.DataFrame({"size": data["size"] * 1e7})
    for frame, plain, unit in ((year, data[["age"]], 1), (micrometres, data[["size"]], 1e7)):
        ours = cox(data["days"], data["event"], frame)
        theirs = cox(data["days"], data["event"], plain)
        assert ours.warnings == ()
        assert ours.terms[0].coef * unit == pytest.approx(theirs.terms[0].coef, rel=1e-9)
        assert ours.terms[0].p_value == pytest.approx(theirs.terms[0].p_value, rel=1e-9)


def test_the_arguments_are_left_as_they_were():
    frame = pd.DataFrame({"age": [1.0, 2.0, 3.0, 2.5]})
    days, event = np.array([4, 3, 2, 1]), np.array([True, True, False, True])
    cox(days, event, frame, strata=["a", "a", "b", "b"], cluster=[1, 1, 2, 2])
    assert days.tolist() == [4, 3, 2, 1]
    assert frame["age"].tolist() == [1.0, 2.0, 3.0, 2.5]


def test_the_result_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        MODELS["several"].covariance[0, 0] = 1.0


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_order_of_rows_one_stratum_and_entry_before_the_origin_change_nothing(ties):
    answer = ANSWERS["several"]
    data = pd.DataFrame(answer["data"])
    plain = cox(data["days"], data["event"], data[answer["covariates"]], ties=ties)

    for rows, keywords in (
        (data.sample(frac=1, random_state=1), {}),
        (data, {"strata": ["all"] * len(data)}),
        (data, {"entry": [-1] * len(data)}),
        (data, {"weights": [1] * len(data)}),
    ):
        other = cox(rows["days"], rows["event"], rows[answer["covariates"]], ties=ties, **keywords)
        agrees(of_terms(other, "coef"), of_terms(plain, "coef"))
        agrees(of_terms(other, "se"), of_terms(plain, "se"))
        agrees([test.chisq for test in other.zph()], [test.chisq for test in plain.zph()], 1e-7)


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"days": []}, "days is empty"),
        ({"days": [10, 20.5, 30]}, "days must be whole days"),
        ({"event": [1, 2, 0]}, "event must be True/1"),
        ({"event": [1, 0]}, "event has 2 values but days has 3"),
        ({"entry": [0, 20, 0]}, "entry must be before days, got 20 and 20 at position 1"),
        ({"strata": ["a", None, "b"]}, "strata is missing in 1 rows"),
        ({"strata": ["a"]}, "strata has 1 values but days has 3"),
        ({"cluster": [1, 2]}, "cluster has 2 values but days has 3"),
        ({"cluster": [[1], [2], [3]]}, "cluster must be one-dimensional"),
        ({"weights": [1, 0, 1]}, "weights must be above 0 in a Cox model, got 0 at position 1"),
        ({"weights": [1, -1, 1]}, "weights must not be negative"),
        ({"ties": "exact"}, "ties must be one of 'efron', 'breslow', got 'exact'"),
        ({"level": 95}, "level must be between 0 and 1"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    arguments = {
        "days": [10, 20, 30],
        "event": [1, 0, 1],
        "covariates": pd.DataFrame({"age": [50, 60, 70]}),
    } | changed
    with pytest.raises(ValueError, match=message):
        cox(**arguments)
