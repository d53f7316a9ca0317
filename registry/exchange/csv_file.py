"""Reads one CSV file: UTF-8 or UTF-16, with or without BOM, parted by comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from registry.exchange.table import MAX_ROWS, Row, Table, TableError, header, make_row

DELIMITERS = ",;\t"


def read_csv(path: Path) -> Table:
    """The table of a CSV file; see :func:`csv_table`."""
    return csv_table(path.name, path.read_bytes())


def csv_table(name: str, raw: bytes, *, first: int | None = None) -> Table:
    """The table of a CSV file. The first line that is not blank holds the column names.

    Args:
        first: read no more than so many rows.

    Raises:
        TableError: naming the file and the line that cannot be read.
    """
    text = _text(name, raw)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    del text  # the reader has its own copy
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if not columns:
                if any(cell.strip() for cell in cells):
                    columns = header(cells, file=name, line=line)
            else:
                row = make_row(columns, cells, line)
                if row is not None:
                    rows.append(row)
                if len(rows) > MAX_ROWS:
                    raise TableError(f"{name}: more than {MAX_ROWS} rows")
                if first is not None and len(rows) >= first:
                    break
            # A cell may span lines: the next row begins after the last line read.
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError(f"{name}, row {line}: {_in_words(error)}") from None
    if not columns:
        raise TableError(f"{name}: the file is empty")
    return Table(Path(name).stem, name, columns, rows, decimal_comma=delimiter == ";")


def _text(name: str, raw: bytes) -> str:
    encoding = "utf-8-sig"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TableError(
            f"{name}, row {line}: not UTF-8 text; save the file as “CSV UTF-8”"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TableError(f"{name}, row {line}: holds a zero byte; this is not a text file")
    return text


def _delimiter(text: str) -> str:
    """The sign that parts the first filled line into the most cells."""
    line = next((line for line in io.StringIO(text) if line.strip()), "")
    counts = {sign: len(next(csv.reader([line], delimiter=sign), [])) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: counts[sign])


def _in_words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "a quotation mark opens here and is never closed"
    if "field larger than field limit" in text:
        return f"a cell has more than {csv.field_size_limit()} characters"
    if "expected after" in text:
        return "a quotation mark inside a cell is not doubled"
    return text
