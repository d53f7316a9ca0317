"""Reads the sheets of an .xlsx workbook as text."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from registry.exchange.table import (
    MAX_COLUMNS,
    MAX_ROWS,
    Fault,
    Row,
    Table,
    TableError,
    header,
    make_row,
)

MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
"""Text in XML packs some twenty times; what packs two hundred times was made to do harm."""


def read_workbook(path: Path) -> list[Table]:
    """The tables of an .xlsx file; see :func:`workbook_tables`."""
    with path.open("rb") as file:
        return workbook_tables(path.name, file)


def workbook_tables(name: str, file: BinaryIO, *, first: int | None = None) -> list[Table]:
    """One table per sheet that holds anything.

    Args:
        first: read no more than so many rows of a sheet.

    Raises:
        TableError: the file is no workbook, is damaged, or unpacks to more than the limits.
    """
    _refuse_bombs(name, file)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            tables = [_sheet(name, sheet, first) for sheet in book.worksheets]
        finally:
            book.close()
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        EOFError,
    ) as error:
        # What openpyxl raises over a damaged part depends on the part: all of it means the same.
        if isinstance(error, TableError):
            raise
        raise TableError(f"{name}: not a readable .xlsx workbook ({error})") from None
    return [table for table in tables if table is not None]


def _refuse_bombs(name: str, file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise TableError(f"{name}: not an .xlsx workbook ({error})") from None
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > MAX_PARTS:
        raise TableError(f"{name}: {len(parts)} parts are more than {MAX_PARTS}")
    if unpacked > MAX_UNPACKED_BYTES:
        raise TableError(f"{name}: unpacks to {unpacked} bytes, more than allowed")
    if unpacked > 10_000_000 and unpacked / packed > MAX_RATIO:
        raise TableError(f"{name}: unpacks {unpacked // packed} times; this is no table")


def _sheet(name: str, sheet: Any, first: int | None) -> Table | None:
    file = f"{name} [{sheet.title}]"
    # The size that a workbook states for a sheet may be wrong, by accident or on purpose.
    sheet.reset_dimensions()
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if line > MAX_ROWS:
            raise TableError(f"{file}: more than {MAX_ROWS} rows")
        if len(cells) > MAX_COLUMNS:
            raise TableError(f"{file}, row {line}: more than {MAX_COLUMNS} columns")
        texts, faults = [], []
        for index, cell in enumerate(cells):
            text, reason = _text(cell)
            texts.append(text)
            if reason:
                column = columns[index] if index < len(columns) else f"column {index + 1}"
                faults.append(Fault(column, str(cell.value)[:60], reason))
        if columns:
            row = make_row(columns, texts, line, faults)
            if row is not None:
                rows.append(row)
            if first is not None and len(rows) >= first:
                break
        elif any(text.strip() for text in texts):
            if faults:
                raise TableError(f"{file}, row {line}: {faults[0].column}: {faults[0].reason}")
            columns = header(texts, file=file, line=line)
    return Table(sheet.title, file, columns, rows) if columns else None


def _text(cell: Any) -> tuple[str, str]:
    """What stands in the cell, and why it cannot be taken ("" when it can)."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return "", _("holds a formula: paste its value instead")
    if cell.data_type == "e":
        return "", _("holds an error value of the spreadsheet")
    if isinstance(value, str):
        return value, ""
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, int):
        return str(value), ""
    if isinstance(value, float):
        # Fifteen digits are what a spreadsheet shows and keeps.
        return format(value, ".15g"), ""
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            return "", _("holds a time of day: write the date alone")
        return value.date().isoformat(), ""
    if isinstance(value, dt.date):
        return value.isoformat(), ""
    return "", _("holds a duration or another kind of value that the registry does not know")
