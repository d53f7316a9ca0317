"""Rows are numbered within what they belong to and written as the import reads them."""

import datetime as dt

import pytest

from registry.demo.rows import Folder, PatientRows, state_histories, text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "yes"), (False, "no"), (45.0, "45"), (31.5, "31.5"), (0, "0"), ("x", "x")],
)
def test_values_are_written_as_the_import_reads_them(value, text):
    assert text_of(value) == text


def test_rows_are_numbered_within_patient_course_or_assessment(tmp_path):
    folder = Folder("study", "A")
    rows = PatientRows(folder, "P-1", dt.date(2024, 2, 28))
    other = PatientRows(folder, "P-2", dt.date(2024, 2, 28))
    assert [rows.add("courses"), rows.add("courses"), other.add("courses")] == [1, 2, 1]
    assert [rows.add("targets", course=1), rows.add("targets", course=2)] == [1, 1]
    assert rows.add("phases", course=2, dose_gy=30) == 1
    path = folder.write(tmp_path) / "phases.csv"
    assert path.read_text() == "patient,number,course,dose_gy\nP-1,1,2,30\n"


def test_days_count_from_the_time_origin_through_leap_years():
    rows = PatientRows(Folder("study", "A"), "P-1", dt.date(2024, 2, 28))
    assert (rows.on(0), rows.on(2), rows.month_of(-28)) == ("2024-02-28", "2024-03-01", "2024-01")


def test_the_treatment_history_says_of_every_patient_what_there_was():
    folder = Folder("jinling", "A")
    for patient in ("P-1", "P-2"):
        folder.add("patients", pseudonym=patient)
    folder.add("surgeries", patient="P-2", number=1)

    state_histories(folder)

    assert folder.tables["treatment_histories"] == [
        {
            "patient": patient,
            "had_surgery": operated,
            "had_systemic_therapy": "no",
            "had_prior_radiotherapy": "no",
        }
        for patient, operated in (("P-1", "no"), ("P-2", "yes"))
    ]
