"""The table of the censoring audit."""

import dataclasses
import datetime as dt

import pytest

from analytics.artefacts.censoring_audit import censoring_audit
from analytics.extract.facts import StudyFacts
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.by_hand import death, patient, progression


def named(pseudonym, **facts):
    return dataclasses.replace(patient(**facts), pseudonym=pseudonym)


@pytest.fixture
def cohort():
    """P-1 is censored 14 months after imaging, P-2 had the event, P-3 died, P-4 is not placed."""
    people = (
        named("P-1", last_local_imaging="2024-11-10"),
        named("P-2", progressions=[progression("2025-05-05")]),
        named("P-3", death=death("2026-01-10"), last_local_imaging="2026-01-10"),
        named("P-4", progressions=[progression(None)]),
    )
    return make_cohort(protocol="cnao", facts=StudyFacts("cnao", None, people))


def figures(artefact, place=0):
    table = artefact.parts[place]
    return {row.label: [cell.text for cell in row.cells] for row in table.rows}


def test_rows_are_counted_by_how_they_ended_and_by_what_is_doubtful(cohort):
    counts = figures(censoring_audit(cohort, endpoint_code="LC", today=dt.date(2026, 2, 1)))
    assert counts["Rows"] == ["4"]
    assert counts["censored"] == ["1 (25.0 %)"]
    assert counts["event"] == ["1 (25.0 %)"]
    assert counts["competing event"] == ["1 (25.0 %)"]
    assert counts["not in the table"] == ["1 (25.0 %)"]
    assert counts["Doubtful"] == ["2 (50.0 %)"]
    assert counts["followed long after the last imaging"] == ["1 (25.0 %)"]
    assert counts["event or death recorded without a date"] == ["1 (25.0 %)"]


def test_rows_of_patients_are_shown_to_those_who_may_see_them_only(cohort):
    without = censoring_audit(cohort, endpoint_code="LC")
    assert [part.key for part in without.parts] == ["censoring_audit"]
    assert "P-1" not in str(without)
    rows = figures(censoring_audit(cohort, endpoint_code="LC", row_access=True), place=1)
    assert list(rows) == ["P-1", "P-4", "P-2", "P-3"]
    assert rows["P-1"] == [
        "A",
        "censored: last follow-up",
        "10 Jan 2026",
        "24.0",
        "alive 14 months after the last imaging of the treated site",
    ]
    assert rows["P-4"] == [
        "A", "not in the table: event without a date", "", "", "event without a date",
    ]  # fmt: skip


def test_where_dates_are_relative_days_are_counted_instead(cohort):
    relative = dataclasses.replace(cohort, dates_are_relative=True)
    artefact = censoring_audit(
        relative, endpoint_code="OS", today=dt.date(2040, 1, 1), row_access=True
    )
    assert figures(artefact)["last contact long before the data cut"] == ["0 (0.0 %)"]
    assert figures(artefact, place=1)["P-1"][2] == "day 731"


def test_an_empty_study_says_so():
    artefact = censoring_audit(make_cohort(), endpoint_code="OS")
    assert artefact.parts == ()
    assert artefact.reason == "There is nobody in the study."
