"""Constraints of the protocol: figures on file, kept, exceeded."""

import pytest

from analytics.artefacts.constraint_check import constraint_check
from analytics.artefacts.parts import Table
from tests.analytics.cohorts import make_cohort

LIVER = "At most 30 % of the liver receive 40 Gy."
KIDNEYS = "At most 30 % of both kidneys receive 20 Gy, or their mean dose is at most 20 Gy."
BONE = "At most 60 % of a bone receive 40 Gy."
HOT_SPOT = "No spot of 107 % or more of the prescribed dose on the bone."
JOINT = "About half of a joint within the field is spared. (extremity)"


def figure(patient, structure, metric, value, unit="%", course=1, **values):
    return {
        "USUBJID": patient,
        "course": course,
        "structure": structure,
        "metric": metric,
        "value": value,
        "unit": unit,
    } | values


def lines(figures, sites=("chest_wall", "chest_wall", "thigh"), protocol="cams"):
    patients = [{"site": site} for site in sites]
    cohort = make_cohort(
        protocol=protocol,
        patients=patients,
        courses=[
            {"USUBJID": f"P{n}", "course": 1, "dose_gy": 60} for n in range(1, len(patients) + 1)
        ],
        dose_metrics=figures,
    )
    (table,) = constraint_check(cohort).parts
    assert isinstance(table, Table)
    return {row.label: [cell.text for cell in row.cells] for row in table.rows}


def test_a_constraint_counts_the_patients_of_its_region_with_a_figure():
    found = lines([figure("P1", "Liver", "V40Gy", 31), figure("P3", "Liver", "V40Gy", 5)])

    assert found[LIVER] == [
        "2",
        "1 (50.0 %)",
        "0 (0.0 %)",
        "1 (100.0 %)",
        "V40Gy ≤ 30 %: 31 (31–31)",
    ]
    assert found[BONE][:2] == ["1", "0 (0.0 %)"]


def test_one_kept_limit_of_several_suffices_and_both_figures_are_shown():
    found = lines(
        [
            figure("P1", "Kidneys", "V20Gy", 35),
            figure("P1", "Kidneys", "Mean", 18, "Gy"),
            figure("P2", "Kidneys", "V20Gy", 40),
        ]
    )

    assert found[KIDNEYS][1:4] == ["2 (100.0 %)", "1 (50.0 %)", "1 (50.0 %)"]
    assert found[KIDNEYS][4] == "V20Gy ≤ 30 %: 37.5 (35–40); Mean ≤ 20 Gy: 18 (18–18)"


def test_a_second_course_that_exceeds_a_limit_counts_the_patient_once():
    found = lines(
        [figure("P1", "Liver", "V40Gy", 10), figure("P1", "Liver", "V40Gy", 45, course=2)]
    )

    assert found[LIVER][1:4] == ["1 (50.0 %)", "0 (0.0 %)", "1 (100.0 %)"]


def test_a_figure_of_eqd2_does_not_count_as_one_on_file():
    found = lines([figure("P1", "Liver", "V40Gy", 45, eqd2_alpha_beta_gy=3)])

    assert found[LIVER] == ["2", "0 (0.0 %)", "0", "0", "–"]


def test_a_dose_in_gy_is_held_against_a_limit_in_percent_of_the_prescribed_dose():
    """64.2 of 60 Gy are the 107 % that the hot spot must stay below."""
    assert lines([figure("P3", "Bone", "Max", 64.2, "Gy")])[HOT_SPOT][1:] == [
        "1 (100.0 %)", "0 (0.0 %)", "1 (100.0 %)", "Max < 107 %: 107 (107–107)"
    ]  # fmt: skip


def test_what_a_person_judges_is_listed_without_a_figure():
    assert lines([])[JOINT] == ["1", "–", "–", "–", "–"]


@pytest.mark.parametrize(
    ("protocol", "patients", "reason"),
    [
        ("jinling", [{}], "The protocol states no dose constraints."),
        ("cams", [], "No patient has been treated yet."),
    ],
)
def test_nothing_to_check_is_said_in_words(protocol, patients, reason):
    assert constraint_check(make_cohort(protocol=protocol, patients=patients)).reason == reason


def test_a_patient_without_a_site_is_in_no_region():
    assert lines([figure("P1", "Liver", "V40Gy", 5)], sites=[""])[LIVER][0] == "0"
