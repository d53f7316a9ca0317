"""The axis of a timeline, and what lies behind its lanes: grid, origin, today, the time ahead."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from analytics.figures.plot import GRID_COLOUR
from analytics.figures.shapes import SIDE
from analytics.figures.svg import element, line, text
from analytics.figures.text import width, wrap
from analytics.figures.timeline_data import Tick, TimelineData
from analytics.figures.timeline_layout import BETWEEN, LINE_HEIGHT, PAD, Scale, Sizes

TICK_LENGTH = 5.0


def behind(
    data: TimelineData, ticks: Sequence[Tick], scale: Scale, sizes: Sizes, top: float, bottom: float
) -> str:
    """What lies behind the lanes: the time ahead, grid, origin, today."""
    parts = []
    today = today_x(data, scale)
    if today is not None:
        ahead = sizes.width - PAD - today
        parts.append(
            element(
                "rect",
                x=today,
                y=top,
                width=ahead,
                height=bottom - top,
                class_="fig-ahead",
                fill="#eef1f3",
            )
        )
    for tick in _within(ticks, scale):
        x = scale.x(tick.day)
        parts.append(line(x, top, x, bottom, "fig-grid", stroke=GRID_COLOUR))
    origin = scale.x(data.origin)
    parts.append(line(origin, top, origin, bottom, "fig-origin", stroke_width=1.5))
    if today is not None:
        parts.append(line(today, top - BETWEEN, today, bottom, "fig-today", dashes="4 3"))
        half = width(data.today_label, sizes.body) / 2
        x = min(max(today, PAD + half), sizes.width - PAD - half)
        parts.append(text(x, PAD + sizes.body, data.today_label, "fig-text", text_anchor="middle"))
    return element("g", *parts)


def axis(
    title: str, ticks: Sequence[Tick], scale: Scale, sizes: Sizes, top: float
) -> tuple[str, float]:
    """The axis under the lanes with numbers, dates and title, and where it ends.

    Numbers that would run into the one before are left out; the origin's always stands.
    """
    parts = [line(PAD + sizes.names, top, sizes.width - PAD, top, "fig-axis")]
    y = top + TICK_LENGTH + sizes.body
    shown = _within(ticks, scale)
    has_dates = any(tick.date for tick in shown)
    for tick in shown:
        x = scale.x(tick.day)
        parts.append(line(x, top, x, top + TICK_LENGTH, "fig-axis"))
    for tick in _with_room(shown, scale, sizes):
        x = _inside(scale.x(tick.day), tick, sizes)
        parts.append(text(x, y, tick.label, "fig-text", text_anchor="middle"))
        if tick.date:
            beneath = y + sizes.body * LINE_HEIGHT
            parts.append(text(x, beneath, tick.date, "fig-text", text_anchor="middle"))
    y += sizes.body * LINE_HEIGHT if has_dates else 0
    middle = (PAD + sizes.names + sizes.width) / 2
    for words in wrap(title, sizes.body, 2 * (sizes.width - PAD - middle)):
        y += sizes.body * LINE_HEIGHT
        parts.append(text(middle, y, words, "fig-text", text_anchor="middle"))
    return element("g", *parts), y + BETWEEN


def _within(ticks: Sequence[Tick], scale: Scale) -> list[Tick]:
    """The ticks that lie on the figure."""
    return [tick for tick in ticks if scale.left - SIDE <= scale.x(tick.day) <= scale.right + SIDE]


def _with_room(ticks: Sequence[Tick], scale: Scale, sizes: Sizes) -> list[Tick]:
    """Every tick, or every second, third … so that the numbers do not touch; "0" is kept."""
    if len(ticks) < 2:
        return list(ticks)
    zero = next((place for place, tick in enumerate(ticks) if tick.label == "0"), 0)
    widest = max(_label_width(tick, sizes) for tick in ticks) + 2 * BETWEEN
    nearest = min(scale.x(after.day) - scale.x(before.day) for before, after in pairwise(ticks))
    every = max(1, -int(-widest // max(nearest, 1e-6)))
    return [tick for place, tick in enumerate(ticks) if (place - zero) % every == 0]


def _label_width(tick: Tick, sizes: Sizes) -> float:
    return max(width(tick.label, sizes.body), width(tick.date, sizes.body))


def _inside(x: float, tick: Tick, sizes: Sizes) -> float:
    """The middle of a tick's label, moved so that it stays within the figure."""
    half = _label_width(tick, sizes) / 2
    return min(max(x, PAD + half), sizes.width - PAD - half)


def today_x(data: TimelineData, scale: Scale) -> float | None:
    """Where today lies, None where it is not on the figure."""
    if data.today is None or not data.first_day <= data.today <= data.last_day:
        return None
    return scale.x(data.today)
