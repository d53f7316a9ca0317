"""Multivariable Cox tables and their forest plots against the answers of R."""

from xml.etree import ElementTree as ET

import pytest

from analytics.artefacts.multivariable import multivariable
from tests.analytics.artefacts.reading import figure, table
from tests.analytics.artefacts.survival_cohort import (
    ANSWERS,
    followed,
    lesions_of_r,
    patients_of_r,
)

N, EVENTS, ALONE, ALONE_P, ADJUSTED, ADJUSTED_P, ZPH = range(7)
ANSWER = ANSWERS["adjusted"]


@pytest.fixture(scope="module")
def found():
    return multivariable(patients_of_r(), endpoints=["OS"], variables=["grade", "sex", "age"])


def cells(shown, label):
    """The cells of the only line with that label."""
    (row,) = [row for row in shown.rows if row.label == label]
    return row.cells


def test_adjusted_ratios_are_those_of_r(found):
    shown = table(found)
    labels = ["G2", "G3", "Male", "Age, per unit (years)"]
    ours = [cells(shown, label)[ADJUSTED].value for label in labels]
    assert ours == pytest.approx(ANSWER["hr"], rel=1e-6)
    assert cells(shown, "Age, per unit (years)")[ADJUSTED].text == "1.13 (1.05–1.22)"


def test_unadjusted_ratios_are_of_the_same_patients(found):
    # Of all thirty patients they would be others: two have no age.
    shown = table(found)
    ours = [cells(shown, label)[ALONE].value for label in ("G2", "G3")]
    assert ours == pytest.approx(ANSWERS["unadjusted_grade"]["hr"], rel=1e-6)


def test_tests_of_variables_and_of_proportional_hazards_are_those_of_r(found):
    shown = table(found)
    labels = {"grade": "FNCLCC grade", "sex": "Sex", "age": "Age, per unit (years)"}
    for place, (code, label) in enumerate(labels.items()):
        line = cells(shown, label)
        assert line[ADJUSTED_P].value == pytest.approx(ANSWER["wald"][code], rel=1e-6)
        assert line[ZPH].value == pytest.approx(ANSWER["zph"][place], rel=1e-6)


def test_numbers_left_out_few_events_and_concordance_are_said(found):
    notes = table(found).notes
    assert "28 patients with 15 events. 2 left out because a variable is missing." in notes
    assert any(note.startswith("3.8 events per coefficient") for note in notes)
    assert "All variables together: P < 0.001; concordance 0.852." in notes


def test_the_forest_plot_shows_each_estimate_and_has_the_table_as_its_alternative(found):
    forest = figure(found, 1)
    assert forest.table is found.parts[0]
    for svg in (forest.svg, forest.svg_compact):
        words = [node.text for node in ET.fromstring(svg).iter() if node.text]
        assert "9.17 (1.51–55.67)" in words
        assert words.count("reference") == 2


def test_a_separated_fit_prints_no_ratio():
    cohort = followed(
        [100, 200, 300, 400, 500, 600, 700, 800],
        [1, 1, 1, 0, 0, 0, 0, 0],
        [{"sex": "male", "age": 50.0 + place} for place in (1, 5, 2)]
        + [{"sex": "female", "age": 50.0 + place} for place in (3, 9, 4, 8, 6)],
    )
    found = multivariable(cohort, endpoints=["OS"], variables=["sex", "age"])
    shown = table(found)

    assert cells(shown, "Male")[ADJUSTED].text == "–"
    assert any("no event in the reference category" in note for note in shown.notes)
    # Three events for two coefficients, though none has an estimate.
    assert any(note.startswith("1.5 events per coefficient") for note in shown.notes)
    assert "no estimate" in figure(found, 1).svg


def test_lesions_have_robust_limits_and_it_is_said():
    shown = table(
        multivariable(
            lesions_of_r(),
            endpoints=["LC"],
            variables=["lesion_size_5"],
            references={"lesion_size_5": "le5"},
        )
    )
    assert cells(shown, "> 5 cm")[ADJUSTED].text == "5.65 (2.19–14.60)"
    assert "Limits and Wald tests are robust: lesions are clustered in 13 patients." in shown.notes


def test_where_deaths_compete_the_ratios_are_called_cause_specific():
    cohort = followed(
        [100, 200, 300, 400],
        [1, 0, 0, 0],
        [{"sex": sex} for sex in ("male", "female", "male", "female")],
        local_failures={1: 150, 2: 250},
    )
    local, overall = (
        table(multivariable(cohort, endpoints=[code], variables=["sex"])).notes
        for code in ("LC_PT", "OS")
    )
    said = "Competing events are censored (death: 1): hazard ratios are cause-specific"
    assert [note.startswith(said) for note in local].count(True) == 1
    assert not any("cause-specific" in note for note in overall)


@pytest.mark.parametrize(
    "cohort_of",
    [
        lambda: followed([], []),
        lambda: followed([100, 200], [1, 0], [{"sex": "male"}, {"sex": "female"}]),
    ],
    ids=["nobody", "no age of anybody"],
)
def test_nobody_of_whom_all_is_known_is_said(cohort_of):
    found = multivariable(cohort_of(), endpoints=["OS"], variables=["sex", "age"])
    assert found.parts == ()
    assert "nobody" in found.reason


@pytest.mark.parametrize(
    ("days", "died"), [([100], [1]), ([100, 200], [0, 0])], ids=["one patient", "no event"]
)
def test_a_cohort_that_says_nothing_gives_a_table_without_ratios(days, died):
    values = [{"sex": sex, "age": 50.0} for sex in ("male", "female")][: len(days)]
    found = multivariable(followed(days, died, values), endpoints=["OS"], variables=["sex", "age"])
    texts = {row.cells[ADJUSTED].text for row in table(found).rows}
    assert texts <= {"", "–", "1 (reference)"}
