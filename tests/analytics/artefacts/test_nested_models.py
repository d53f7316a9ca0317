"""Nested Cox models against the answers of R."""

import pytest

from analytics.artefacts.nested_models import nested_models
from tests.analytics.artefacts.reading import lines, table
from tests.analytics.artefacts.survival_cohort import (
    ANSWERS,
    followed,
    lesions_of_r,
    patients_of_r,
)


@pytest.fixture(scope="module")
def shown():
    return table(
        nested_models(patients_of_r(), endpoint="OS", exposure="grade", models=[["sex"], ["age"]])
    )


def test_the_exposure_is_shown_alone_and_beside_what_is_added(shown):
    models = [row.label for row in shown.rows if row.indent == 0]
    assert models == [
        "Model 1: FNCLCC grade",
        "Model 2: model 1 + Sex",
        "Model 3: model 2 + Age",
    ]
    g3 = [row.cells[0].value for row in shown.rows if row.label == "G3"]
    assert g3[0] == pytest.approx(ANSWERS["unadjusted_grade"]["hr"][1], rel=1e-6)
    assert g3[2] == pytest.approx(ANSWERS["adjusted"]["hr"][1], rel=1e-6)


def test_what_is_added_is_tested_as_r_does(shown):
    (second,) = [row for row in shown.rows if row.label.startswith("Model 2")]
    assert second.cells[2].value == pytest.approx(ANSWERS["added"]["sex"], rel=1e-6)


def test_all_models_are_of_the_same_rows_and_few_events_are_said_of_each(shown):
    assert "28 patients with 15 events. 2 left out because a variable is missing." in shown.notes
    assert any(note.startswith("Model 3: 3.8 events per coefficient") for note in shown.notes)


def test_an_exposure_in_two_categories_is_one_line_per_model():
    found = nested_models(
        lesions_of_r(),
        endpoint="LC",
        exposure="lesion_size_5",
        models=[["lesion_diameter_cm"]],
        references={"lesion_size_5": "le5"},
    )
    first, second = lines(table(found))
    assert first.startswith("Model 1: Longest diameter of the lesion | 5.65 (2.19–14.60)")
    assert second.startswith("Model 2: model 1 + Longest diameter of the lesion | ")


def test_nobody_of_whom_all_is_known_is_said():
    found = nested_models(followed([], []), endpoint="OS", exposure="sex", models=[["age"]])
    assert found.reason == "There is nobody of whom all variables and the end are known."


@pytest.mark.parametrize(
    ("days", "died"), [([100], [1]), ([100, 200], [0, 0])], ids=["one patient", "no event"]
)
def test_a_cohort_that_says_nothing_prints_no_ratio(days, died):
    values = [{"sex": sex, "age": 50.0} for sex in ("male", "female")][: len(days)]
    found = nested_models(
        followed(days, died, values), endpoint="OS", exposure="sex", models=[["age"]]
    )
    assert {row.cells[0].text for row in table(found).rows} <= {"", "–", "1 (reference)"}


def test_a_model_that_adds_nothing_is_refused():
    with pytest.raises(ValueError, match="model 2 adds nothing"):
        nested_models(patients_of_r(), endpoint="OS", exposure="grade", models=[["grade"]])
