"""A table of covariates becomes columns of numbers; what cannot is refused by name."""

import numpy as np
import pandas as pd
import pytest

from analytics.estimators.covariates import read_variables


def read(columns, **keywords):
    frame = pd.DataFrame(columns)
    return read_variables(frame, len(frame), **keywords)


def test_a_number_stays_one_column():
    for values in ([1, 5, 3], [1.0, 5.0, 3.0], pd.array([1, 5, 3], dtype="Int64")):
        (variable,) = read({"age": values})
        assert variable.term_names == ["age"]
        assert variable.x.tolist() == [[1.0], [5.0], [3.0]]


@pytest.mark.parametrize(
    ("values", "reference", "levels", "x"),
    [
        (["b", "a", "c"], "a", ("b", "c"), [[1, 0], [0, 0], [0, 1]]),
        (np.array(["b", "a", "c"], dtype=object), "a", ("b", "c"), [[1, 0], [0, 0], [0, 1]]),
        (
            pd.Categorical(["b", "a", "c"], categories=["c", "b", "a"], ordered=True),
            "c",
            ("b", "a"),
            [[1, 0], [0, 1], [0, 0]],
        ),
        (pd.Categorical([2, 1, 3]), "1", ("2", "3"), [[1, 0], [0, 0], [0, 1]]),
        ([True, False, True], "False", ("True",), [[1], [0], [1]]),
        (pd.array([True, False, True], dtype="boolean"), "False", ("True",), [[1], [0], [1]]),
    ],
)
def test_a_category_gets_a_column_per_level_other_than_its_first(values, reference, levels, x):
    (variable,) = read({"grade": values})

    assert (variable.reference, variable.levels) == (reference, levels)
    assert variable.x.tolist() == x
    assert variable.term_names == [f"grade: {level}" for level in levels]


def test_a_category_without_a_row_is_left_out_even_if_it_is_the_first():
    (variable,) = read({"grade": pd.Categorical(["G2", "G3"], categories=["G1", "G2", "GX", "G3"])})
    assert (variable.reference, variable.levels) == ("G2", ("G3",))


def test_the_reference_level_can_be_named():
    grade, margin = read(
        {"grade": ["G1", "G3", "G2"], "margin": [True, False, True]},
        reference={"grade": "G2", "margin": True},
    )
    assert (grade.reference, grade.levels) == ("G2", ("G1", "G3"))
    assert (margin.reference, margin.levels) == ("True", ("False",))


def test_weights_are_summed_per_level_with_the_reference_first():
    grade, age = read({"grade": ["G1", "G3", "G1", "G2"], "age": [50, 60, 70, 80]})
    weights = np.array([1.0, 2.0, 4.0, 8.0])

    assert grade.counts(weights).tolist() == [5.0, 8.0, 2.0]
    assert age.counts(weights).tolist() == [15.0]


def test_only_the_columns_named_are_read_and_in_that_order():
    variables = read({"a": [1, 2], "b": [np.nan, 2], "c": [3, 4]}, names=["c", "a"])
    assert [variable.name for variable in variables] == ["c", "a"]


@pytest.mark.parametrize(
    ("columns", "keywords", "message"),
    [
        ({"age": [50, None, None]}, {}, "'age' is missing in 2 of 3 rows; leave these rows out"),
        ({"grade": ["G1", None, "G2"]}, {}, "'grade' is missing in 1 of 3 rows"),
        ({"grade": pd.Categorical(["G1", None])}, {}, "'grade' is missing in 1 of 2 rows"),
        ({"age": [50, np.inf]}, {}, "'age' is infinite at position 1"),
        ({"on": pd.to_datetime(["2024-01-01"])}, {}, "'on' must hold numbers, categories"),
        ({"mixed": [1, "a"]}, {}, "'mixed' must hold numbers, categories"),
        ({"z": [1 + 2j]}, {}, "'z' must hold numbers"),
        ({}, {}, "covariates has no column"),
        ({"age": [1, 2]}, {"names": []}, "covariates has no column"),
        ({"age": [1, 2]}, {"names": ["size"]}, "'size' is not among the columns"),
        ({"age": [1, 2]}, {"names": ["age", "age"]}, "'age' is named twice"),
        ({"age": [1, 2]}, {"reference": {"grade": "G1"}}, "reference: 'grade' is not among"),
        ({"age": [1, 2]}, {"reference": {"age": 1}}, "reference: 'age' holds numbers"),
        (
            {"g": ["a", "b"]},
            {"reference": {"g": "c"}},
            "reference: no row of 'g' has the level 'c'",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_name_of_the_column(columns, keywords, message):
    with pytest.raises(ValueError, match=message):
        read(columns, **keywords)


def test_a_table_of_another_length_or_kind_is_refused():
    frame = pd.DataFrame({"age": [1, 2]})
    with pytest.raises(ValueError, match="covariates has 2 values but days has 3"):
        read_variables(frame, 3)
    with pytest.raises(ValueError, match="'age' is the name of several columns"):
        read_variables(pd.concat([frame, frame], axis=1), 2)
    with pytest.raises(ValueError, match="covariates must be a DataFrame with named columns"):
        read_variables(np.array([[1], [2]]), 2)  # type: ignore[arg-type]
