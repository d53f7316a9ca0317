"""Uploaded files as tables, with the limits of imports in the browser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from django.utils.translation import gettext as _

from registry.exchange.csv_file import csv_table
from registry.exchange.table import Row, Table, TableError
from registry.exchange.workbook import workbook_tables

MAX_ROWS = 100_000
"""Rows of one import in the browser; the command takes more."""

REASONS = "#why"
"""Column of a file of refused rows that says why; left out when the file comes back."""

SUFFIXES = frozenset({".csv", ".xlsx"})

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def read_uploaded(files: Iterable[tuple[str, bytes]], *, first: int | None = None) -> list[Table]:
    """The tables of uploaded files, given as name and contents.

    Args:
        first: read no more than so many rows of each table.

    Raises:
        TableError: a file is no table, is damaged, or there are more rows than the limit.
    """
    tables: list[Table] = []
    for name, contents in files:
        if PurePath(name).suffix.lower() == ".csv":
            tables.append(csv_table(name, contents, first=first))
        else:
            tables += workbook_tables(name, io.BytesIO(contents), first=first)
    seen: set[str] = set()
    for table in tables:
        if table.file.casefold() in seen:
            raise TableError(_("{file}: given twice").format(file=table.file))
        seen.add(table.file.casefold())
    rows = sum(len(table.rows) for table in tables)
    if rows > MAX_ROWS:
        raise TableError(
            _(
                "The files hold {rows} rows. At most {most} can be imported at once here: divide "
                "them, each patient with all rows in one part, or have them imported on the server."
            ).format(rows=rows, most=MAX_ROWS)
        )
    return [_without_reasons(table) for table in tables]


def guarded(text: str) -> str:
    """A cell for a CSV file that no spreadsheet takes for a formula."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def _without_reasons(table: Table) -> Table:
    """A file of refused rows that comes back corrected: as it was before the reasons."""
    if REASONS not in table.columns:
        return table
    rows = []
    for row in table.rows:
        cells = {name: text for name, text in row.cells.items() if name != REASONS}
        if table.file.lower().endswith(".csv"):
            cells = {name: _unguarded(text) for name, text in cells.items()}
        if row.faults or any(cells.values()):
            rows.append(Row(row.line, cells, row.faults))
    columns = tuple(name for name in table.columns if name != REASONS)
    return replace(table, columns=columns, rows=rows)
