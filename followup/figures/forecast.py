"""The figure of the forecast: bars side by side for each month, one for each kind of appointment.

The bars are told apart by their filling (full, hatched, dotted), so that print in grey and
colour-blind eyes tell them apart, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from followup.figures.accrual import CHARACTER, PAD, Size, Tick, round_step

WIDE = Size(1120, 320, 13)
COMPACT = Size(350, 260, 12)

GAP = 0.3
"""Room between two months, in shares of the room of a month."""

LINES_OF_LEGEND = 1.6
"""Height of a line of the legend in sizes of its type."""

BESIDE_KEY = 1.7
"""From the beginning of a key of the legend to its words, in sizes of the type."""


@dataclass(frozen=True)
class Series:
    """A kind of appointment: its words, and a number for each month."""

    words: str
    counts: Sequence[int]


@dataclass(frozen=True)
class Box:
    """A bar or a key of the legend; ``series`` counts from 1 and gives the filling."""

    series: int
    x: str
    y: str
    width: str
    height: str
    words: str = ""


@dataclass(frozen=True)
class Key:
    """A line of the legend: its box, and where its words begin."""

    box: Box
    x: str
    y: str
    words: str


@dataclass(frozen=True)
class ForecastFigure:
    """What the template draws; places are texts, so that no language writes them with a comma.

    Attributes:
        name: tells the figure from others of the page.
        months, years: words below the axis, the year below its first month.
    """

    name: str
    width: str
    height: str
    type_size: str
    left: str
    right: str
    bottom: str
    beside: str
    below: str
    far_below: str
    counts: list[Tick]
    months: list[Tick]
    years: list[Tick]
    bars: list[Box]
    keys: list[Key]


def forecast_figure(
    months: Sequence[tuple[str, int]], series: Sequence[Series], size: Size = WIDE, name: str = ""
) -> ForecastFigure:
    """The bars of these months.

    Args:
        months: the short name of each month and its year, one after another, at least one.
        series: up to three kinds of appointments.
        name: letters that tell the figure from others of the page.
    """
    highest = max([1, *(count for one in series for count in one.counts)])
    step = round_step(highest / 4)
    most = step * math.ceil(highest / step)
    left = PAD + len(str(most)) * CHARACTER * size.type + PAD
    right = size.width - PAD
    keys, top = _legend(series, left, right, size)
    bottom = size.height - 3.4 * size.type
    room = (right - left) / len(months)
    width = room * (1 - GAP) / max(1, len(series))

    def y(count: float) -> float:
        return bottom - (bottom - top) * count / most

    bars = [
        Box(
            number,
            _n(left + room * (place + GAP / 2) + width * (number - 1)),
            _n(y(count)),
            _n(width),
            _n(bottom - y(count)),
            f"{month} {year}: {one.words}, {count}",
        )
        for number, one in enumerate(series, start=1)
        for place, ((month, year), count) in enumerate(zip(months, one.counts, strict=True))
        if count
    ]
    return ForecastFigure(
        name=name,
        width=_n(size.width),
        height=_n(size.height),
        type_size=_n(size.type),
        left=_n(left),
        right=_n(right),
        bottom=_n(bottom),
        beside=_n(left - PAD),
        below=_n(bottom + 1.4 * size.type),
        far_below=_n(bottom + 2.8 * size.type),
        counts=[Tick(_n(y(count)), str(count)) for count in range(0, most + 1, step)],
        months=_months(months, left, room, size),
        years=_years(months, left, room),
        bars=bars,
        keys=keys,
    )


def _legend(
    series: Sequence[Series], left: float, right: float, size: Size
) -> tuple[list[Key], float]:
    """The keys, side by side as far as there is room, and where the bars may begin."""
    keys: list[Key] = []
    x, line = left, 0
    for number, one in enumerate(series, start=1):
        width = (BESIDE_KEY + CHARACTER * len(one.words)) * size.type
        if x > left and x + width > right:
            x, line = left, line + 1
        y = size.type * LINES_OF_LEGEND * line
        side = size.type
        box = Box(number, _n(x), _n(y + 1), _n(side), _n(side))
        words_at = _n(x + BESIDE_KEY * size.type)
        keys.append(Key(box, words_at, _n(y + 1 + side / 2), one.words))
        x += width + 2 * PAD
    return keys, size.type * (LINES_OF_LEGEND * (line + 1) + 1)


def _months(months: Sequence[tuple[str, int]], left: float, room: float, size: Size) -> list[Tick]:
    """The names below their bars: all of them, or every second or third where there is no room."""
    longest = max(len(month) for month, _year in months)
    every = max(1, math.ceil((CHARACTER * longest * size.type + PAD / 2) / room))
    return [
        Tick(_n(left + room * (place + 0.5)), month)
        for place, (month, _year) in enumerate(months)
        if place % every == 0
    ]


def _years(months: Sequence[tuple[str, int]], left: float, room: float) -> list[Tick]:
    """The year below its first month."""
    years, last = [], None
    for place, (_month, year) in enumerate(months):
        if year != last:
            years.append(Tick(_n(left + room * (place + 0.5)), str(year)))
        last = year
    return years


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
