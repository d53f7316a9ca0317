"""A flow chart: boxes one under the other, who leaves beside them, and what comes out at the end.

After the diagrams of STROBE and CONSORT. Wide: those who leave stand to the right of the way, the
ends in a row. Compact, for phones: everything stands on one line down the left side. Nothing is
counted here.

Classes for a style sheet: `figure` and `figure-flow` (root), `fig-box`, `fig-flow` (lines),
`fig-arrow` (their heads), `fig-box-title`, `fig-text`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.figures.palette import FONTS
from analytics.figures.svg import element, escaped, line, number, path, text
from analytics.figures.text import wrap

PAD = 4.0
GAP = 14.0
"""Free room above and below what stands beside the way."""
ARROW_ROOM = 30.0
"""Length of an arrow that nothing stands beside."""
INSIDE = 8.0
HEAD_LENGTH, HEAD_HALF = 7.0, 3.5
LINE_HEIGHT = 1.4
LINE_COLOUR = "#71808b"
IN_A_ROW = 4
"""More ends than that have no room side by side."""


@dataclass(frozen=True)
class FlowBox:
    """A box: its heading, and lines of text under it."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowStep:
    """A box on the way, and a box of those who leave after it."""

    box: FlowBox
    leaving: FlowBox | None = None


@dataclass(frozen=True)
class _Plan:
    """Where things lie across the figure: the way down, its boxes, and those beside it."""

    width: float
    type_size: float
    way_x: float
    box: tuple[float, float]  # left edge and width
    beside: tuple[float, float]
    row_of_ends: bool


_TRUNK_X = PAD + 14
_TRUNK_BESIDE = PAD + 38


def _wide(ends: int) -> _Plan:
    width, box = 720.0, 320.0
    beside = (width - PAD - 330, 330.0)
    return _Plan(width, 14, PAD + box / 2, (PAD, box), beside, 1 < ends <= IN_A_ROW)


def _compact() -> _Plan:
    width = 390.0
    beside = (_TRUNK_BESIDE, width - PAD - _TRUNK_BESIDE)
    return _Plan(width, 14, _TRUNK_X, (PAD, width - 2 * PAD), beside, row_of_ends=False)


