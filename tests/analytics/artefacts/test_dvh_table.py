"""Dose-volume figures in physical dose and EQD2: worked by hand."""

import math

import pytest

from analytics.artefacts.dvh_metrics import both_doses, physical_dose
from analytics.artefacts.dvh_table import dvh_table
from analytics.artefacts.parts import Table
from tests.analytics.cohorts import make_cohort

NAN = float("nan")


def both(metric, value, unit="Gy", **options):
    return both_doses(metric, value, unit, **{"fraction_count": 20, "alpha_beta_gy": 3} | options)


def test_a_dose_is_converted_by_the_fractions_of_its_course():
    """60 Gy in 20 fractions: 60 (3 + 3) / 5 = 72 Gy."""
    found = both("Max", 60)

    assert (found.physical, found.eqd2) == (60, pytest.approx(72))


def test_a_volume_stays_and_its_dose_is_converted():
    """40 Gy in 20 fractions are 2 Gy each, EQD2 the same; 20 Gy: 20 (1 + 3) / 5 = 16 Gy."""
    found = both("V20Gy", 6, "%")

    assert (found.metric, found.eqd2_metric) == ("V20Gy", "V16Gy")
    assert (found.physical, found.eqd2) == (6, 6)
    assert both("V40Gy", 6, "%").eqd2_metric == "V40Gy"


def test_a_figure_that_is_eqd2_on_file_is_computed_back():
    found = both("Max", 72, is_eqd2=True)
    volume = both("V16Gy", 6, "%", is_eqd2=True)

    assert (found.physical, found.eqd2) == (pytest.approx(60), 72)
    assert (volume.metric, volume.eqd2_metric) == ("V20Gy", "V16Gy")


def test_a_dose_in_percent_is_of_the_prescribed_one():
    """The heart of Miyakojima's patient: 104 % of 60 Gy in 20 fractions are 62.4 Gy."""
    found = both("Max", 104, "%", prescribed_gy=60)

    assert found.physical == pytest.approx(62.4)
    assert found.eqd2 == pytest.approx(62.4 * (3.12 + 3) / 5)
    assert both("Max", 104, "%").eqd2 is None


def test_a_volume_at_a_share_of_the_prescribed_dose_is_a_volume():
    """V95% of 60 Gy is V57Gy: 57 (2.85 + 3) / 5 = 66.7 Gy."""
    found = both("V95%", 99, "%", prescribed_gy=60)

    assert (found.metric, found.eqd2_metric, found.eqd2) == ("V57Gy", "V66.7Gy", 99)
    assert both("V95%", 99, "%").physical == 99
    assert both("V20", 99, "%").eqd2 is None


@pytest.mark.parametrize("fractions", [1, 5, 33])
def test_the_inverse_undoes_the_formula(fractions):
    eqd2 = 41.5 * (41.5 / fractions + 10) / 12

    assert math.isclose(physical_dose(eqd2, fractions, 10), 41.5)


def test_without_the_fractions_there_is_no_eqd2():
    assert both("Max", 60, fraction_count=NAN).eqd2 is None
    assert both("V20Gy", 6, "%", fraction_count=NAN).eqd2 is None


def test_a_dose_of_zero_stays_zero():
    assert both("Max", 0).eqd2 == 0


def heart(**figure):
    return {
        "USUBJID": "P1",
        "course": 1,
        "structure": "Heart",
        "unit": "%",
        "fraction_count": 20,
    } | figure


def test_the_table_shows_one_structure_of_one_patient_and_says_so():
    figures = [
        heart(metric="V30Gy", value=6, eqd2_alpha_beta_gy=3),
        heart(metric="Max", value=104),
        heart(metric="V20Gy", value=2.5, structure="Lungs"),
        heart(metric="Max", value=99, USUBJID="P2"),
    ]
    cohort = make_cohort(
        protocol="miyakojima",
        patients=[{}, {}],
        courses=[{"USUBJID": "P1", "course": 1, "dose_gy": 60}],
        dose_metrics=figures,
    )
    found = dvh_table(cohort, pseudonym="P1", structure="heart")
    (table,) = found.parts
    assert isinstance(table, Table)
    cells = {row.label: [cell.text for cell in row.cells] for row in table.rows}

    assert found.of_one_patient
    assert cells == {
        "Course 1, 20 fractions": [],
        # 20 / 2 (√(9 + 4 · 30 · 5 / 20) - 3) = 32.4 Gy
        "V30Gy": ["6 % (EQD2)", "V32.4Gy: 6 %", "V30Gy: 6 %", "3"],
        "Max": ["104 %", "62.4 Gy", "76.4 Gy", "3"],
    }


@pytest.mark.parametrize(
    ("pseudonym", "reason"),
    [
        ("P1", "there are figures of: Heart"),
        ("P2", "No dose-volume figure of this patient is on file."),
        ("P3", "There is no patient P3 here."),
    ],
)
def test_nothing_to_show_is_said_in_words(pseudonym, reason):
    cohort = make_cohort(patients=[{}, {}], dose_metrics=[heart(metric="Max", value=5)])
    found = dvh_table(cohort, pseudonym=pseudonym, structure="Liver")

    assert reason in found.reason
    assert found.of_one_patient
