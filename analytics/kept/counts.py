"""Kept rows counted by the database, so that of a large study only the counts are fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from django.db.models import Count, Max
from numpy.typing import NDArray

from analytics.extract import Numbers, Reason
from analytics.kept.reading import exclusions_in_sight, rows_in_sight
from analytics.models import Ending
from analytics.observed import Observed, is_clustered
from registry.models import Study
from registry.protocols.types import Endpoint

Stratum = Literal["centre"]


@dataclass(frozen=True, eq=False)
class DayCounts:
    """How many patients or lesions ended on which day and how; all arrays are of one length.

    Estimators take the counts as weights and the strata as groups, and answer as from the rows.

    Attributes:
        days: whole days from the time origin.
        ending: values of :class:`analytics.models.Ending`.
        n: how many.
        stratum: code of the centre; None where they are not counted apart.
    """

    days: NDArray[np.int64]
    ending: NDArray[np.int64]
    n: NDArray[np.int64]
    stratum: pd.Categorical | None

    @property
    def event(self) -> NDArray[np.bool_]:
        """True for an event of the endpoint."""
        return np.equal(self.ending, Ending.EVENT)

    @property
    def event_or_death(self) -> NDArray[np.bool_]:
        """True where something other than the end of follow-up ended the time."""
        return np.not_equal(self.ending, Ending.CENSORED)


def day_counts(study: Study, endpoint_code: str, *, stratum: Stratum | None = None) -> DayCounts:
    """The kept rows of an endpoint that the reader sees, counted in one query.

    There are none of a study without kept tables: ask :func:`analytics.kept.reading.standing`.

    Args:
        stratum: count the centres apart.

    Raises:
        ScopeError: outside any scope.
    """
    by = ("days", "ending") if stratum is None else ("days", "ending", stratum)
    counted = rows_in_sight(study, endpoint_code).order_by().values_list(*by)
    # Of rows, not of a column: so the index is enough.
    days, ending, *strata, n = _columns(counted.annotate(n=Count("*")), len(by) + 1)
    return DayCounts(
        days=np.array(days, dtype=np.int64),
        ending=np.array(ending, dtype=np.int64),
        n=np.array(n, dtype=np.int64),
        stratum=pd.Categorical(strata[0]) if strata else None,
    )


def observed(study: Study, endpoint: Endpoint) -> Observed:
    """What the curve of an endpoint is made of: counts, or rows where limits are clustered.

    Several queries: ask :func:`analytics.kept.reading.still_stands` afterwards.

    Raises:
        ScopeError: outside any scope.
    """
    counts = day_counts(study, endpoint.code)
    rows = rows_in_sight(study, endpoint.code)
    excluded = exclusions_in_sight(study, endpoint.code).values_list("reason")
    numbers = Numbers(
        endpoint=endpoint,
        n=int(counts.n.sum()),
        events=int(counts.n[counts.event].sum()),
        competing_events=int(counts.n[counts.ending == Ending.COMPETING].sum()),
        excluded={Reason(reason): n for reason, n in excluded.annotate(n=Count("*"))},
        latest_day=rows.aggregate(latest=Max("ended_on"))["latest"],
    )
    if not is_clustered(numbers):
        return Observed(
            numbers=numbers,
            data_cut=None,
            days=counts.days,
            event=counts.event,
            event_or_death=counts.event_or_death,
            counts=counts.n,
        )
    days, ending, patients = _columns(
        rows.order_by("pk").values_list("days", "ending", "pseudonym"), 3
    )
    endings = np.array(ending, dtype=np.int64)
    return Observed(
        numbers=numbers,
        data_cut=None,
        days=np.array(days, dtype=np.int64),
        event=np.equal(endings, Ending.EVENT),
        event_or_death=np.not_equal(endings, Ending.CENSORED),
        patients=np.array(patients, dtype=object),
    )


def _columns(rows: Iterable[tuple[Any, ...]], number: int) -> list[tuple[Any, ...]]:
    """The rows column by column, so many columns also where there is no row."""
    return list(zip(*rows, strict=True)) or [()] * number
