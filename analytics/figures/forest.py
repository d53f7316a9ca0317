"""Forest plot: ratios with their confidence limits on a logarithmic axis, as one SVG.

One line per estimate: name, a square at the ratio on a whisker from limit to limit, and the figures
in words. A reference level is an open circle at 1. A limit beyond the axis ends in an arrow. On
narrow screens the name and the figures stand above the whisker.

Classes for a style sheet: those of the survival figure, and `fig-whisker`, `fig-point`,
`fig-reference`, `fig-unity`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.figures.frame_parts import drawing
from analytics.figures.layout import COMPACT, GAP, PAD, WIDE, Sizes
from analytics.figures.palette import PENS
from analytics.figures.plot import GRID_COLOUR, TICK_LENGTH
from analytics.figures.svg import element, line, path, text
from analytics.figures.text import BOLD, fitted, width, wrap
from registry.number_text import general

INK = PENS[0].colour
STEPS = (1.0, 2.0, 5.0)
WIDEST = (0.01, 100.0)
"""The axis shows no more than this: a limit of 4000 would leave no room for the others."""
POINT = 4.0
INDENT = 14.0


@dataclass(frozen=True)
class ForestRow:
    """A line of the plot.

    Attributes:
        label: name of the variable or level, translated.
        figures: the estimate in words, or why there is none.
        ratio, lower, upper: None where there is no estimate.
        is_reference: the level that the others are compared with.
        indent: levels of a variable stand under it, by 1.
    """

    label: str
    figures: str = ""
    ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    is_reference: bool = False
    indent: int = 0

    def __post_init__(self) -> None:
        for name in ("ratio", "lower", "upper"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} of {self.label!r} must be a ratio from 0 on, got {value}")


@dataclass(frozen=True)
class _Layout:
    """Where the plot lies, and the way from ratios to its coordinates."""

    left: float
    right: float
    ticks: tuple[float, ...]
    sizes: Sizes
    is_compact: bool

    def x(self, ratio: float) -> float:
        low, high = math.log(self.ticks[0]), math.log(self.ticks[-1])
        share = (math.log(min(max(ratio, self.ticks[0]), self.ticks[-1])) - low) / (high - low)
        return self.left + (self.right - self.left) * share


def forest_figure(
    rows: Sequence[ForestRow],
    *,
    title: str,
    x_axis: str,
    caption: Sequence[str] = (),
    description: str = "",
    figure_id: str = "forest",
    compact: bool = False,
) -> str:
    """SVG text of a forest plot.

    Args:
        rows: lines from top to bottom.
        title: the name that a screen reader speaks.
        x_axis: what is plotted and which side means what.
        caption: paragraphs under the plot.
        description: summary for a screen reader; the caption where none is given.
        figure_id: prefix of the ids in the figure, unique on its page.
        compact: narrow layout for phones.

    Raises:
        ValueError: no row, or an id that is none.
    """
    if not rows:
        raise ValueError("rows is empty: there is nothing to plot")
    layout = _layout(rows, COMPACT if compact else WIDE, compact)
    sizes = layout.sizes
    top = bottom = PAD + GAP / 2
    lines = []
    for row in rows:
        drawn, bottom = _row(row, layout, bottom)
        lines.append(drawn)
    bottom += GAP / 2
    axis, below = _axis(layout, top, bottom, x_axis)
    words = []
    below += GAP if caption else 0
    for paragraph in caption:
        for piece in wrap(paragraph, sizes.small, sizes.width - 2 * PAD):
            words.append(text(PAD, below + sizes.small, piece, "fig-text"))
            below += sizes.small * sizes.line_height
        below += GAP / 2
    return drawing(
        [axis, *lines, *words],
        title=title,
        description=description or " ".join(caption),
        figure_id=figure_id,
        sizes=sizes,
        height=below,
        compact=compact,
    )


def ratio_ticks(rows: Sequence[ForestRow]) -> tuple[float, ...]:
    """Ticks 1, 2, 5 times powers of ten around 1 that hold all limits, within 0.01 to 100.

    Where that is more than two powers of ten, only the powers are shown.
    """
    known = [
        value for row in rows for value in (row.ratio, row.lower, row.upper) if value is not None
    ]
    low = max(min([0.5, *known]), WIDEST[0])
    high = min(max([2.0, *known]), WIDEST[1])
    all_ticks = [step * 10.0**power for power in range(-2, 3) for step in STEPS][:-2]
    first = max(place for place, tick in enumerate(all_ticks) if tick <= low * 1.000001)
    last = min(place for place, tick in enumerate(all_ticks) if tick >= high * 0.999999)
    ticks = all_ticks[first : last + 1]
    if ticks[-1] / ticks[0] > 100:
        powers = [tick for tick in ticks if math.isclose(math.log10(tick) % 1, 0, abs_tol=1e-9)]
        ticks = sorted({ticks[0], *powers, ticks[-1]})
    return tuple(ticks)


def _layout(rows: Sequence[ForestRow], sizes: Sizes, is_compact: bool) -> _Layout:
    ticks = ratio_ticks(rows)
    if is_compact:
        return _Layout(PAD + 2 * GAP, sizes.width - PAD - 2 * GAP, ticks, sizes, True)
    names = max(BOLD * width(row.label, sizes.small) + INDENT * row.indent for row in rows)
    figures = max(width(row.figures, sizes.small) for row in rows)
    left = PAD + min(names, 0.36 * sizes.width) + 2 * GAP
    right = sizes.width - PAD - min(figures, 0.3 * sizes.width) - 2 * GAP
    return _Layout(left, right, ticks, sizes, False)


def _row(row: ForestRow, layout: _Layout, top: float) -> tuple[str, float]:
    """Markup of a line, and where the next may begin."""
    sizes = layout.sizes
    height = sizes.small * sizes.line_height
    indent = PAD + INDENT * row.indent
    weight = 600 if row.indent == 0 and row.ratio is None and not row.figures else None
    figures_x = sizes.width - PAD if layout.is_compact else layout.right + 2 * GAP
    figures_anchor = "end" if layout.is_compact else "start"
    room = (
        sizes.width - PAD - indent - width(row.figures, sizes.small) - GAP
        if layout.is_compact
        else layout.left - 2 * GAP - indent + 1
    )
    parts = []
    names = wrap(row.label, sizes.small, room, bold=weight is not None) or [""]
    for place, words in enumerate(names):
        baseline = top + (place + 1) * height - 0.3 * sizes.small
        parts.append(text(indent, baseline, words, "fig-row-label", font_weight=weight))
    if row.figures:
        figures = row.figures
        if not layout.is_compact:
            figures = fitted(figures, sizes.small, sizes.width - PAD - figures_x + 1)
        baseline = top + height - 0.3 * sizes.small
        parts.append(text(figures_x, baseline, figures, "fig-count", text_anchor=figures_anchor))
    middle = top + height / 2
    bottom = top + len(names) * height
    has_mark = row.is_reference or row.ratio is not None
    if layout.is_compact and has_mark:
        # Lines down the whole plot would run through the names.
        parts.append(_grid(layout, bottom, bottom + 0.8 * height))
        middle = bottom + 0.4 * height
        bottom += 0.8 * height
    if has_mark:
        parts.append(_mark(row, layout, middle))
    return element("g", *parts), bottom + GAP / 2


def _mark(row: ForestRow, layout: _Layout, y: float) -> str:
    if row.is_reference:
        return element(
            "circle",
            cx=layout.x(1),
            cy=y,
            r=POINT,
            class_="fig-reference",
            fill="#fff",
            stroke=INK,
            stroke_width=1.5,
        )
    assert row.ratio is not None
    lower = layout.ticks[0] if row.lower is None else row.lower
    upper = layout.ticks[-1] if row.upper is None else row.upper
    parts = [
        line(layout.x(lower), y, layout.x(upper), y, "fig-whisker", stroke=INK, stroke_width=1.6)
    ]
    for limit, edge, way in ((lower, layout.ticks[0], 1), (upper, layout.ticks[-1], -1)):
        x = layout.x(limit)
        beyond = way * (edge - limit) > 0
        if beyond:
            tip = [(x + way * 6, y - 4), (x, y), (x + way * 6, y + 4)]
        else:
            tip = [(x, y - 4), (x, y + 4)]
        parts.append(
            element(
                "path", d=path(tip), class_="fig-whisker", fill="none", stroke=INK, stroke_width=1.6
            )
        )
    if layout.ticks[0] <= row.ratio <= layout.ticks[-1]:
        parts.append(
            element(
                "rect",
                x=layout.x(row.ratio) - POINT,
                y=y - POINT,
                width=2 * POINT,
                height=2 * POINT,
                class_="fig-point",
                fill=INK,
            )
        )
    return "".join(parts)


def _grid(layout: _Layout, top: float, bottom: float) -> str:
    """A line for each tick, dashed at 1."""
    return "".join(
        line(layout.x(tick), top, layout.x(tick), bottom, "fig-unity", dashes="3 3")
        if tick == 1
        else line(layout.x(tick), top, layout.x(tick), bottom, "fig-grid", stroke=GRID_COLOUR)
        for tick in layout.ticks
    )


def _axis(layout: _Layout, top: float, bottom: float, x_axis: str) -> tuple[str, float]:
    sizes = layout.sizes
    parts = [] if layout.is_compact else [_grid(layout, top, bottom)]
    baseline = bottom + TICK_LENGTH + 1.1 * sizes.small
    last_end = -math.inf
    for tick in layout.ticks:
        x = layout.x(tick)
        parts.append(line(x, bottom, x, bottom + TICK_LENGTH, "fig-axis"))
        words = general(tick)
        half = width(words, sizes.small) / 2
        if x - half > last_end:
            parts.append(text(x, baseline, words, "fig-text", text_anchor="middle"))
            last_end = x + half + 2
    parts.append(line(layout.left, bottom, layout.right, bottom, "fig-axis"))
    middle = (layout.left + layout.right) / 2
    room = 2 * min(middle - PAD, sizes.width - PAD - middle)
    for words in wrap(x_axis, sizes.small, room):
        baseline += sizes.small * sizes.line_height
        parts.append(text(middle, baseline, words, "fig-text", text_anchor="middle"))
    return element("g", *parts), baseline + GAP
