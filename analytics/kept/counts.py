"""Kept rows counted by the database, so that of a large study only the counts are fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from django.db.models import Count, Max, QuerySet
from numpy.typing import NDArray

from analytics.extract import Numbers, Reason
from analytics.kept.reading import exclusions_in_sight, rows_in_sight
from analytics.models import Ending
from analytics.observed import Observed, is_clustered, numbered
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
    # Of rows, not of a column: so the index is enough.
    counted = rows_in_sight(study, endpoint_code).order_by().values(*by).annotate(n=Count("*"))
    found = _fetched(counted, *by, "n")
    return DayCounts(
        days=found["days"],
        ending=found["ending"],
        n=found["n"],
        stratum=None if stratum is None else pd.Categorical(found[stratum]),
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
    found = _fetched(rows.order_by("pk"), "days", "ending", "pseudonym")
    return Observed(
        numbers=numbers,
        data_cut=None,
        days=found["days"],
        event=np.equal(found["ending"], Ending.EVENT),
        event_or_death=np.not_equal(found["ending"], Ending.CENSORED),
        patients=numbered(found["pseudonym"]),
    )


TEXTS = ("centre", "pseudonym")


def _fetched(rows: QuerySet[Any], *names: str) -> NDArray[Any]:
    """These columns of the rows, by name: whole numbers, or objects where they are texts."""
    columns = [(name, object if name in TEXTS else np.int64) for name in names]
    # Tuples turned over by zip would take as long as the query.
    return np.fromiter(rows.values_list(*names), dtype=np.dtype(columns))
