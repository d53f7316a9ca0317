"""The marks of a timeline: each kind of event has a shape of its own, whatever its colour.

States that the pages show as marks too (died, due, overdue …) have the same shape here as in
static/icons/marks.svg.
"""

from __future__ import annotations

from enum import StrEnum

from analytics.figures.svg import element, number, text

SIDE = 16.0
"""Side of the square that a shape fills, in units of the figure."""


class Shape(StrEnum):
    """What an event is drawn as."""

    DIAGNOSIS = "diagnosis"
    LOCAL = "local"
    REGIONAL = "regional"
    DISTANT = "distant"
    PROGRESSION = "progression"
    SURGERY = "surgery"
    THERAPY = "therapy"
    RADIOTHERAPY = "radiotherapy"
    ACUTE = "acute"
    LATE = "late"
    UNDECIDED = "undecided"
    VISIT = "visit"
    IMAGING = "imaging"
    PLANNED = "planned"
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"
    ALIVE = "alive"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    DEAD = "dead"


BARS = frozenset({Shape.THERAPY, Shape.RADIOTHERAPY})
"""Drawn as a bar over their time, not as a mark."""

SIGNED = frozenset({Shape.ACUTE, Shape.LATE, Shape.UNDECIDED})
"""Frames with a character inside."""

# Path data in a box of 16 by 16, drawn with the even-odd rule.
PATHS: dict[Shape, str] = {
    Shape.DIAGNOSIS: "M3 15V1h10.5L10.5 5l3 4H5v6H3Z",
    Shape.LOCAL: "M3.7 1.2 8 5.5l4.3-4.3 2.5 2.5L10.5 8l4.3 4.3-2.5 2.5L8 10.5"
    "l-4.3 4.3-2.5-2.5L5.5 8 1.2 3.7 3.7 1.2Z",
    Shape.REGIONAL: "M6.2 1h3.6v5.2H15v3.6H9.8V15H6.2V9.8H1V6.2h5.2V1Z",
    Shape.DISTANT: "M8 0l2.2 5.8L16 8l-5.8 2.2L8 16l-2.2-5.8L0 8l5.8-2.2L8 0Z",
    Shape.PROGRESSION: "M8 1.5 15 14.5H1L8 1.5Zm0 4.2L4.4 12.5h7.2L8 5.7Z",
    Shape.SURGERY: "M1 2h14L8 15 1 2Z",
    Shape.ACUTE: "M8 .5a7.5 7.5 0 1 1 0 15A7.5 7.5 0 0 1 8 .5Z",
    Shape.LATE: "M1 1h14v14H1Z",
    Shape.UNDECIDED: "M4.2 .8h7.6L16 8l-4.2 7.2H4.2L0 8 4.2 .8Z",
    Shape.VISIT: "M8 3.5a4.5 4.5 0 1 1 0 9A4.5 4.5 0 0 1 8 3.5Z",
    Shape.IMAGING: "M2 2h12v12H2ZM8 5a3 3 0 1 0 0 6A3 3 0 0 0 8 5Z",
    Shape.PLANNED: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 2a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z",
    Shape.DUE: "M8 .5 15.5 8 8 15.5.5 8Z",
    Shape.OVERDUE: "M8 .8 15.8 15H.2L8 .8Zm-1 5v4.6h2V5.8H7Zm0 5.7v2h2v-2H7Z",
    Shape.MISSED: "M1.5 1.5h13v13h-13v-13Zm4 2.6L4.1 5.5 6.6 8l-2.5 2.5 1.4 1.4L8 9.4l2.5 2.5 "
    "1.4-1.4L9.4 8l2.5-2.5-1.4-1.4L8 6.6 5.5 4.1Z",
    Shape.ALIVE: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 2a5 5 0 1 0 0 10A5 5 0 0 0 8 3Zm0 2.5a2.5 "
    "2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
    Shape.LOST: "M1 1h5v2H3v3H1V1Zm9 0h5v5h-2V3h-3V1ZM1 10h2v3h3v2H1v-5Zm12 0h2v5h-5v-2h3v-3Z",
    Shape.WITHDRAWN: "M2 1.5h7v2H4v9h5v2H2v-13Zm8.5 3L14 8l-3.5 3.5L9.1 10l1-1H6V7h4.1l-1-1 "
    "1.4-1.5Z",
    Shape.DEAD: "M2 2h12v12H2z",
}


def mark(shape: Shape, x: float, y: float, *, sign: str = "", is_severe: bool = False) -> str:
    """Markup of a mark with its middle at (x, y).

    A frame with a sign is hollow, and filled where severe; every other mark is filled.
    """
    hollow = shape in SIGNED and not is_severe
    outline = element(
        "path",
        d=PATHS[shape],
        transform=f"translate({number(x - SIDE / 2)} {number(y - SIDE / 2)})",
        class_=_classes("fig-hollow" if hollow else "fig-mark", shape, is_severe),
        fill="#fff" if hollow else "currentColor",
        fill_rule="evenodd",
        stroke="currentColor" if hollow else None,
        stroke_width=1.3 if hollow else None,
    )
    if not sign:
        return outline
    inside = text(
        x,
        y + 4,
        sign,
        "fig-sign" if hollow else "fig-sign fig-sign-on-mark",
        text_anchor="middle",
        font_size=11,
        font_weight=700,
        fill="currentColor" if hollow else "#fff",
    )
    return outline + inside


def bar(shape: Shape, left: float, right: float, y: float, *, is_certain: bool = True) -> str:
    """Markup of a bar with its middle line at y; hollow and dashed where it is not certain."""
    height = 11.0 if shape is Shape.RADIOTHERAPY else 9.0
    return element(
        "rect",
        x=left,
        y=y - height / 2,
        width=right - left,
        height=height,
        rx=1.5,
        class_=_classes("fig-bar" if is_certain else "fig-bar-maybe", shape, False),
        fill="currentColor" if is_certain else "none",
        fill_opacity=0.35 if is_certain and shape is Shape.THERAPY else None,
        stroke="currentColor",
        stroke_width=1,
        stroke_dasharray=None if is_certain else "2.5 2",
    )


def icon(shape: Shape) -> str:
    """A shape as a small figure of its own, for the legend."""
    sign = "2" if shape in SIGNED else ""
    drawn = bar(shape, 1, 15, 8) if shape in BARS else mark(shape, 8, 8, sign=sign)
    return element("svg", drawn, viewBox="-1 -1 18 18", class_="fig-icon", aria_hidden="true")


def _classes(kind: str, shape: Shape, is_severe: bool) -> str:
    return f"{kind} fig-{shape}{' fig-severe' if is_severe else ''}"
