"""A frame as CSV: one line per row, days as YYYY-MM-DD, nothing where a value is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import pandas as pd

from registry.csv_safe import safe_row


def frame_csv(frame: pd.DataFrame, *, dates_are_relative: bool = False) -> str:
    """The file's text; cells that a spreadsheet would run as a formula are made harmless.

    Args:
        dates_are_relative: columns of days are left out: they mean nothing.
    """
    if dates_are_relative:
        frame = frame.select_dtypes(exclude="datetime")
    known = frame.astype(object).where(frame.notna(), None)
    return lines_csv(list(frame.columns), known.itertuples(index=False))


def lines_csv(head: Sequence[str], lines: Iterable[Iterable[object]]) -> str:
    """The text of a file with this heading; numbers at full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    for line in lines:
        writer.writerow(safe_row(_plain(value) for value in line))
    return text.getvalue()


def _plain(value: object) -> object:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value
