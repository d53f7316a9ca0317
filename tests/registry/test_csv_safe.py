"""Cells of CSV files that no spreadsheet runs as formulas."""

import csv
import io

import pytest

from registry.csv_safe import csv_answer, safe_row


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(sign: str) -> None:
    assert safe_row([f"{sign}1+1"]) == [f"'{sign}1+1"]


def test_a_formula_behind_spaces_gets_one_too() -> None:
    assert safe_row(["  =1+1"]) == ["'  =1+1"]


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell() -> None:
    assert safe_row([-3, 2.5, None, "5 - 3", ""]) == [-3, 2.5, "", "5 - 3", ""]


def test_the_answer_is_a_file_with_a_head_and_the_rows() -> None:
    response = csv_answer("centres-jinling", ["Centre", "=Enrolled"], [["Centre Ä, B", -1]])

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="centres-jinling.csv"'
    text = response.content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["Centre", "'=Enrolled"], ["Centre Ä, B", "-1"]]
    assert response.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", ["", "a/b", 'a"b', "a\r\nSet-Cookie: x", "..", "ä"])
def test_a_name_that_could_leave_the_header_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        csv_answer(name, [], [])
