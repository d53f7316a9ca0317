"""Bars over months of the calendar, as wide as the months that they count: a histogram.

The area of a bar is its count, its height the count per month: bars of one and of several months
can be compared. Classes for a style sheet: those of the survival figure, and `fig-bar-1`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analytics.figures.frame_parts import drawing, round_step
from analytics.figures.layout import COMPACT, GAP, PAD, WIDE, Sizes
from analytics.figures.palette import PENS
from analytics.figures.plot import GRID_COLOUR, TICK_LENGTH
from analytics.figures.svg import element, escaped, line, text
from analytics.figures.text import width

INK = PENS[0].colour
WIDE_BARS = replace(WIDE, width=560, plot_height=180)
COMPACT_BARS = replace(COMPACT, plot_height=160)


@dataclass(frozen=True)
class MonthBar:
    """A bar.

    Attributes:
        first: place of its first month on the axis, from 0 on.
        months: how many it has, 1 or more.
        count: what is counted in them.
        words: what a pointer on it is told.
    """

    first: int
    months: int
    count: int
    words: str

    @property
    def per_month(self) -> float:
        """Its height."""
        return self.count / self.months


def month_bars(
    bars: Sequence[MonthBar],
    *,
    n_months: int,
    years: Sequence[tuple[int, str]],
    y_axis: str,
    title: str,
    description: str,
    figure_id: str = "months",
    compact: bool = False,
) -> str:
    """SVG text of the bars.

    Args:
        n_months: months of the axis, 1 or more.
        years: place of the month with which each begins, and its name, ascending.
        y_axis: what a month counts; stands above the axis.
        title: the name that a screen reader speaks.
        description: the bars in words.
        figure_id: prefix of the ids in the figure, unique on its page.
        compact: narrow layout for phones.

    Raises:
        ValueError: no month, or an id that is none.
    """
    if n_months < 1:
        raise ValueError("n_months is 0: there is no axis")
    sizes = COMPACT_BARS if compact else WIDE_BARS
    highest = max([bar.per_month for bar in bars] or [0]) or 1.0
    step = round_step(highest / 4)
    most = step * math.ceil(highest / step - 1e-9)
    ticks = [step * place for place in range(round(most / step) + 1)]
    left = PAD + max(width(f"{tick:g}", sizes.small) for tick in ticks) + GAP
    right = sizes.width - PAD - GAP
    top = PAD + sizes.small * sizes.line_height + GAP
    bottom = top + sizes.plot_height

    def x(place: float) -> float:
        return left + (right - left) * place / n_months

    def y(per_month: float) -> float:
        return bottom - sizes.plot_height * per_month / most

    parts = [text(PAD, PAD + sizes.small, y_axis, "fig-text")]
    for tick in ticks:
        if tick:
            parts.append(line(left, y(tick), right, y(tick), "fig-grid", stroke=GRID_COLOUR))
        beside = (left - GAP, y(tick) + 0.35 * sizes.small)
        parts.append(text(*beside, f"{tick:g}", "fig-text", text_anchor="end"))
    for bar in bars:
        if not bar.count:
            continue
        begin, end = x(bar.first), x(bar.first + bar.months)
        room = min(1.0, 0.1 * (end - begin))  # between two bars, however narrow they are
        parts.append(
            element(
                "rect",
                element("title", escaped(bar.words)),
                class_="fig-bar-1",
                fill=INK,
                x=begin + room / 2,
                y=y(bar.per_month),
                width=end - begin - room,
                height=bottom - y(bar.per_month),
            )
        )
    parts.append(line(left, bottom, right, bottom, "fig-axis"))
    axis, below = _years(years, x, bottom, sizes, right)
    return drawing(
        [*parts, *axis],
        title=title,
        description=description,
        figure_id=figure_id,
        sizes=sizes,
        height=below,
        compact=compact,
    )


def _years(
    years: Sequence[tuple[int, str]],
    x: Callable[[float], float],
    bottom: float,
    sizes: Sizes,
    right: float,
) -> tuple[list[str], float]:
    """Ticks of the years with the names that have room, and where they end."""
    baseline = bottom + TICK_LENGTH + 1.1 * sizes.small
    parts, last_end = [], -math.inf
    for place, words in years:
        at = x(place)
        parts.append(line(at, bottom, at, bottom + TICK_LENGTH, "fig-axis"))
        half = width(words, sizes.small) / 2
        middle = min(at, right - half + GAP)
        if middle - half > last_end + GAP:
            parts.append(text(middle, baseline, words, "fig-text", text_anchor="middle"))
            last_end = middle + half
    return parts, baseline + GAP / 2
