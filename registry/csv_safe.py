"""Tables as CSV files that no spreadsheet takes for anything but text and numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First signs by which a spreadsheet takes a cell for a formula (OWASP, CSV injection)."""

_BOM = "\ufeff"
"""First sign of the file: by it spreadsheets read UTF-8 as UTF-8."""


def safe_row(values: Iterable[Any]) -> list[Any]:
    """Cells of a row: text that a spreadsheet would run as a formula gets an apostrophe before it.

    Numbers stay numbers, also negative ones; nothing (None) is an empty cell.
    """
    return [_safe(value) for value in values]


def csv_answer(
    file_name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """A CSV file to be saved; ``file_name`` is without ending and tells nothing about a patient.

    Raises:
        ValueError: the file's name holds other signs than letters, digits, "-" and "_".
    """
    response = HttpResponse(headers=_headers(file_name))
    response.write(_BOM)
    table = csv.writer(response)
    table.writerow(safe_row(header))
    table.writerows(safe_row(row) for row in rows)
    return response


def csv_stream(
    file_name: str, header: Sequence[Any], chunks: Iterable[Iterable[Sequence[Any]]]
) -> StreamingHttpResponse:
    """The same for any number of rows: sent chunk by chunk, so that few are in memory at a time.

    The chunks are asked for after the view has answered, outside of the scope of its reader.

    Raises:
        ValueError: as for :func:`csv_answer`.
    """
    return StreamingHttpResponse(_texts(header, chunks), headers=_headers(file_name))


def _texts(header: Sequence[Any], chunks: Iterable[Iterable[Sequence[Any]]]) -> Iterator[str]:
    yield _BOM + _text([header])
    for rows in chunks:
        yield _text(rows)


def _text(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(safe_row(row) for row in rows)
    return text.getvalue()


def _headers(file_name: str) -> dict[str, str]:
    if not file_name.replace("-", "").replace("_", "").isalnum() or not file_name.isascii():
        raise ValueError(f"{file_name!r} is no name of a file")
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{file_name}.csv"',
    }


def _safe(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_SIGNS) else text