def flow_figure(
    steps: Sequence[FlowStep],
    ends: Sequence[FlowBox],
    *,
    title: str,
    description: str,
    figure_id: str = "flow",
    compact: bool = False,
) -> str:
    """SVG text of a flow chart.

    Args:
        steps: from top to bottom, at least one.
        ends: what the last step leads to, side by side where there is room.
        title: the name that a screen reader speaks.
        description: what it shows, in a sentence or two.
        figure_id: prefix of the ids in the figure, unique on its page.
        compact: narrow layout for phones.

    All texts are taken as they are (translated by the caller), wrapped and escaped.

    Raises:
        ValueError: no step, or an id that is none.
    """
    if not steps:
        raise ValueError("steps: a flow chart needs at least one")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", figure_id):
        raise ValueError(f"figure_id must be a plain id, got {figure_id!r}")
    plan = _compact() if compact else _wide(len(ends))
    parts: list[str] = []
    top = PAD
    for place, step in enumerate(steps):
        goes_on = place + 1 < len(steps)
        drawn, top = _step(step, plan, top, goes_on=goes_on, ends=bool(ends) and not goes_on)
        parts.append(drawn)
    if ends:
        draw = _row if plan.row_of_ends else _list
        drawn, top = draw(ends, plan, top)
        parts.append(drawn)
    return element(
        "svg",
        element("title", escaped(title), id=f"{figure_id}-title"),
        element("desc", escaped(description), id=f"{figure_id}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_="figure figure-flow" + (" figure-compact" if compact else ""),
        viewBox=f"0 0 {number(plan.width)} {number(top + PAD)}",
        width="100%",
        role="img",
        aria_labelledby=f"{figure_id}-title",
        aria_describedby=f"{figure_id}-desc",
        font_family=FONTS,
        font_size=plan.type_size,
        fill="currentColor",
    )


def _step(
    step: FlowStep, plan: _Plan, top: float, *, goes_on: bool, ends: bool
) -> tuple[str, float]:
    """Markup of a box, of who leaves after it and of the way on; and where the next box begins."""
    left, width = plan.box
    drawn, bottom = _box(step.box, left, top, width, plan, is_main=True)
    parts = [drawn]
    below = bottom
    if step.leaving is not None:
        beside_left, beside_width = plan.beside
        leaving, below = _box(step.leaving, beside_left, bottom + GAP, beside_width, plan)
        middle = (bottom + GAP + below) / 2
        parts += [leaving, _arrow(plan.way_x, middle, beside_left, middle)]
        if not goes_on:
            parts.append(_line(plan.way_x, bottom, plan.way_x, middle))
        below += GAP
    if goes_on:
        next_top = max(below, bottom + ARROW_ROOM)
        parts.append(_arrow(plan.way_x, bottom, plan.way_x, next_top))
        return element("g", *parts), next_top
    if ends:
        # The lines to the ends begin at this box, behind whatever stands beside the way.
        parts.append(_line(plan.way_x, bottom, plan.way_x, below))
    return element("g", *parts), below


def _row(ends: Sequence[FlowBox], plan: _Plan, top: float) -> tuple[str, float]:
    """Ends side by side under a bar."""
    gap = 8.0
    width = (plan.width - 2 * PAD - gap * (len(ends) - 1)) / len(ends)
    bar, box_top = top + GAP, top + 2.2 * GAP
    parts, bottoms, middles = [], [], []
    height = max(_height(end, width, plan) for end in ends)
    for place, end in enumerate(ends):
        left = PAD + place * (width + gap)
        drawn, bottom = _box(end, left, box_top, width, plan, at_least=height)
        parts += [_arrow(left + width / 2, bar, left + width / 2, box_top), drawn]
        bottoms.append(bottom)
        middles.append(left + width / 2)
    first, last = min(*middles, plan.way_x), max(*middles, plan.way_x)
    lines = [_line(plan.way_x, top, plan.way_x, bar), _line(first, bar, last, bar)]
    return element("g", *lines, *parts), max(bottoms)


def _list(ends: Sequence[FlowBox], plan: _Plan, top: float) -> tuple[str, float]:
    """Ends one under the other, to the right of a line that comes down from the way."""
    parts = []
    if plan.way_x != _TRUNK_X:
        parts.append(_line(plan.way_x, top, plan.way_x, top + GAP))
        parts.append(_line(_TRUNK_X, top + GAP, plan.way_x, top + GAP))
        top += GAP
    left, width = _TRUNK_BESIDE, plan.width - PAD - _TRUNK_BESIDE
    box_top, middle = top + GAP, top
    for end in ends:
        drawn, bottom = _box(end, left, box_top, width, plan)
        middle = (box_top + bottom) / 2
        parts += [drawn, _arrow(_TRUNK_X, middle, left, middle)]
        box_top = bottom + GAP
    parts.append(_line(_TRUNK_X, top, _TRUNK_X, middle))
    return element("g", *parts), box_top - GAP


def _box(
    box: FlowBox,
    left: float,
    top: float,
    width: float,
    plan: _Plan,
    *,
    is_main: bool = False,
    at_least: float = 0.0,
) -> tuple[str, float]:
    """Markup of a box with its wrapped text, and its lower edge."""
    height = max(_height(box, width, plan), at_least)
    parts = [
        element(
            "rect",
            x=left,
            y=top,
            width=width,
            height=height,
            rx=3,
            class_="fig-box",
            fill="none",
            stroke=LINE_COLOUR,
            stroke_width=1.5 if is_main else 1,
        )
    ]
    baseline = top + INSIDE + plan.type_size * 0.95
    for is_title, words in _texts(box, width, plan):
        class_, weight = ("fig-box-title", 600) if is_title else ("fig-text", None)
        parts.append(text(left + INSIDE, baseline, words, class_, font_weight=weight))
        baseline += plan.type_size * LINE_HEIGHT
    return element("g", *parts), top + height


def _height(box: FlowBox, width: float, plan: _Plan) -> float:
    return 2 * INSIDE + len(_texts(box, width, plan)) * plan.type_size * LINE_HEIGHT


def _texts(box: FlowBox, width: float, plan: _Plan) -> list[tuple[bool, str]]:
    """Wrapped lines, each with whether it belongs to the heading."""
    room = width - 2 * INSIDE
    titles = [(True, words) for words in wrap(box.title, plan.type_size, room, bold=True)]
    lines = [(False, words) for one in box.lines for words in wrap(one, plan.type_size, room)]
    return titles + lines


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return line(x1, y1, x2, y2, "fig-flow", stroke=LINE_COLOUR, stroke_width=1.5)


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """A line to the right or downwards, with a head at its end."""
    if y1 == y2:
        head = [(x2 - HEAD_LENGTH, y2 - HEAD_HALF), (x2, y2), (x2 - HEAD_LENGTH, y2 + HEAD_HALF)]
        shaft = _line(x1, y1, x2 - HEAD_LENGTH, y2)
    else:
        head = [(x2 - HEAD_HALF, y2 - HEAD_LENGTH), (x2, y2), (x2 + HEAD_HALF, y2 - HEAD_LENGTH)]
        shaft = _line(x1, y1, x2, y2 - HEAD_LENGTH)
    return shaft + element("path", d=path(head, closed=True), class_="fig-arrow", fill=LINE_COLOUR)
