"""Workbooks come out as text; formulas are not evaluated and bombs not unpacked."""

import datetime as dt
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from registry.exchange.table import TableError
from registry.exchange.tabular import read_tables


def first_sheet(workbook):
    """The sheet that a new workbook has."""
    assert isinstance(workbook.active, Worksheet)
    return workbook.active


@pytest.fixture
def book(tmp_path):
    """Saves rows as the sheets of a workbook and reads it again."""

    def save(**sheets):
        workbook = Workbook()
        workbook.remove(first_sheet(workbook))
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "case.xlsx"
        workbook.save(path)
        return read_tables([path])

    return save


def test_every_sheet_with_content_is_a_table(book):
    tables = book(patients=[["pseudonym"], ["A-1"]], notes=[], courses=[[None], ["patient"]])

    assert [(table.name, table.file) for table in tables] == [
        ("patients", "case.xlsx [patients]"),
        ("courses", "case.xlsx [courses]"),
    ]


def test_values_come_out_as_a_person_would_type_them(book):
    given = {
        "date": dt.datetime(2021, 3, 4),
        "day": dt.date(2021, 3, 4),
        "whole": 7,
        "float": 59.0,
        "sum": 0.1 + 0.2,
        "truth": True,
        "nothing": None,
        "text": " 007 ",
    }
    (table,) = book(x=[list(given), list(given.values())])

    assert table.rows[0].cells == {
        "date": "2021-03-04",
        "day": "2021-03-04",
        "whole": "7",
        "float": "59",
        "sum": "0.3",
        "truth": "yes",
        "nothing": "",
        "text": "007",
    }


def test_rows_bear_the_number_that_the_spreadsheet_shows(book):
    (table,) = book(x=[["a"], [], ["1"], [], [], ["2"]])

    assert [(row.line, row.cells["a"]) for row in table.rows] == [(3, "1"), (6, "2")]


def test_a_formula_is_a_fault_and_never_evaluated(book):
    (table,) = book(x=[["a", "b"], ["=1+1", "5"]])

    (fault,) = table.rows[0].faults
    assert (fault.column, fault.reason) == ("a", "holds a formula: paste its value instead")
    assert table.rows[0].cells == {"a": "", "b": "5"}


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    workbook = Workbook()
    first_sheet(workbook).append(["a"])
    first_sheet(workbook).append(["=HYPERLINK(1)"])
    first_sheet(workbook)["A2"].data_type = "s"
    path = tmp_path / "case.xlsx"
    workbook.save(path)

    assert read_tables([path])[0].rows[0].cells == {"a": "=HYPERLINK(1)"}


def test_error_values_and_times_of_day_are_faults(book):
    (table,) = book(x=[["a", "b"], ["#N/A", dt.datetime(2021, 3, 4, 13, 30)]])

    assert [fault.reason for fault in table.rows[0].faults] == [
        "holds an error value of the spreadsheet",
        "holds a time of day: write the date alone",
    ]


def test_a_file_that_is_no_workbook_is_refused_by_name(tmp_path):
    path = tmp_path / "case.xlsx"
    path.write_bytes(b"pseudonym,sex\n")

    with pytest.raises(TableError, match=r"case\.xlsx: not an \.xlsx workbook"):
        read_tables([path])


def archive(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def test_a_zip_without_the_parts_of_a_workbook_is_refused(tmp_path):
    path = archive(tmp_path / "case.xlsx", {"hello.txt": "hello"})

    with pytest.raises(TableError, match=r"case\.xlsx: not a readable \.xlsx workbook"):
        read_tables([path])


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = archive(tmp_path / "case.xlsx", {"xl/worksheets/sheet1.xml": b"0" * 30_000_000})
    assert path.stat().st_size < 100_000

    with pytest.raises(TableError, match=r"case\.xlsx: unpacks \d+ times"):
        read_tables([path])


def test_an_archive_of_very_many_parts_is_refused(tmp_path):
    path = archive(tmp_path / "case.xlsx", {f"part{n}": "" for n in range(2001)})

    with pytest.raises(TableError, match="2001 parts are more than 2000"):
        read_tables([path])


def rewritten(path, part, change):
    """The workbook with one part of it changed."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name).decode() for name in file.namelist()}
    parts[part] = change(parts[part])
    return archive(path, parts)


@pytest.fixture
def saved(tmp_path):
    workbook = Workbook()
    first_sheet(workbook).append(["a"])
    first_sheet(workbook).append(["1"])
    path = tmp_path / "case.xlsx"
    workbook.save(path)
    return path


def test_a_sheet_that_is_cut_off_is_refused(saved):
    rewritten(saved, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])

    with pytest.raises(TableError, match=r"case\.xlsx: not a readable \.xlsx workbook"):
        read_tables([saved])


def test_a_sheet_that_claims_to_be_huge_is_read_as_what_it_holds(saved):
    rewritten(
        saved,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<dimension ref="A1:A2"', '<dimension ref="A1:XFD1048576"'),
    )

    assert read_tables([saved])[0].rows[0].cells == {"a": "1"}


def test_entities_that_multiply_are_not_expanded(saved):
    entities = '<!ENTITY e0 "xxxxxxxxxx">' + "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)
    )
    rewritten(
        saved,
        "xl/worksheets/sheet1.xml",
        lambda xml: f"<!DOCTYPE worksheet [{entities}]>{xml}".replace("<t>1</t>", "<t>&e11;</t>"),
    )

    with pytest.raises(TableError, match="not a readable .xlsx workbook"):
        read_tables([saved])


def test_a_file_named_by_an_entity_is_not_read(saved, tmp_path):
    (tmp_path / "secret").write_text("canary")
    outside = f'<!ENTITY e SYSTEM "file://{tmp_path}/secret">'
    rewritten(
        saved,
        "xl/worksheets/sheet1.xml",
        lambda xml: f"<!DOCTYPE worksheet [{outside}]>{xml}".replace("<t>1</t>", "<t>&e;</t>"),
    )

    with pytest.raises(TableError) as refusal:
        read_tables([saved])
    assert "canary" not in str(refusal.value)
