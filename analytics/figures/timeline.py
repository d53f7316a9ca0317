"""The timeline of one patient as SVG: lanes of events over months or years from an origin.

Each kind of event has a shape of its own and a word in the legend; colour comes on top. A partial
date is a dashed frame over all days that it may stand for. Nothing is derived here.

Classes for a style sheet: `figure` and `figure-timeline` (root), `fig-text`, `fig-lane`,
`fig-axis`, `fig-grid`, `fig-rule`, `fig-origin`, `fig-today`, `fig-ahead`, `fig-event` (a group),
and in it `fig-mark`, `fig-hollow`, `fig-bar`, `fig-bar-maybe`, `fig-maybe`, `fig-line`, `fig-sign`
with the name of the shape (`fig-radiotherapy`), and `fig-severe`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.figures.palette import FONTS
from analytics.figures.plot import GRID_COLOUR
from analytics.figures.svg import element, escaped, line, number, text
from analytics.figures.text import wrap
from analytics.figures.timeline_axis import axis, behind, today_x
from analytics.figures.timeline_data import Lane, Tick, TimelineData
from analytics.figures.timeline_layout import (
    BETWEEN,
    COMPACT,
    LANE_PAD,
    LINE_HEIGHT,
    PAD,
    ROW,
    WIDE,
    Scale,
    Sizes,
    placed,
    row_count,
)
from analytics.figures.timeline_marks import event_mark


def timeline_figure(
    data: TimelineData,
    *,
    title: str,
    description: str,
    axis_title: str,
    ticks: Sequence[Tick],
    figure_id: str = "timeline",
    compact: bool = False,
) -> str:
    """SVG text of a timeline.

    Args:
        data: the lanes; a lane without events is left out.
        title: the name that a screen reader speaks.
        description: what it shows, in a sentence or two.
        axis_title: for example "Months since the first day of radiotherapy".
        ticks: where the axis has numbers; those outside of the data are left out.
        figure_id: prefix of the ids in the figure, unique on its page.
        compact: narrow layout for phones, with the names of the lanes above them.

    All texts are taken as they are (translated by the caller) and escaped.

    Raises:
        ValueError: an id that is none.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", figure_id):
        raise ValueError(f"figure_id must be a plain id, got {figure_id!r}")
    sizes = COMPACT if compact else WIDE
    scale = Scale.of(data, sizes)
    top = PAD + (sizes.body * LINE_HEIGHT + BETWEEN if today_x(data, scale) is not None else 0)
    parts, bottom = [], top
    for lane in data.lanes:
        if lane.events:
            drawn, bottom = _lane(lane, scale, sizes, bottom)
            parts.append(drawn)
    axis_drawn, end = axis(axis_title, ticks, scale, sizes, bottom)
    return element(
        "svg",
        element("title", escaped(title), id=f"{figure_id}-title"),
        element("desc", escaped(description), id=f"{figure_id}-desc"),
        behind(data, ticks, scale, sizes, top, bottom),
        *parts,
        axis_drawn,
        xmlns="http://www.w3.org/2000/svg",
        class_="figure figure-timeline" + (" figure-compact" if compact else ""),
        viewBox=f"0 0 {number(sizes.width)} {number(end + PAD)}",
        width="100%",
        role="img",
        aria_labelledby=f"{figure_id}-title",
        aria_describedby=f"{figure_id}-desc",
        font_family=FONTS,
        font_size=sizes.body,
        fill="currentColor",
    )


def _lane(lane: Lane, scale: Scale, sizes: Sizes, top: float) -> tuple[str, float]:
    """Markup of a lane under its rule, and where the next one begins."""
    events = placed(lane.events, scale, sizes)
    parts = [line(PAD, top, sizes.width - PAD, top, "fig-rule", stroke=GRID_COLOUR)]
    height = sizes.body * LINE_HEIGHT
    names = wrap(lane.name, sizes.body, (sizes.names or sizes.width) - PAD - BETWEEN, bold=True)
    baseline = top + LANE_PAD + ROW / 2 + 0.35 * sizes.body
    if not sizes.names:
        baseline = top + LANE_PAD + sizes.body
    for position, words in enumerate(names):
        y = baseline + position * height
        parts.append(text(PAD, y, words, "fig-lane", font_weight=600))
    first_row = top + LANE_PAD + (0 if sizes.names else height * len(names))
    parts += [event_mark(one, scale, first_row + (one.row + 0.5) * ROW) for one in events]
    bottom = first_row + row_count(events) * ROW
    if sizes.names:
        bottom = max(bottom, top + LANE_PAD + height * len(names))
    return element("g", *parts), bottom + LANE_PAD
