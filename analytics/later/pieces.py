"""Rows cut where a state begins, so that a Cox model knows who was in it on which day.

Counting process, as in Therneau TM, Grambsch PM, Modeling Survival Data: Extending the Cox Model,
Springer 2000, sections 3.7 and 5.6, and as made by ``tmerge`` of R's ``survival``: a piece is
under observation over (start, stop], and in the state where this began up to and including its
start. Who has an event on the day on which a state begins thus has it outside of the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.estimators.inputs import BoolArray, FloatArray, IntArray

ORIGIN_ENTRY = -1
"""Rows enter on the day before the origin, so that events of the origin's day count, as they do in
a model without states."""

LANDMARK_ENTRY = 0
"""At a landmark there are no events on the first day: who had one is left out."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of rows; all arrays are of one length, the pieces of a row in their order.

    Attributes:
        row: place of the row that each is a piece of.
        start, stop: days; under observation over (start, stop].
        is_last: True for the piece that ends where its row ends.
        states: by name, 1 in the state, 0 before it, NaN throughout where it is not known.
    """

    row: IntArray
    start: IntArray
    stop: IntArray
    is_last: BoolArray
    states: Mapping[str, FloatArray]


def pieces_of(
    days: NDArray[np.int64], begins: Mapping[str, ArrayLike], *, entry: int = ORIGIN_ENTRY
) -> Pieces:
    """The rows that end on these days, cut where the states begin.

    Args:
        days: whole days, each after ``entry``.
        begins: by name, the day on which the state of each row begins; infinity for never, NaN for
            not known. What began up to ``entry`` is there from the start, what begins on the last
            day or later never comes about.
        entry: the day after which all rows are under observation.
    """
    starts_of = {name: np.asarray(values, dtype=np.float64) for name, values in begins.items()}
    row, start, stop = [], [], []
    for place, last in enumerate(days.tolist()):
        cuts = {int(own[place]) for own in starts_of.values() if entry < own[place] < last}
        edges = [entry, *sorted(cuts), last]
        row += [place] * (len(edges) - 1)
        start += edges[:-1]
        stop += edges[1:]
    rows, entered = np.array(row, dtype=np.int64), np.array(start, dtype=np.int64)
    ended = np.array(stop, dtype=np.int64)
    states = {
        name: np.where(np.isnan(own[rows]), np.nan, (own[rows] <= entered).astype(np.float64))
        for name, own in starts_of.items()
    }
    return Pieces(rows, entered, ended, ended == days[rows], states)
