"""Sizes of a figure of curves: where the plot lies and how big the type is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analytics.figures.curve_data import CurveData, FigureLabels
from analytics.figures.months import DAYS_PER_MONTH
from analytics.figures.text import fitted, width
from registry.number_text import count_text, general

PAD = 4.0
GAP = 8.0
LEADER = 16.0
"""Between the right edge of the plot and the names beside the ends of curves."""


@dataclass(frozen=True)
class Sizes:
    """Measures of a layout in units of its viewBox, which are pixels at natural size."""

    width: float
    plot_height: float
    title: float
    body: float
    small: float
    curve_stroke: float
    turned_y_title: bool
    line_height: float = 1.4


WIDE = Sizes(720, 330, title=18, body=14, small=13, curve_stroke=2, turned_y_title=True)
COMPACT = Sizes(390, 250, title=16, body=13, small=12.5, curve_stroke=1.8, turned_y_title=False)


@dataclass(frozen=True)
class Axes:
    """The plot's rectangle and the way from days and shares to its coordinates.

    Attributes:
        left, right, top, bottom: edges of the plot.
        last_day: day at the right edge.
        shown: positions (in the list of ticks) of the ticks that have room for their numbers.
    """

    left: float
    right: float
    top: float
    bottom: float
    last_day: float
    shown: tuple[int, ...]

    def x(self, day: float) -> float:
        """Horizontal coordinate of a day."""
        return self.left + (self.right - self.left) * day / self.last_day

    def y(self, share: float) -> float:
        """Vertical coordinate of a share from 0 to 1."""
        return self.bottom - (self.bottom - self.top) * share


def turns_y_title(labels: FigureLabels, sizes: Sizes) -> bool:
    """Whether the title of the percent axis stands upright beside it, or lies above the plot."""
    return sizes.turned_y_title and width(labels.y_axis, sizes.body) <= sizes.plot_height


def names_room(sizes: Sizes) -> float:
    """Width that the row names of the table may take; longer ones are wrapped."""
    return 0.3 * sizes.width


def end_names(curves: Sequence[CurveData], sizes: Sizes) -> list[str]:
    """What stands beside the end of each of several curves, cut where it is too long; else []."""
    if len(curves) < 2:
        return []
    return [fitted(curve.short or curve.label, sizes.small, 0.2 * sizes.width) for curve in curves]


def written(count: int | str) -> str:
    """A number of the table under the axis; a text, where it is not told, as it is."""
    return count if isinstance(count, str) else count_text(count)


def axes(
    curves: Sequence[CurveData],
    ticks_months: Sequence[float],
    labels: FigureLabels,
    sizes: Sizes,
    top: float,
) -> Axes:
    """Axes with room on the left for the row names of the table, on the right for a number.

    On the right the names of several curves have room too.

    Ticks too close together for their numbers are thinned evenly; the first is always kept.
    """
    numbers = [general(tick) for tick in ticks_months]
    for curve in curves:
        for row in (curve.at_risk, curve.censored, curve.events, curve.competing):
            numbers.extend(written(count) for count in row)
    number_width = max(width(content, sizes.small) for content in numbers)
    row_names = [labels.at_risk, labels.censored, labels.events]
    if any(curve.competing for curve in curves):
        row_names.append(labels.competing)
    names_width = max(width(name, sizes.small) for name in row_names)
    beside_axis = width("100", sizes.small) + GAP
    if turns_y_title(labels, sizes):
        beside_axis += sizes.body * sizes.line_height + GAP
    left = PAD + max(
        beside_axis, min(names_width, names_room(sizes)) + 1.5 * GAP + number_width / 2
    )
    right = sizes.width - PAD - max(number_width / 2, GAP)
    names = end_names(curves, sizes)
    if names:
        right = sizes.width - PAD - LEADER - max(width(name, sizes.small) for name in names)

    last = ticks_months[-1]
    room = min(b - a for a, b in pairwise(ticks_months)) / last * (right - left)
    every = max(1, -int(-(number_width + GAP) // room))
    shown = tuple(range(0, len(ticks_months), every))
    return Axes(left, right, top, top + sizes.plot_height, last * DAYS_PER_MONTH, shown)
