"""Reading the official workbook: the texts it gives, and what it refuses with which place."""

from pathlib import Path

import pytest

from registry.terminology.ctcae_workbook import GradeText, read_grade_texts
from registry.terminology.errors import TerminologyError
from tests.registry.terminology.workbooks import HEADER, save, term_rows

SHEET = "CTCAE v5.0 Clean Copy"

# Row of the term in the made workbook, where it is the third term of the release.
MARROW = 3


def refused(path: Path, release: str = "5.0") -> str:
    with pytest.raises(TerminologyError) as caught:
        read_grade_texts(path, release)
    return str(caught.value)


@pytest.fixture
def rows() -> list[list[str]]:
    found = term_rows("5.0")
    assert found[MARROW][2] == "Bone marrow hypocellular"
    return found


@pytest.mark.parametrize(
    ("file", "release", "count"),
    # Grades that have a text, counted in the workbooks: 837 and 850 terms.
    [("CTCAE_v5.0_2017-11-27.xlsx", "5.0", 3185), ("ctcae-v6.0.xlsx", "6.0", 3235)],
)
def test_the_official_workbook_gives_the_text_of_every_grade(shared_data, file, release, count):
    texts = read_grade_texts(shared_data / "ctcae" / file, release)
    assert len(texts) == count
    assert (
        GradeText("Vascular disorders", "Lymphedema", 1, "Trace thickening or faint discoloration")
        in texts
    )
    assert all(text.text == " ".join(text.text.split()) for text in texts)


def test_the_official_workbook_of_another_release_is_refused(shared_data):
    message = refused(shared_data / "ctcae" / "ctcae-v6.0.xlsx", "5.0")
    assert message.startswith("sheet 'CTCAE v6.0 Clean Copy': ")
    assert "is of CTCAE 6.0, not of 5.0" in message


def test_blanks_and_line_breaks_become_single_blanks(tmp_path, rows):
    texts = read_grade_texts(save(tmp_path / "w.xlsx", {SHEET: rows}), "5.0")
    assert texts[0] == GradeText(
        "Blood and lymphatic system disorders", "Anemia", 1, "Anemia, grade 1"
    )


def test_grades_marked_as_not_existing_give_no_text(tmp_path, rows):
    texts = read_grade_texts(save(tmp_path / "w.xlsx", {SHEET: rows}), "5.0")
    assert [text.grade for text in texts if text.term == "Azoospermia"] == [2]


def test_the_table_is_found_beside_other_sheets_and_below_a_title(tmp_path, rows):
    path = save(
        tmp_path / "w.xlsx",
        {
            "Notes": [["Some notes"]],
            SHEET: [["Common Terminology Criteria"], [], *rows],
            "CTCAE v5.0 Tracked Changes": [HEADER, ["0", "Old", "Old term", "a"]],
            "Errata": [["MedDRA SOC", "CTCAE Term", "Previous", "Updated"]],
        },
    )
    assert len(read_grade_texts(path, "5.0")) == 3185


def test_columns_are_found_by_name_in_any_order(tmp_path, rows):
    path = save(tmp_path / "w.xlsx", {SHEET: [list(reversed(row)) for row in rows]})
    assert len(read_grade_texts(path, "5.0")) == 3185


def test_a_workbook_of_4_03_may_call_itself_4_0(tmp_path):
    rows = term_rows("4.03")
    rows[0][2] = "CTCAE v4.0 Term"
    path = save(tmp_path / "w.xlsx", {"CTCAE_4.03": rows})
    assert {text.term for text in read_grade_texts(path, "4.03")} >= {"Avascular necrosis"}


def test_a_release_stated_in_the_header_is_believed(tmp_path, rows):
    rows[0][2] = "CTCAE v6.0 Term"
    message = refused(save(tmp_path / "w.xlsx", {"Sheet1": rows}))
    assert message == (
        "sheet 'Sheet1', row 1, column C (CTCAE v6.0 Term): "
        "'CTCAE v6.0 Term' is of CTCAE 6.0, not of 5.0"
    )


def test_an_unknown_term_is_named_with_its_place(tmp_path, rows):
    rows[MARROW][2] = "Bone marrow tired"
    message = refused(save(tmp_path / "w.xlsx", {SHEET: rows}))
    assert (
        f"sheet '{SHEET}', row 4, column C (CTCAE Term): "
        "CTCAE 5.0 has no term 'Bone marrow tired'" in message
    )
    assert f"sheet '{SHEET}': no row for the term 'Bone marrow hypocellular'" in message


def test_a_grade_that_should_not_be_there_is_named_with_its_place(tmp_path, rows):
    row = next(row for row in rows if row[2] == "Azoospermia")
    row[7] = "Fatal"
    message = refused(save(tmp_path / "w.xlsx", {SHEET: rows}))
    number = rows.index(row) + 1
    assert f"row {number}, column H (Grade 5): 'Azoospermia' has no grade 5 in CTCAE 5.0" in message


def test_a_missing_grade_text_is_named_with_its_place(tmp_path, rows):
    rows[MARROW][5] = "-"
    message = refused(save(tmp_path / "w.xlsx", {SHEET: rows}))
    assert (
        f"sheet '{SHEET}', row 4, column F (Grade 3): "
        "the text of grade 3 of 'Bone marrow hypocellular' is missing" in message
    )


def test_a_term_under_another_class_is_named_with_its_place(tmp_path, rows):
    rows[MARROW][1] = "Eye disorders"
    message = refused(save(tmp_path / "w.xlsx", {SHEET: rows}))
    assert "row 4, column B (MedDRA SOC): 'Bone marrow hypocellular' stands under" in message


def test_a_term_that_occurs_twice_is_refused(tmp_path, rows):
    message = refused(save(tmp_path / "w.xlsx", {SHEET: [*rows, rows[MARROW]]}))
    assert "row 839, column C (CTCAE Term): 'Bone marrow hypocellular' occurs twice" in message


def test_a_workbook_cut_short_is_refused(tmp_path, rows):
    message = refused(save(tmp_path / "w.xlsx", {SHEET: rows[:-1]}))
    assert f"sheet '{SHEET}': no row for the term 'Vasculitis'" in message


def test_many_problems_are_counted_not_all_listed(tmp_path, rows):
    message = refused(save(tmp_path / "w.xlsx", {SHEET: rows[:1]}))
    assert message.endswith("and 817 more")


def test_a_missing_column_is_named(tmp_path, rows):
    for row in rows:
        del row[5]
    message = refused(save(tmp_path / "w.xlsx", {SHEET: rows}))
    assert f"sheet '{SHEET}', row 1: no column Grade 3" in message


def test_a_workbook_without_terms_is_refused_naming_its_sheets(tmp_path):
    message = refused(save(tmp_path / "w.xlsx", {"Budget": [["Item", "Cost"], ["Tea", "3"]]}))
    assert message.startswith("w.xlsx: no sheet has a header row with SOC, Term and Grade 1")
    assert "sheets are 'Budget'" in message


def test_two_tables_are_refused_because_neither_is_the_one(tmp_path, rows):
    message = refused(save(tmp_path / "w.xlsx", {"One": rows, "Two": rows}))
    assert message == "w.xlsx: more than one sheet has CTCAE terms: 'One', 'Two'"


@pytest.mark.parametrize("name", ["w.xlsx", "w.xls", "w.csv"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_text("MedDRA SOC,CTCAE Term,Grade 1\n", encoding="utf-8")
    assert refused(path).startswith(f"{name}: is not an .xlsx workbook")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refused(tmp_path / "absent.xlsx").endswith(
        "cannot be opened (No such file or directory)"
    )
