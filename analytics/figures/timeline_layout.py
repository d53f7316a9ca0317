"""Where the events of a timeline lie: the axis, and rows in which nothing overlaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.figures.shapes import BARS, SIDE
from analytics.figures.text import fitted, width
from analytics.figures.timeline_data import TimelineData, TimelineEvent

PAD = 2.0
ROW = 20.0
LANE_PAD = 5.0
LINE_HEIGHT = 1.3
BETWEEN = 5.0
SHORTEST_BAR = 4.0
ARROW = 16.0
FEWEST_DAYS = 60


@dataclass(frozen=True)
class Sizes:
    """Measures of a layout in units of its viewBox, which are pixels at natural size.

    ``names`` is the room left of the lanes for their names; 0 puts each name above its lane.
    ``words`` is the longest that the text beside a mark may be.
    """

    width: float
    names: float
    body: float
    words: float


WIDE = Sizes(width=980, names=124, body=13, words=300)
COMPACT = Sizes(width=340, names=0, body=12.5, words=150)


@dataclass(frozen=True)
class Scale:
    """The way from days to horizontal coordinates, with some air on both sides."""

    left: float
    right: float
    first: dt.date
    days: int

    @classmethod
    def of(cls, data: TimelineData, sizes: Sizes) -> Scale:
        """The scale on which the first and the last day of the data have room for a mark.

        Less than two months are drawn as two months: a week is not blown up to a life.
        """
        air = SIDE
        days = (data.last_day - data.first_day).days
        lacking = max(0, FEWEST_DAYS - days)
        first = data.first_day - dt.timedelta(days=lacking // 2)
        return cls(PAD + sizes.names + air, sizes.width - PAD - air, first, days + lacking)

    def x(self, day: dt.date) -> float:
        """Horizontal coordinate of a day."""
        return self.left + (self.right - self.left) * (day - self.first).days / self.days


@dataclass(frozen=True)
class Placed:
    """An event with its place: row from 0 on, edges of all that is drawn, and its text.

    ``text_x`` is where the text begins or, for the anchor "end", where it ends.
    """

    event: TimelineEvent
    row: int
    left: float
    right: float
    text: str
    text_x: float
    text_anchor: str


def placed(events: Iterable[TimelineEvent], scale: Scale, sizes: Sizes) -> list[Placed]:
    """The events of a lane, each in the first row where nothing else is in its way.

    A text stands right of its mark; where it would leave the figure, left of it; and where there
    is no room either, on the long bar that takes it.
    """
    rows: list[list[tuple[float, float]]] = []
    result = []
    for event in sorted(events, key=lambda one: (one.first_day, one.last_day, one.words)):
        left, right = edges(event, scale)
        words = fitted(event.text, sizes.body, sizes.words)
        taken = width(words, sizes.body) + BETWEEN if words else 0.0
        text_x, anchor = right + BETWEEN, "start"
        if right + taken <= sizes.width - PAD:
            right += taken
        elif left - taken >= PAD + sizes.names:
            text_x, anchor = left - BETWEEN, "end"
            left -= taken
        else:
            text_x = left + SIDE + BETWEEN
        row = _free_row(rows, left, right)
        rows[row].append((left, right))
        result.append(Placed(event, row, left, right, words, text_x, anchor))
    return result


def edges(event: TimelineEvent, scale: Scale) -> tuple[float, float]:
    """Left and right edge of what is drawn for an event, without its text."""
    left, right = scale.x(event.first_day), scale.x(event.last_day)
    if event.shape in BARS:
        right = max(right, left + SHORTEST_BAR)
    else:
        middle = mark_x(event, scale)
        left, right = min(left, middle - SIDE / 2), max(right, middle + SIDE / 2)
        if not event.start.is_complete:
            left, right = left - 2, right + 2
    return left, right + (ARROW if event.is_open else 0)


def mark_x(event: TimelineEvent, scale: Scale) -> float:
    """Middle of an event's mark: its day, or the middle of the days that it may stand for."""
    return (scale.x(event.start.earliest) + scale.x(event.start.latest)) / 2


def row_count(lane: Iterable[Placed]) -> int:
    """How many rows a lane takes, at least one."""
    return max((one.row for one in lane), default=0) + 1


def _free_row(rows: list[list[tuple[float, float]]], left: float, right: float) -> int:
    for number, taken in enumerate(rows):
        if all(right + BETWEEN <= start or end + BETWEEN <= left for start, end in taken):
            return number
    rows.append([])
    return len(rows) - 1
