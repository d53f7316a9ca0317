"""Pattern and time of failure, counted by hand."""

import pytest

from analytics.artefacts.failure_pattern import failure_pattern
from tests.analytics.artefacts.people import cohort_of, person
from tests.analytics.artefacts.reading import line, lines, table
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.by_hand import lesions, progression


def failed(patient, kind, days, relation="", lesion=""):
    return {
        "USUBJID": patient,
        "LESID": lesion,
        "kind": kind,
        "days_from_origin": days,
        "field_relation": relation,
    }


SIX = make_cohort(
    protocol="cnao",
    patients=[{}] * 6,
    progressions=[
        failed("P1", "local", 396, "in_field"),  # 13.0 months
        failed("P2", "local", 100, "in_field"),
        failed("P2", "distant", 130, "out_of_field"),  # 30 days later: still a first failure
        failed("P3", "distant", 200, "out_of_field"),
        failed("P3", "local", 231, "marginal"),  # 31 days later: not any more
        failed("P4", "regional", None),
        failed("P5", "distant", -20),  # before radiotherapy
    ],
)


def test_patients_are_counted_by_what_failed_first_and_ever():
    shown = table(failure_pattern(SIX))

    assert lines(shown) == [
        "No failure | 2 (33.3 %) | 2 (33.3 %)",
        "Local only | 1 (16.7 %) | 1 (16.7 %)",
        "Regional only | 0 (0.0 %) | 1 (16.7 %)",
        "Distant only | 1 (16.7 %) | 0 (0.0 %)",
        "Local and regional | 0 (0.0 %) | 0 (0.0 %)",
        "Local and distant | 1 (16.7 %) | 2 (33.3 %)",
        "Regional and distant | 0 (0.0 %) | 0 (0.0 %)",
        "Local, regional and distant | 0 (0.0 %) | 0 (0.0 %)",
        "Kind not specified | 0 (0.0 %) | 0 (0.0 %)",
        "Not known | 1 (16.7 %) | 0 (0.0 %)",
    ]
    assert "Failures before the time origin do not count: 1." in shown.notes
    assert "Failures without a known date or time origin: 1." in shown.notes


@pytest.mark.parametrize("days", [0, 30, 400])
def test_every_patient_has_one_first_pattern_and_one_pattern(days):
    shown = table(failure_pattern(SIX, together_days=days))
    for column in (0, 1):
        assert sum(int(str(row.cells[column].value)) for row in shown.rows) == 6


def test_what_counts_as_found_together_can_be_chosen():
    shown = table(failure_pattern(SIX, together_days=31))
    assert line(shown, "Local and distant")[0] == "2 (33.3 %)"
    with pytest.raises(ValueError, match="together_days must be 0 or more, got -1"):
        failure_pattern(SIX, together_days=-1)


def test_failures_are_counted_by_their_relation_to_the_field():
    assert lines(table(failure_pattern(SIX), 1)) == [
        "In field | 2 (33.3 %) | 2 (33.3 %)",
        "Marginal | 1 (16.7 %) | 1 (16.7 %)",
        "Out of field | 2 (33.3 %) | 2 (33.3 %)",
        "Not known | 1 (16.7 %) | 1 (16.7 %)",
    ]


def test_months_to_the_first_failure_of_each_kind():
    # Local: 396, 100 and 231 days; distant: 130 and 200; any: 396, 100, 200.
    assert lines(table(failure_pattern(SIX), 2)) == [
        "Any failure | 4 (66.7 %) | 6.6 (3.3–13.0)",
        "Local | 3 (50.0 %) | 7.6 (3.3–13.0)",
        "Regional | 1 (16.7 %) | –",
        "Distant | 2 (33.3 %) | 5.4 (4.3–6.6)",
    ]


def test_lesions_are_counted_where_the_study_counts_them():
    # The second lesion fails after 366 days, the only one of P2 after 182; 2 of 3 lesions.
    people = (
        person("P1", lesions=lesions([1], [1]), progressions=[progression("2025-01-10", lesion=2)]),
        person("P2", lesions=lesions([1]), progressions=[progression("2024-07-10")]),
    )
    cohort = cohort_of(
        *people,
        lesions=[
            {"USUBJID": "P1", "LESID": "1"},
            {"USUBJID": "P1", "LESID": "2"},
            {"USUBJID": "P2", "LESID": "1"},
        ],
        progressions=[
            failed("P1", "local", 366, "in_field", "2"),
            failed("P2", "local", 182, "in_field", "1"),
        ],
    )
    artefact = failure_pattern(cohort)

    assert line(table(artefact, 1), "In field") == ["2 (100.0 %)", "2 (100.0 %)", "2 (66.7 %)"]
    assert line(table(artefact, 2), "Local, by treated lesion") == ["2 (66.7 %)", "9.0 (6.0–12.0)"]


def test_a_failure_without_a_kind_is_not_specified_and_adds_nothing_to_one_with():
    cohort = make_cohort(
        patients=[{}, {}],
        progressions=[
            failed("P1", "", 5),
            failed("P2", "unspecified", 5),
            failed("P2", "local", 5),
        ],
    )
    shown = table(failure_pattern(cohort))
    assert line(shown, "Kind not specified") == ["1 (50.0 %)", "1 (50.0 %)"]
    assert line(shown, "Local only") == ["1 (50.0 %)", "1 (50.0 %)"]


def test_without_a_failure_only_the_patterns_are_shown():
    artefact = failure_pattern(make_cohort(patients=[{}]))
    assert len(artefact.parts) == 1
    assert line(table(artefact), "No failure") == ["1 (100.0 %)", "1 (100.0 %)"]


def test_without_a_patient_the_reason_is_said():
    assert failure_pattern(make_cohort()).reason == "There is no patient."
