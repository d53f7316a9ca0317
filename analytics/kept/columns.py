"""A time-to-event table as columns of plain values, and back, the same in every value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.extract import COLUMNS, Excluded, Reason, TimeToEvent
from registry.protocols.types import Endpoint

DAYS = ("STARTDT", "ADT")
"""Columns of days, kept as ISO text."""

SAME_IN_ALL = ("STUDYID", "PARAMCD")
"""Columns that study and endpoint say."""

BEFORE_ORIGIN = "BEFORE_ORIGIN"
"""Kept beside the columns of the table: its ``before_origin``."""


def columns_of(table: TimeToEvent) -> dict[str, list[Any]]:
    """Column → values, of each row in its order: texts, whole numbers, days as ISO text."""
    kept = {name: table.rows[name].tolist() for name in COLUMNS if name not in SAME_IN_ALL}
    for name in DAYS:
        days = table.rows[name].to_numpy().astype("datetime64[D]")
        kept[name] = np.datetime_as_string(days).tolist()
    return {**kept, BEFORE_ORIGIN: table.before_origin.tolist()}


def excluded_of(table: TimeToEvent) -> list[list[str]]:
    """Centre, pseudonym, lesion and code of the reason, of everybody who is not in the table."""
    return [[one.centre, one.pseudonym, one.lesion, one.reason.value] for one in table.excluded]


def table_from(
    study_key: str,
    endpoint: Endpoint,
    columns: Mapping[str, list[Any]],
    excluded: Collection[list[str]],
) -> TimeToEvent:
    """The table that was kept, over all facts.

    Args:
        endpoint: as the protocol version defines it by which the table was made.
        columns: as of :func:`columns_of`.
        excluded: as of :func:`excluded_of`.
    """
    days = {name: np.array(columns[name], dtype="datetime64[s]") for name in DAYS}
    same = {"STUDYID": study_key, "PARAMCD": endpoint.code}
    values = {name: {**columns, **days, **same}[name] for name in COLUMNS}
    rows = pd.DataFrame(values, index=range(len(columns[BEFORE_ORIGIN])))
    return TimeToEvent(
        endpoint=endpoint,
        data_cut=None,
        rows=rows.astype(COLUMNS),
        excluded=tuple(
            Excluded(centre, pseudonym, lesion, Reason(reason))
            for centre, pseudonym, lesion, reason in excluded
        ),
        before_origin=np.array(columns[BEFORE_ORIGIN], dtype=np.int64),
    )


def cut_to(table: TimeToEvent, pseudonyms: Collection[str]) -> TimeToEvent:
    """The part of the table that speaks of these patients."""
    wanted = set(pseudonyms)
    inside = table.rows["USUBJID"].isin(wanted).to_numpy(dtype=np.bool_)
    return replace(
        table,
        rows=table.rows[inside].reset_index(drop=True),
        excluded=tuple(one for one in table.excluded if one.pseudonym in wanted),
        before_origin=table.before_origin[inside],
    )
