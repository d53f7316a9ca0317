"""What a curve is estimated from: the rows of an endpoint, or their counts by day and ending."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.extract import Numbers, TimeToEvent
from registry.protocols.vocabulary import Unit

MOST_CLUSTERED = 50_000
"""Of so many lesions at most limits are clustered by patient: every row must be read for it."""


@dataclass(frozen=True, eq=False)
class Observed:
    """Times to events as the estimators take them; all arrays are of one length.

    Attributes:
        numbers: how many there are, and who is not among them.
        data_cut: the last day whose facts count, None for all facts.
        days: whole days from the time origin.
        event: True where the event ended them.
        event_or_death: True where something other than the end of follow-up did.
        counts: how many patients or lesions each stands for; None for one each.
        patients: a number from 0 on for the patient of each lesion, by whom limits are to be
            clustered; None where they are not.
    """

    numbers: Numbers
    data_cut: dt.date | None
    days: NDArray[np.int64]
    event: NDArray[np.bool_]
    event_or_death: NDArray[np.bool_]
    counts: NDArray[np.int64] | None = None
    patients: NDArray[np.int64] | None = None

    @classmethod
    def of_table(cls, table: TimeToEvent) -> Observed:
        """The rows of a table that was made of facts."""
        numbers = table.numbers
        return cls(
            numbers=numbers,
            data_cut=table.data_cut,
            days=table.days,
            event=table.event,
            event_or_death=table.event_or_death,
            patients=numbered(table.rows["USUBJID"]) if is_clustered(numbers) else None,
        )


def numbered(pseudonyms: pd.Series | NDArray[np.object_]) -> NDArray[np.int64]:
    """Each patient's number, by first appearance."""
    return pd.factorize(np.asarray(pseudonyms, dtype=object))[0].astype(np.int64)


def is_clustered(numbers: Numbers) -> bool:
    """Whether the limits of the curve allow for lesions of one patient being alike."""
    return numbers.endpoint.unit is Unit.LESION and numbers.n <= MOST_CLUSTERED
