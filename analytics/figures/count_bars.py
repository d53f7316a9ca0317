"""Bars that lie side by side under each other, one per name, each beside what was to be reached.

Classes for a style sheet: those of the survival figure, and `fig-bar-1`, `fig-goal`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.figures.frame_parts import drawing
from analytics.figures.layout import COMPACT, GAP, PAD, WIDE, Sizes
from analytics.figures.palette import PENS
from analytics.figures.svg import element, line, text
from analytics.figures.text import fitted, width

INK = PENS[0].colour
BAR = 16.0
"""Height of a bar."""


@dataclass(frozen=True)
class CountBar:
    """A bar.

    Attributes:
        label: whose it is.
        words: its figures in words.
        count: its length; None where it is not shown.
        goal: what was to be reached; drawn as an outline. None where there is none.
    """

    label: str
    words: str
    count: float | None
    goal: float | None = None


def count_bars(
    bars: Sequence[CountBar],
    *,
    title: str,
    description: str,
    figure_id: str = "counts",
    compact: bool = False,
) -> str:
    """SVG text of the bars from top to bottom; names and figures stand above them when compact.

    Args:
        title: the name that a screen reader speaks.
        description: the bars in words.
        figure_id: prefix of the ids in the figure, unique on its page.
        compact: narrow layout for phones.

    Raises:
        ValueError: no bar, or an id that is none.
    """
    if not bars:
        raise ValueError("bars is empty: there is nothing to draw")
    sizes = COMPACT if compact else WIDE
    left, right = _plot(bars, sizes, compact)
    longest = max([1.0, *(value for bar in bars for value in (bar.count, bar.goal) if value)])
    parts, top = [], PAD
    for bar in bars:
        if compact:
            top += sizes.small * sizes.line_height
        parts.append(_words(bar, sizes, left, right, top, compact))
        for value, kind in ((bar.goal, "fig-goal"), (bar.count, "fig-bar-1")):
            if value:
                parts.append(_bar(left, top, (right - left) * value / longest, kind))
        top += BAR + GAP
    parts.append(line(left, PAD, left, top - GAP / 2, "fig-axis"))
    return drawing(
        parts,
        title=title,
        description=description,
        figure_id=figure_id,
        sizes=sizes,
        height=top - GAP / 2,
        compact=compact,
    )


def _plot(bars: Sequence[CountBar], sizes: Sizes, compact: bool) -> tuple[float, float]:
    """From where to where bars go."""
    if compact:
        return PAD, sizes.width - PAD - GAP
    names = max(width(bar.label, sizes.small) for bar in bars)
    figures = max(width(bar.words, sizes.small) for bar in bars)
    left = PAD + min(names, 0.4 * sizes.width) + GAP
    return left, sizes.width - PAD - figures - GAP


def _words(
    bar: CountBar, sizes: Sizes, left: float, right: float, top: float, compact: bool
) -> str:
    end = sizes.width - PAD
    if compact:
        room = end - PAD - width(bar.words, sizes.small) - GAP
        baseline = top - 0.3 * sizes.small
        name = text(PAD, baseline, fitted(bar.label, sizes.small, room), "fig-row-label")
        return name + text(end - GAP, baseline, bar.words, "fig-count", text_anchor="end")
    baseline = top + BAR / 2 + 0.35 * sizes.small
    name = text(
        left - GAP,
        baseline,
        fitted(bar.label, sizes.small, left - GAP - PAD + 1),
        "fig-row-label",
        text_anchor="end",
    )
    return name + text(right + GAP, baseline, bar.words, "fig-count")


def _bar(left: float, top: float, length: float, kind: str) -> str:
    if kind == "fig-goal":
        return element(
            "rect",
            class_=kind,
            fill="none",
            stroke="currentColor",
            stroke_dasharray="4 3",
            x=left,
            y=top,
            width=length,
            height=BAR,
        )
    return element("rect", class_=kind, fill=INK, x=left, y=top + 3, width=length, height=BAR - 6)
