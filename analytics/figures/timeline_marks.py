"""How the events of a timeline are drawn: marks, bars, and what is uncertain about them."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.figures.shapes import BARS, SIDE, bar, mark
from analytics.figures.svg import element, escaped, line, path, text
from analytics.figures.timeline_data import TimelineEvent
from analytics.figures.timeline_layout import ARROW, SHORTEST_BAR, Placed, Scale, mark_x


def event_mark(one: Placed, scale: Scale, y: float) -> str:
    """Markup of an event as one group, with its words for pointing at it."""
    event = one.event
    drawn = _bar(event, scale, y) if event.shape in BARS else _mark(event, scale, y)
    words = ""
    if one.text:
        words = text(one.text_x, y + 4.5, one.text, "fig-text", text_anchor=one.text_anchor)
    return element("g", element("title", escaped(event.words)), *drawn, words, class_="fig-event")


def _bar(event: TimelineEvent, scale: Scale, y: float) -> Iterator[str]:
    """The certain part of a bar, and before and behind it what may belong to it."""
    end = event.end or event.start
    left, right = scale.x(event.start.earliest), scale.x(end.latest)
    sure_from, sure_to = scale.x(event.start.latest), scale.x(end.earliest)
    if right - left < SHORTEST_BAR:
        right = left + SHORTEST_BAR
        sure_from, sure_to = (left, right) if sure_from <= sure_to else (right, left)
    if sure_to <= sure_from:
        yield bar(event.shape, left, right, y, is_certain=event.start.is_complete)
    else:
        if sure_from > left:
            yield bar(event.shape, left, sure_from, y, is_certain=False)
        yield bar(event.shape, sure_from, sure_to, y)
        if right > sure_to:
            yield bar(event.shape, sure_to, right, y, is_certain=False)
    if event.is_open:
        yield _arrow(event, right, y)


def _mark(event: TimelineEvent, scale: Scale, y: float) -> Iterator[str]:
    """A mark, with its window or the time that it lasted, and a frame around a partial date."""
    kind = _line_kind(event)
    middle = mark_x(event, scale)
    if event.window is not None:
        opens, closes = (scale.x(day) for day in event.window)
        # The line ends at the mark, which may be an open ring.
        for end, edge in ((opens, middle - SIDE / 2), (closes, middle + SIDE / 2)):
            if abs(end - middle) > SIDE / 2:
                yield line(end, y, edge, y, kind, stroke_width=1.5)
                yield line(end, y - 4, end, y + 4, kind, stroke_width=1.5)
    if event.end is not None:
        sure, latest = scale.x(event.end.earliest), scale.x(event.end.latest)
        yield line(middle, y, max(sure, middle), y, kind, stroke_width=3)
        if latest > sure:
            yield line(max(sure, middle), y, latest, y, kind, stroke_width=3, dashes="2.5 2")
    if event.is_open:
        yield _arrow(event, middle + SIDE / 2, y)
    if not event.start.is_complete:
        left, right = scale.x(event.start.earliest), scale.x(event.start.latest)
        left, right = min(left, middle - SIDE / 2) - 2, max(right, middle + SIDE / 2) + 2
        yield element(
            "rect",
            x=left,
            y=y - SIDE / 2 - 1.5,
            width=right - left,
            height=SIDE + 3,
            rx=2,
            class_=f"fig-maybe fig-{event.shape}",
            fill="none",
            stroke="currentColor",
            stroke_dasharray="2.5 2",
        )
    yield mark(event.shape, middle, y, sign=event.sign, is_severe=event.is_severe)


def _arrow(event: TimelineEvent, x: float, y: float) -> str:
    """A dotted line with a head: it goes on, and nobody knows for how long."""
    kind, tip = _line_kind(event), x + ARROW - 2
    head = path([(tip - 5, y - 4), (tip, y), (tip - 5, y + 4)])
    return line(x, y, tip - 4, y, kind, stroke_width=2, dashes="2 2") + element(
        "path", d=head, class_=kind, fill="none", stroke="currentColor", stroke_width=1.5
    )


def _line_kind(event: TimelineEvent) -> str:
    return f"fig-line fig-{event.shape}{' fig-severe' if event.is_severe else ''}"
