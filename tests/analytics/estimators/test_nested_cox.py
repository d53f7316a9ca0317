"""Nested Cox models against anova() of R."""

import math

import pandas as pd
import pytest

from analytics.estimators import cox, nested_cox
from tests.agreement.compare_stepwise_cox import MODELS
from tests.analytics.estimators.cox_answers import agrees, stored

STORED = stored("stepwise_cox")
DATA = pd.DataFrame(STORED["data"]["patients"])


def test_likelihood_ratio_tests_between_successive_models_are_those_of_r():
    nested = nested_cox(DATA["days"], DATA["event"], DATA, MODELS)

    assert [(c.smaller, c.larger) for c in nested.comparisons] == [
        ("Model 1", "Model 2"),
        ("Model 2", "Model 3"),
    ]
    assert {c.test for c in nested.comparisons} == {"likelihood ratio"}
    agrees([c.statistic for c in nested.comparisons], STORED["nested"]["statistic"])
    agrees([c.df for c in nested.comparisons], STORED["nested"]["df"])
    agrees([c.p_value for c in nested.comparisons], STORED["nested"]["p"])


def test_each_model_is_the_one_fitted_alone():
    nested = nested_cox(DATA["days"], DATA["event"], DATA, MODELS, ties="breslow", level=0.9)

    for name, columns in MODELS.items():
        alone = cox(DATA["days"], DATA["event"], DATA[columns], ties="breslow", level=0.9)
        assert nested.models[name].terms == alone.terms


def test_in_clustered_models_the_added_terms_have_a_robust_wald_test():
    cluster = DATA.index // 2
    nested = nested_cox(DATA["days"], DATA["event"], DATA, MODELS, cluster=cluster)

    first = nested.comparisons[0]
    (age,) = [term for term in nested.models["Model 2"].terms if term.name == "age"]
    assert first.test == "robust Wald"
    assert first.df == 1
    assert age.robust_se is not None
    assert first.statistic == pytest.approx((age.coef / age.robust_se) ** 2, rel=1e-12)
    assert nested.comparisons[1].df == 3


def test_a_missing_value_is_refused_in_whichever_model_its_column_stands():
    data = DATA.assign(ecog=DATA["ecog"].where(DATA.index > 3))
    with pytest.raises(ValueError, match="'ecog' is missing in 4 of 240 rows"):
        nested_cox(DATA["days"], DATA["event"], data, MODELS)


def test_a_column_that_adds_nothing_has_no_test():
    data = DATA.assign(months=DATA["age"] * 12.0)
    models = {"age": ["age"], "age twice": ["age", "months"]}
    (comparison,) = nested_cox(data["days"], data["event"], data, models).comparisons

    assert comparison.df == 0
    assert math.isnan(comparison.p_value)


def test_models_that_are_not_nested_are_refused_by_name():
    with pytest.raises(ValueError, match="'B' lacks 'age', which 'A' has"):
        nested_cox(DATA["days"], DATA["event"], DATA, {"A": ["age"], "B": ["grade"]})
    with pytest.raises(ValueError, match="models is empty"):
        nested_cox(DATA["days"], DATA["event"], DATA, {})
