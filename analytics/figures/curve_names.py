"""The names of several curves beside their ends, so that no legend needs to be looked up."""

from collections.abc import Sequence

from analytics.figures.curve_data import CurveData
from analytics.figures.layout import LEADER, Axes, Sizes, end_names
from analytics.figures.palette import PENS
from analytics.figures.svg import element, path, text


def curve_names(curves: Sequence[CurveData], area: Axes, sizes: Sizes) -> str:
    """The names of several curves right of the plot, each led to from the end of its curve.

    Names lie at the height of the ends, moved apart where they would touch.
    """
    names = end_names(curves, sizes)
    if not names:
        return ""
    ends = []
    for curve in curves:
        until = min(float(curve.days[-1]), area.last_day)
        ends.append((area.x(until), area.y(float(curve.share_on(until)))))
    heights = _apart([y for _, y in ends], 1.15 * sizes.small, area)
    parts = []
    for position, (name, end, y) in enumerate(zip(names, ends, heights, strict=True)):
        parts.append(
            element(
                "path",
                d=path([end, (area.right, end[1]), (area.right + LEADER - 3, y)]),
                class_="fig-leader",
                fill="none",
                stroke=PENS[position].colour,
                stroke_width=0.9,
                stroke_dasharray="1 3",
            )
        )
        place = (area.right + LEADER, y + 0.35 * sizes.small)
        parts.append(text(*place, name, f"fig-name fig-name-{position + 1}"))
    return element("g", *parts)


def _apart(heights: Sequence[float], least: float, area: Axes) -> list[float]:
    """The heights moved so that two are at least `least` apart, in their order, within the plot."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed = [heights[place] for place in order]
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + least)
    placed[-1] = min(placed[-1], area.bottom)
    for place in range(len(placed) - 2, -1, -1):
        placed[place] = min(placed[place], placed[place + 1] - least)
    moved = [0.0] * len(heights)
    for place, height in zip(order, placed, strict=True):
        moved[place] = height
    return moved
