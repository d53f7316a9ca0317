"""The table of log-rank tests against R."""

import pytest

from analytics.artefacts.p_value_grid import p_value_grid
from tests.analytics.artefacts.reading import line, table
from tests.analytics.artefacts.survival_cohort import (
    ANSWERS,
    followed,
    lesions_of_r,
    patients_of_r,
)


def test_each_variable_in_categories_has_the_p_of_r():
    shown = table(
        p_value_grid(patients_of_r(), variables=["grade", "sex", "age"], endpoints=["OS"])
    )
    answers = ANSWERS["univariate"]
    assert [row.label for row in shown.rows] == ["FNCLCC grade", "Sex"]
    assert [row.cells[0].value for row in shown.rows] == pytest.approx(
        [answers["grade"]["log_rank"], answers["sex"]["log_rank"]], rel=1e-6
    )


def test_lesions_have_two_columns_and_patients_a_dash_for_a_variable_of_lesions():
    shown = table(p_value_grid(lesions_of_r(), variables=["lesion_size_5"], endpoints=["LC", "OS"]))
    answer = ANSWERS["lesions_size_5"]
    assert line(shown, "Longest diameter of the lesion") == [
        f"{answer['score']:.3f}",
        f"{answer['log_rank']:.3f}",
        "–",
    ]
    assert [column.group for column in shown.columns] == [
        "Local control",
        "Local control",
        "Overall survival",
    ]


def test_nobody_followed_and_nothing_to_compare_are_said():
    nobody = p_value_grid(followed([], []), variables=["sex"], endpoints=["OS"])
    assert nobody.reason == "Nobody was followed for any of these endpoints."
    numbers = p_value_grid(patients_of_r(), variables=["age"], endpoints=["OS"])
    assert numbers.reason == "There is no variable with two groups to compare."


def test_without_events_there_is_a_dash():
    cohort = followed([100, 200], [0, 0], [{"sex": "male"}, {"sex": "female"}])
    shown = table(p_value_grid(cohort, variables=["sex"], endpoints=["OS"]))
    assert line(shown, "Sex") == ["–"]


def test_variables_with_a_group_too_small_to_test_are_named():
    values = [{"sex": "male", "grade": "1"}] + [
        {"sex": "female", "grade": grade} for grade in ("1", "2") * 10
    ]
    cohort = followed([1, *range(10, 210, 10)], [1] * 21, values)
    notes = table(p_value_grid(cohort, variables=["sex", "grade"], endpoints=["OS"])).notes
    (said,) = [note for note in notes if "is rough" in note]
    assert said.endswith("(Sex).")
