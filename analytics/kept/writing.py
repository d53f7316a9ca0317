"""Puts the rows of time-to-event tables in place of those that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any

import numpy as np

from analytics.extract import TimeToEvent
from analytics.models import Ending, KeptExclusion, KeptRow, StudyState
from registry.services.bulk_insert import insert_values

ROW = ("state", "endpoint_code", "pseudonym", "centre", "days", "ending", "ended_on")
EXCLUSION = ("state", "endpoint_code", "pseudonym", "reason")


def replace_rows(state: StudyState, tables: Iterable[TimeToEvent]) -> None:
    """Keep these tables, and none else of the study.

    In a transaction that has locked the state, and in the scope of the system.
    """
    KeptRow.objects.filter(state=state).delete()
    KeptExclusion.objects.filter(state=state).delete()
    for table in tables:
        insert_values(KeptRow, ROW, list(_rows(state, table)))
        insert_values(KeptExclusion, EXCLUSION, _exclusions(state, table))


def _rows(state: StudyState, table: TimeToEvent) -> Iterator[tuple[Any, ...]]:
    ending = np.select(
        [table.event, table.competing, table.event_or_death],
        [Ending.EVENT, Ending.COMPETING, Ending.CENSORED_AT_DEATH],
        Ending.CENSORED,
    )
    return zip(
        repeat(state.pk, len(table.rows)),
        repeat(table.endpoint.code),
        table.rows["USUBJID"].tolist(),
        table.rows["SITEID"].tolist(),
        table.days.tolist(),
        ending.tolist(),
        table.rows["ADT"].dt.date.tolist(),
        strict=False,
    )


def _exclusions(state: StudyState, table: TimeToEvent) -> list[tuple[Any, ...]]:
    code = table.endpoint.code
    return [(state.pk, code, one.pseudonym, one.reason.value) for one in table.excluded]
