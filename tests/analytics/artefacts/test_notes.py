"""What stands under every table and figure."""

import datetime as dt
from dataclasses import replace

from analytics.artefacts.notes import standard_notes
from analytics.extract.days import known_day
from analytics.extract.facts import DeathFact, PatientFacts, StudyFacts
from tests.analytics.cohorts import make_cohort


def test_study_version_number_of_patients_cut_and_synthetic_data_are_said():
    cohort = make_cohort(patients=[{}, {}], data_cut=dt.date(2025, 6, 30))

    assert standard_notes(cohort) == (
        "Study jinling, protocol version 1; 2 patients.",
        "Data cut: 30 Jun 2025.",
        "Synthetic data made for demonstration; no real patient.",
    )


def test_the_conditions_of_a_subset_come_first():
    cohort = replace(make_cohort(), subset=("grade: G2 or G3", "size > 5 cm"))

    assert standard_notes(cohort)[0] == "Only patients with: grade: G2 or G3; size > 5 cm."


def test_without_a_cut_the_last_day_on_file_is_named():
    seen, died = known_day(dt.date(2024, 2, 1)), known_day(dt.date(2024, 3, 2))
    patient = PatientFacts("P1", "A", last_contact=seen, death=DeathFact(died, "disease"))
    cohort = make_cohort(patients=[{}], facts=StudyFacts("jinling", None, (patient,)))

    assert "the latest contact or death of 2 Mar 2024" in standard_notes(cohort)[1]


def test_relative_dates_are_not_shown_as_days_of_the_calendar():
    cohort = replace(make_cohort(), dates_are_relative=True)

    assert "relative" in standard_notes(cohort)[1]


def test_real_data_carry_no_word_of_demonstration():
    cohort = replace(make_cohort(), is_synthetic=False)

    assert not any("Synthetic" in note for note in standard_notes(cohort))
