"""Landmark analysis: only those still under observation on a day, and the clock restarted there.

Groups that form during follow-up (response, late toxicity) are compared from a fixed day on by
what was known then, so that nobody owes a group to having lived long (Anderson, Cain and Gelber,
J Clin Oncol 1983;1:710-719).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.inputs import BoolArray, IntArray, event_flags, whole_days


@dataclass(frozen=True, eq=False)
class Landmark:
    """Those still under observation after the landmark. Arrays cannot be written to.

    Attributes:
        at: the landmark, in days from the first origin.
        selected: per row given, whether it goes on: neither event nor censoring up to and
            including the landmark.
        days: days from the landmark, at least 1, of the selected rows in their order.
        event: their events.
        n_event_before: rows left out for an event up to and including the landmark.
        n_censored_before: rows left out for a censoring up to and including the landmark.
    """

    at: int
    selected: BoolArray
    days: IntArray
    event: BoolArray
    n_event_before: int
    n_censored_before: int


def landmark(days: ArrayLike, event: ArrayLike, at: int) -> Landmark:
    """Rows still under observation after day `at`, with their days counted from it.

    The curve of the selected rows is S(at + t) / S(at) of the curve of all. There may be none.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        event: True or 1 for an event, False or 0 for a censoring; same length.
        at: the landmark, whole days from the same origin, >= 0.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    exits = whole_days("days", days).astype(np.int64)
    flags = event_flags("event", event, exits.size)
    day = int(whole_days("at", [at])[0])
    selected: BoolArray = exits > day
    result = Landmark(
        day,
        selected,
        exits[selected] - day,
        flags[selected],
        n_event_before=int((flags & ~selected).sum()),
        n_censored_before=int((~flags & ~selected).sum()),
    )
    for array in (result.selected, result.days, result.event):
        array.flags.writeable = False
    return result
