"""Conditions as text, in words, and what fulfils them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.covariates import Condition, CovariateError, catalogue
from analytics.covariates.conditions import Operator
from tests.analytics.cohorts import make_cohort

THERE = catalogue(make_cohort())

codes = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
operands = st.text(
    st.characters(blacklist_characters=",:", blacklist_categories=("Cs", "Cc", "Z")), min_size=1
)


@st.composite
def conditions(draw):
    name = draw(st.sampled_from(Operator))
    most = {Operator.MISSING: 0, Operator.KNOWN: 0, Operator.IN: 4, Operator.NOT: 4}.get(name, 1)
    chosen = draw(st.lists(operands, min_size=min(most, 1), max_size=most))
    return Condition(draw(codes), name, tuple(chosen))


@given(conditions())
def test_a_condition_is_read_back_from_its_text(condition):
    assert Condition.parse(condition.text) == condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grade", "write covariate:operator:values"),
        (":in:2", "write covariate:operator:values"),
        ("grade:like:2", "no operator like; there are in, not, eq"),
        ("grade:in:", "in needs values"),
        ("grade:in:2,,3", "in needs values"),
        ("size_cm:gt:5,6", "gt takes one value"),
        ("grade:missing:1", "missing takes no values"),
    ],
)
def test_a_text_that_is_no_condition_is_refused_with_the_reason(text, message):
    with pytest.raises(CovariateError, match=message) as raised:
        Condition.parse(text)
    assert text in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grade:gt:2", "grade has categories and is compared by in, not, eq, missing, known"),
        ("grade:in:4", "grade has no category 4; there are 1, 2, 3, x"),
        ("size_cm:in:5", "size_cm is a number and is compared by eq, gt, ge, lt, le, missing"),
        ("size_cm:gt:big", "big is no number"),
        ("size_cm:gt:nan", "nan is no number"),
    ],
)
def test_a_condition_that_does_not_fit_names_what_would(text, message):
    condition = Condition.parse(text)
    with pytest.raises(CovariateError, match=message):
        condition.check(THERE[condition.covariate])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("grade:in:2,3", "FNCLCC grade is G2 or G3"),
        ("grade:not:x", "FNCLCC grade is known and not GX (cannot be assessed)"),
        ("size_cm:gt:5", "Size is above 5 cm"),
        ("size_cm:le:5", "Size is at most 5 cm"),
        ("age:ge:65", "Age is 65 years or more"),
        ("kps:lt:70", "Karnofsky performance status is below 70 %"),
        ("ecog:eq:0", "ECOG performance status is 0"),
        ("margin:eq:r1_2", "Margin is R1–R2"),
        ("depth:missing", "Depth is not known"),
        ("depth:known", "Depth is known"),
    ],
)
def test_a_condition_is_told_in_words(text, words):
    condition = Condition.parse(text)
    assert condition.words(THERE[condition.covariate]) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("size_cm:eq:5", [False, True, False, False]),
        ("size_cm:gt:5", [False, False, True, False]),
        ("size_cm:ge:5", [False, True, True, False]),
        ("size_cm:lt:5", [True, False, False, False]),
        ("size_cm:le:5", [True, True, False, False]),
        ("size_cm:missing", [False, False, False, True]),
        ("size_cm:known", [True, True, True, False]),
    ],
)
def test_a_missing_number_fulfils_no_comparison(text, expected):
    condition = Condition.parse(text)
    sizes = pd.Series([4.0, 5.0, 6.0, float("nan")])
    assert condition.holds(THERE["size_cm"], sizes).tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grade:in:2,3", [False, True, True, False]),
        ("grade:eq:1", [True, False, False, False]),
        ("grade:not:2", [True, False, True, False]),
        ("grade:missing", [False, False, False, True]),
    ],
)
def test_a_missing_category_fulfils_neither_in_nor_not(text, expected):
    grades = pd.Series(pd.Categorical(["1", "2", "3", None], categories=["1", "2", "3", "x"]))
    assert Condition.parse(text).holds(THERE["grade"], grades).tolist() == expected
