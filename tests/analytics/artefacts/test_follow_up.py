"""Length of follow-up, counted by hand and by R."""

from dataclasses import replace

import pytest

from analytics.artefacts.follow_up import follow_up
from tests.analytics.artefacts.people import cohort_of, person
from tests.analytics.artefacts.reading import lines, table
from tests.analytics.extract.by_hand import death, lesions

PEOPLE = (
    person("P1", lesions=lesions([1], [1])),  # seen for 731 days
    person("P2", last_contact="2024-06-01", death=death("2025-01-10"), lesions=lesions([1])),  # 366
    person("P3", last_contact="2024-07-10", lesions=lesions([1])),  # 182
    person("P4", courses=[]),
)


def test_follow_up_of_all_of_survivors_and_of_lesions():
    # R: survfit(Surv(c(182, 366, 731), c(1, 0, 1)) ~ 1, conf.type = "log-log") has the median 731
    # and the limits 182 and none; with 731 twice, as for lesions, the same limits.
    # Clark's C: (731 + 366 + 182) of (912 + 366 + 912) days.
    assert lines(table(follow_up(cohort_of(*PEOPLE)))) == [
        "Patients",
        "  Observed (months), median (range) | 3 | 12.0 (6.0–24.0)",
        "  Those alive at last follow-up (months), median (range) | 2 | 15.0 (6.0–24.0)",
        "  Reverse Kaplan–Meier (months), median (95 % CI) | 3 | 24.0 (6.0 to –)",
        "  Potential (months), median (range) | 3 | 30.0 (30.0–30.0)",
        "  Completeness (Clark's C) | 3 | 58.4 %",
        "Treated lesions",
        "  Observed (months), median (range) | 4 | 18.0 (6.0–24.0)",
        "  Reverse Kaplan–Meier (months), median (95 % CI) | 4 | 24.0 (6.0 to –)",
    ]


def test_who_is_not_counted_is_said_with_the_reason():
    notes = table(follow_up(cohort_of(*PEOPLE))).notes
    assert "Not counted: day of the time origin not known: 1." in notes


def test_months_are_kept_at_full_precision():
    row = table(follow_up(cohort_of(*PEOPLE))).rows[1]
    assert row.cells[1].value == pytest.approx(366 / 30.4375)


def test_without_a_data_cut_the_last_day_on_file_is_the_last_that_anybody_could_be_seen_on():
    # P1 is seen to the last day on file; P3 could have been seen for 731 days.
    shown = table(follow_up(cohort_of(*PEOPLE, cut=None)))
    assert "  Potential (months), median (range) | 3 | 24.0 (24.0–24.0)" in lines(shown)
    assert any("runs to 10 Jan 2026" in note for note in shown.notes)


def test_relative_dates_tell_nothing_of_what_could_have_been():
    cohort = replace(cohort_of(*PEOPLE, cut=None), dates_are_relative=True)
    shown = table(follow_up(cohort))
    assert "  Potential (months), median (range) | 0 | –" in lines(shown)
    assert "  Completeness (Clark's C) | 0 | –" in lines(shown)


def test_a_study_of_patients_shows_no_lesions():
    shown = table(follow_up(cohort_of(PEOPLE[0], protocol="cnao")))
    assert "Treated lesions" not in lines(shown)


def test_one_patient_who_died_leaves_no_survivor():
    shown = table(follow_up(cohort_of(PEOPLE[1])))
    assert lines(shown)[1:4] == [
        "  Observed (months), median (range) | 1 | 12.0 (12.0–12.0)",
        "  Those alive at last follow-up (months), median (range) | 0 | –",
        "  Reverse Kaplan–Meier (months), median (95 % CI) | 1 | –",
    ]


def test_without_anybody_followed_the_reason_is_said():
    for cohort in (cohort_of(), cohort_of(PEOPLE[3])):
        assert follow_up(cohort).reason == ("Nobody has been followed from a known time origin on.")
