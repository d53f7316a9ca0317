"""Files of refused rows: whatever stood in the cells, a spreadsheet shows it as text."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from registry.exchange.csv_file import csv_table
from registry.exchange.refused_rows import as_csv, as_workbook, rows_with_reasons
from registry.exchange.table import trim
from registry.exchange.uploaded import read_uploaded

PIECES = [
    {
        "refused": [["a.csv", 3, "dose", "x", "is not a number"], ["a.csv", 3, "", "", "is late"]],
        "rows": {"a.csv": {"2": ["P-1", ""], "3": ["P-1", "x"]}, "b.csv": {"2": ["P-1"]}},
    },
    {"refused": [["b.csv", 9, "", "", "no"]], "rows": {"b.csv": {"9": ["P-2"]}}},
]


def test_each_row_is_led_by_its_reasons():
    assert list(rows_with_reasons(PIECES, "a.csv")) == [
        ["", "P-1", ""],
        ["dose: is not a number; is late", "P-1", "x"],
    ]
    assert list(rows_with_reasons(PIECES, "b.csv")) == [["", "P-1"], ["no", "P-2"]]


# What a file can hold: see the control characters that a table refuses.
cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(trim)
starts = st.sampled_from(["", "=", "+", "-", "@", "'=", "''", "-1", "+1.5"])


@given(st.lists(st.builds(lambda sign, text: sign + text, starts, cells), min_size=1, max_size=4))
def test_a_csv_of_refused_rows_holds_no_formula_and_comes_back_as_it_was(texts):
    columns = [f"c{n}" for n in range(len(texts))]
    text = b"".join(as_csv(columns, [["because", *texts]]))

    for row in csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert cell[:1] not in {"=", "@", "\t"}
            assert cell[:1] not in {"+", "-"} or float(cell) == float(cell)
    assert csv_table("x.csv", text).columns == ("#why", *columns)
    (table,) = read_uploaded([("x.csv", text)])
    # A row of nothing but blanks is no row.
    if any(trim(one) for one in texts):
        assert list(table.rows[0].cells.values()) == [trim(one) for one in texts]


def test_a_workbook_has_text_in_every_cell_and_a_sheet_of_a_fitting_name_for_each_table():
    columns = ["=A1", "bell \x07"]
    tables = [(name, columns, [["why", "=1+1", "+1"]]) for name in ("a/b [c]", "x" * 40, "X" * 40)]

    book = load_workbook(io.BytesIO(as_workbook(tables)))

    assert book.sheetnames == ["a_b _c_", "x" * 31, f"{'X' * 27}_2"]
    for sheet in book:
        for row in sheet:
            assert {cell.data_type for cell in row} == {"s"}
        assert [cell.value for cell in sheet[2]] == ["why", "=1+1", "+1"]
