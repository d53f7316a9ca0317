"""The paper's figures beside those of a cohort."""

import datetime as dt

import pytest

from analytics.artefacts.paper_comparison import paper_comparison
from analytics.extract.days import known_day
from analytics.extract.facts import CourseFact, DeathFact, PatientFacts, StudyFacts
from tests.analytics.artefacts.reading import line, table
from tests.analytics.cohorts import make_cohort

START = dt.date(2015, 1, 1)


def alive(name):
    """A patient of 61 months of follow-up after surgery-free radiotherapy."""
    return PatientFacts(
        name,
        "A",
        courses=[CourseFact(1, 1, known_day(START), known_day(START))],
        last_contact=known_day(START + dt.timedelta(days=1857)),
    )


def dead(name):
    found = alive(name)
    found.death = DeathFact(known_day(START + dt.timedelta(days=30)), "disease")
    return found


def shown(protocol, facts, **frames):
    cohort = make_cohort(
        protocol=protocol, facts=StudyFacts(protocol, None, tuple(facts)), **frames
    )
    return table(paper_comparison(cohort))


@pytest.fixture(scope="module")
def jinling():
    """Four patients, one of whom died in the first year."""
    patients = [alive("P1"), alive("P2"), alive("P3"), dead("P4")]
    values = [{"setting": "recurrence", "grade": "1"}] * 3 + [{"setting": "", "grade": "3"}]
    lesions = [
        {"USUBJID": f"P{n}", "LESID": "1", "lesion_dose_gy": dose}
        for n, dose in enumerate((40, 45, 50, 62.5), 1)
    ]
    return shown("jinling", patients, patients=values, lesions=lesions)


@pytest.mark.parametrize(
    ("label", "cells"),
    [
        ("Patients", ["number", "37", "4", "−33"]),
        ("Overall survival at 12 months", ["%", "71.5", "75.0 (12.8–96.1)", "+3.5"]),
        ("Median overall survival", ["months", "24 (13–28)", "–", "–"]),
        ("Total dose", ["Gy", "45 (30–75)", "47.5 (40–62.5)", "+2.5"]),
        ("Recurrence", ["%", "48.6", "100.0", "+51.4"]),
        ("Grade 1 against 2 and 3, overall survival, P", ["P", "0.0001", "0.083", "–"]),
        ("Conformity index", ["ratio", "1.13 (1–2.77)", "–", "–"]),
    ],
)
def test_published_and_own_figure_stand_side_by_side(jinling, label, cells):
    assert line(jinling, label)[:4] == cells


def test_place_and_remark_stand_with_the_figure(jinling):
    enteritis = line(jinling, "Enteritis, acute")

    assert enteritis[4] == "Results"
    assert "two of 37 are 5.4 %" in enteritis[5]


def test_a_figure_that_no_registry_has_says_why():
    found = shown("preop", [alive("P1")], patients=[{}])
    response = line(found, "Extensive pathological response, 36 Gy in myxoid liposarcoma")

    assert response[1:4] == ["91", "–", "–"]
    assert response[5] == "The registry records no pathological response."


@pytest.mark.parametrize("protocol", ["miyakojima", "jinling", "cnao", "cams", "preop"])
@pytest.mark.parametrize("patient", [PatientFacts("P1", "A"), dead("P1")])
def test_a_single_patient_with_or_without_facts_breaks_no_figure(protocol, patient):
    found = shown(protocol, [patient], patients=[{}])

    assert all(len(row.cells) in (0, 6) for row in found.rows)
    assert any(row.cells and row.cells[2].text == "–" for row in found.rows)


@pytest.mark.parametrize(
    ("protocol", "patients", "reason"),
    [
        ("sts_mcgill", [{}], "No paper with figures is on file for this protocol."),
        ("cams", [], "The study has no patients yet."),
    ],
)
def test_nothing_to_compare_is_said_in_words(protocol, patients, reason):
    assert paper_comparison(make_cohort(protocol=protocol, patients=patients)).reason == reason
