"""Stepwise selection: its steps in words, and the final model against R."""

import pytest

from analytics.artefacts.stepwise import stepwise
from tests.analytics.artefacts.reading import table
from tests.analytics.artefacts.survival_cohort import (
    ANSWERS,
    followed,
    lesions_of_r,
    patients_of_r,
)

VARIABLES = ["grade", "sex", "age"]


def actions(found):
    return [row.cells[0].text for row in table(found).rows]


@pytest.fixture(scope="module")
def backward():
    return stepwise(patients_of_r(), endpoint="OS", variables=VARIABLES)


def test_the_variable_that_matters_least_is_removed_with_the_p_of_r(backward):
    assert actions(backward) == ["Sex removed", "No further step"]
    first = table(backward).rows[0].cells
    assert first[3].value == pytest.approx(ANSWERS["added"]["removed_sex"], rel=1e-6)


def test_the_final_model_is_that_of_r(backward):
    shown = table(backward, 1)
    ratios = [
        row.cells[2].value
        for row in shown.rows
        if row.label in ("G2", "G3", "Age, per unit (years)")
    ]
    assert ratios == pytest.approx(ANSWERS["selected"]["hr"], rel=1e-6)
    assert any("chosen by looking at the data" in note for note in shown.notes)


def test_the_rule_is_said(backward):
    notes = table(backward).notes
    assert "Removed at P above 0.10 of the likelihood ratio test." in notes
    assert any(note.startswith("Last step: without Age P ") for note in notes)


def test_events_are_counted_against_all_variables_to_choose_from(backward):
    # 15 died of the 28 of known age; grade has two coefficients, sex and age one each: 15 / 4.
    said = "3.8 events per coefficient among all variables to choose from"
    assert any(note.startswith(said) for note in table(backward).notes)


def test_forward_enters_the_variable_that_matters_most_first():
    found = stepwise(
        patients_of_r(), endpoint="OS", variables=VARIABLES, direction="forward", criterion="aic"
    )
    assert actions(found)[0] == "Age entered"
    assert any("Akaike" in note for note in table(found).notes)


def test_a_kept_variable_stays():
    found = stepwise(patients_of_r(), endpoint="OS", variables=VARIABLES, keep=["sex"])
    assert "Sex removed" not in actions(found)


def test_lesions_are_clustered_in_the_final_model_only_and_it_is_said():
    found = stepwise(lesions_of_r(), endpoint="LC", variables=["lesion_size_5"])
    assert any("take lesions of one patient as independent" in n for n in table(found).notes)
    assert any("robust" in note for note in table(found, 1).notes)


@pytest.mark.parametrize(
    ("days", "died", "reason"),
    [
        ([], [], "There is nobody of whom all variables and the end are known."),
        ([100, 200], [0, 0], "There was no event: nothing can be selected."),
    ],
)
def test_what_cannot_be_selected_is_said(days, died, reason):
    values = [{"sex": sex} for sex in ("male", "female")][: len(days)]
    found = stepwise(followed(days, died, values), endpoint="OS", variables=["sex"])
    assert (found.parts, found.reason) == ((), reason)


def test_one_patient_selects_nothing():
    found = stepwise(followed([100], [1], [{"sex": "male"}]), endpoint="OS", variables=["sex"])
    assert len(found.parts) == 1


def test_an_unknown_direction_is_refused():
    with pytest.raises(ValueError, match="direction"):
        stepwise(patients_of_r(), endpoint="OS", variables=VARIABLES, direction="sideways")
