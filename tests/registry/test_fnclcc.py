"""FNCLCC grade: every combination of scores, and the table of its points."""

import csv
from itertools import product

import pytest

from registry.fnclcc import SCORES, Grade, grade_of_scores
from registry.models import Disease
from registry.models.choices import FnclccGrade


def grade_of(differentiation, mitosis, necrosis):
    return grade_of_scores(
        differentiation_score=differentiation, mitosis_score=mitosis, necrosis_score=necrosis
    )


@pytest.mark.parametrize(
    ("scores", "grade"),
    [
        ((1, 1, 0), "1"),  # 2
        ((2, 1, 0), "1"),  # 3
        ((1, 1, 1), "1"),  # 3
        ((2, 1, 1), "2"),  # 4
        ((2, 2, 1), "2"),  # 5
        ((3, 1, 1), "2"),  # 5
        ((3, 3, 0), "3"),  # 6
        ((2, 2, 2), "3"),  # 6
        ((3, 2, 2), "3"),  # 7
        ((3, 3, 2), "3"),  # 8
    ],
)
def test_the_sum_of_the_scores_leads_to_the_grade(scores, grade):
    assert grade_of(*scores).code == grade


def test_the_explanation_is_the_sum():
    assert grade_of(2, 1, 1) == Grade(code="2", total=4, why="2 + 1 + 1 = 4")


def test_the_27_combinations_fall_into_the_grades_as_counted_by_hand():
    # Sums of two scores of 1-3 and one of 0-2, coefficients 1 3 6 7 6 3 1 for totals 2 to 8.
    codes = [grade_of(*scores).code for scores in product((1, 2, 3), (1, 2, 3), (0, 1, 2))]
    assert {code: codes.count(code) for code in FnclccGrade.values} == {
        "1": 1 + 3,
        "2": 6 + 7,
        "3": 6 + 3 + 1,
        "x": 0,
    }


def test_the_grade_agrees_with_the_table(shared_data):
    with (shared_data / "staging" / "fnclcc.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    totals = {
        total: row["value"]
        for row in table
        if row["component"] == "grade"
        for total in range(
            int(row["points"].removeprefix("total ").split("-")[0]), int(row["points"][-1]) + 1
        )
    }
    points = {
        field: {int(row["points"]) for row in table if row["component"].startswith(component)}
        for field, component in zip(SCORES, ("differentiation", "mitoses", "necrosis"), strict=True)
    }
    assert {field: set(meanings) for field, meanings in SCORES.items()} == points
    assert totals == {2: "G1", 3: "G1", 4: "G2", 5: "G2", 6: "G3", 7: "G3", 8: "G3"}
    for scores in product(*points.values()):
        answer = grade_of(*scores)
        assert FnclccGrade(answer.code).label == totals[sum(scores)]


def test_the_scores_are_those_that_a_disease_may_have():
    assert {field: (min(meanings), max(meanings)) for field, meanings in SCORES.items()} == {
        field: Disease.rules.ranges[field] for field in SCORES
    }


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        ((None, 1, 0), "Cannot be said: no score of differentiation."),
        ((3, 3, None), "Cannot be said: no score of necrosis."),
        ((None, None, None), "Cannot be said: no score of differentiation, mitoses, necrosis."),
    ],
)
def test_a_missing_score_is_named_and_no_grade_is_given(scores, why):
    assert grade_of(*scores) == Grade(code="", total=None, why=why)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ((0, 1, 0), "differentiation must be from 1 to 3, not 0"),
        ((4, None, None), "differentiation must be from 1 to 3, not 4"),
        ((1, 4, 0), "mitoses must be from 1 to 3, not 4"),
        ((1, 1, 3), "necrosis must be from 0 to 2, not 3"),
        ((1, 1, -1), "necrosis must be from 0 to 2, not -1"),
    ],
)
def test_a_score_outside_its_range_is_refused(scores, message):
    with pytest.raises(ValueError, match=message):
        grade_of(*scores)
