"""Refused rows as files to be corrected: the columns of the file, and one that says why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from registry.exchange.findings import Piece
from registry.exchange.uploaded import REASONS, guarded

_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def rows_with_reasons(pieces: Iterable[Piece], file: str) -> Iterator[list[str]]:
    """The refused rows of one file, in its order of patients, each led by the reasons."""
    for piece in pieces:
        reasons: dict[str, list[str]] = {}
        for name, line, column, _value, reason in piece["refused"]:
            if name == file:
                text = f"{column}: {reason}" if column else reason
                reasons.setdefault(str(line), []).append(text)
        for line, cells in piece["rows"].get(file, {}).items():
            yield ["; ".join(reasons.get(line, [])), *cells]


def as_csv(columns: Iterable[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Lines of a CSV file, in UTF-8 with BOM as spreadsheets like it, with formulas made text."""
    yield b"\xef\xbb\xbf"
    for row in chain([[REASONS, *columns]], rows):
        text = io.StringIO()
        csv.writer(text).writerow([guarded(cell) for cell in row])
        yield text.getvalue().encode()


def as_workbook(tables: Iterable[tuple[str, list[str], Iterable[list[str]]]]) -> bytes:
    """A workbook with a sheet for each table (name, columns, rows); every cell is text."""
    book = Workbook(write_only=True)
    used: set[str] = set()
    for name, columns, rows in tables:
        sheet = book.create_sheet(_sheet_name(name, used))
        sheet.freeze_panes = "B2"
        sheet.column_dimensions["A"].width = 60
        for index in range(2, len(columns) + 2):
            sheet.column_dimensions[get_column_letter(index)].number_format = "@"
        sheet.append([_cell(sheet, name, bold=True) for name in (REASONS, *columns)])
        for row in rows:
            sheet.append([_cell(sheet, text) for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=None)
    # Set past the value's own setter, which would take "=1+1" for a formula.
    cell._value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _sheet_name(name: str, used: set[str]) -> str:
    base = name.translate(_NOT_IN_SHEET_NAMES)[:_LONGEST_SHEET_NAME] or "rows"
    found, number = base, 1
    while found.casefold() in used:
        number += 1
        found = f"{base[: _LONGEST_SHEET_NAME - 4]}_{number}"
    used.add(found.casefold())
    return found
