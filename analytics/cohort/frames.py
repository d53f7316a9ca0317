"""Frames from plain values: what is missing is filled in by the type of the column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analytics.cohort.columns import DATE, NUMBER, TEXT
from analytics.extract.days import Day

Values = dict[str, Any]

_MISSING: Mapping[str, Any] = {TEXT: "", NUMBER: float("nan"), DATE: pd.NaT}


def frame(rows: Iterable[Values], columns: Mapping[str, str]) -> pd.DataFrame:
    """Rows with these columns and types; None and an absent key are missing values.

    Raises:
        KeyError: a row has a key that is none of the columns.
    """
    filled = []
    for row in rows:
        unknown = row.keys() - columns.keys()
        if unknown:
            raise KeyError(f"no such column: {', '.join(sorted(unknown))}")
        filled.append(
            [
                _MISSING[kind] if row.get(name) is None else row[name]
                for name, kind in columns.items()
            ]
        )
    return pd.DataFrame(filled, columns=list(columns)).astype(dict(columns))


def yes_no(answer: bool | None) -> str:
    """ "yes", "no", or "" where nobody said."""
    return "" if answer is None else "yes" if answer else "no"


def days_between(first: Day | None, second: Day | None) -> int | None:
    """Whole days from the first day to the second, None unless both are known."""
    return None if first is None or second is None else (second.day - first.day).days
