"""Losses and completeness, counted by hand."""

import datetime as dt

from analytics.artefacts.lost_and_complete import lost_and_complete
from tests.analytics.artefacts.people import cohort_of, person
from tests.analytics.artefacts.reading import line, lines, table
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.by_hand import death

WITHDREW = person("P4", centre="B", last_contact="2024-07-10")
WITHDREW.cut = dt.date(2024, 7, 10)

COHORT = cohort_of(
    person("P1"),  # 731 of 912 days
    person("P2", death=death("2025-01-10")),  # 366 of 366
    person("P3", last_contact="2024-07-10"),  # 182 of 912
    WITHDREW,  # 182 of 912
    losses=[
        {"USUBJID": "P1", "reason": "moved", "found_again": dt.date(2025, 5, 1)},
        {"USUBJID": "P3", "reason": "no_contact", "found_again": dt.date(2024, 5, 1)},
        {"USUBJID": "P3", "reason": "no_contact"},
    ],
)


def test_losses_and_completeness_stand_by_centre_and_together():
    assert lines(table(lost_and_complete(COHORT))) == [
        "A | 3 | 2 (66.7 %) | 1 | 1 (33.3 %) | 0 (0.0 %) | 3.5 | 6.0 | 58.4 %",
        "B | 1 | 0 (0.0 %) | 0 | 0 (0.0 %) | 1 (100.0 %) | 0.5 | 2.5 | 20.0 %",
        "All | 4 | 2 (50.0 %) | 1 | 1 (25.0 %) | 1 (25.0 %) | 4.0 | 8.5 | 47.1 %",
    ]


def test_reasons_count_each_loss():
    assert lines(table(lost_and_complete(COHORT), 1)) == [
        "Moved away | 1 (33.3 %) | 1",
        "Cannot be reached | 2 (66.7 %) | 1",
    ]


def test_a_loss_without_a_reason_has_a_line():
    cohort = cohort_of(person("P1"), losses=[{"USUBJID": "P1"}])
    assert lines(table(lost_and_complete(cohort), 1)) == ["Not known | 1 (100.0 %) | 0"]


def test_without_losses_there_is_no_table_of_reasons():
    artefact = lost_and_complete(cohort_of(person("P1")))
    assert len(artefact.parts) == 1
    assert line(table(artefact), "All")[1] == "0 (0.0 %)"


def test_a_patient_without_a_time_origin_has_no_completeness():
    shown = table(lost_and_complete(cohort_of(person("P1", courses=[]))))
    assert line(shown, "All")[-3:] == ["–", "–", "–"]


def test_without_a_patient_the_reason_is_said():
    assert lost_and_complete(make_cohort()).reason == "There is no patient."
