"""Words and numbers around the plot: names of the curves, and the table under the time axis."""

from collections.abc import Sequence

from analytics.figures.curve_data import CurveData, FigureLabels
from analytics.figures.layout import GAP, PAD, Axes, Sizes, names_room, written
from analytics.figures.months import DAYS_PER_MONTH
from analytics.figures.palette import PENS
from analytics.figures.svg import element, line, text
from analytics.figures.text import wrap

SAMPLE_LENGTH = 34.0
GROUP_GAP = 6.0
BASELINE = 1.05
RULE_COLOUR = "#71808b"


def legend(
    curves: Sequence[CurveData], annotation: str, sizes: Sizes, top: float
) -> tuple[str, float]:
    """One paragraph per curve, a sample of its line before it, and the annotation under them.

    Returns the markup and where the plot may begin.
    """
    height = sizes.body * sizes.line_height
    parts = []
    indent = PAD + (SAMPLE_LENGTH + GAP if curves else 0)
    paragraphs = [": ".join(part for part in (c.label, c.note) if part) for c in curves]
    if annotation:
        paragraphs.append(annotation)
    for position, words in enumerate(paragraphs):
        if position < len(curves):
            parts.append(_sample(position, top + height / 2, sizes))
        for row in wrap(words, sizes.body, sizes.width - PAD - indent):
            baseline = top + BASELINE * sizes.body
            parts.append(text(indent, baseline, row, "fig-legend", font_size=sizes.body))
            top += height
    return element("g", *parts), top + (GAP if paragraphs else 0)


def risk_table(
    curves: Sequence[CurveData],
    ticks_months: Sequence[float],
    area: Axes,
    labels: FigureLabels,
    sizes: Sizes,
    top: float,
) -> tuple[str, float]:
    """At risk, censored, events of each curve under the ticks; and where the table ends.

    A curve without numbers has no lines: it tells of the people of another curve. What is not told
    of a curve has none either.
    """
    ticks = [area.x(ticks_months[tick] * DAYS_PER_MONTH) for tick in area.shown]
    height = sizes.small * sizes.line_height
    indent = PAD + SAMPLE_LENGTH + GAP
    parts = [line(PAD, top, sizes.width - PAD, top, "fig-rule", stroke=RULE_COLOUR)]
    y = top + GROUP_GAP
    for position, curve in enumerate(curves):
        if not curve.at_risk:
            continue
        if len(curves) > 1:
            parts.append(_sample(position, y + height / 2, sizes))
            room = sizes.width - PAD - indent
            name, y = _lines(curve.label, indent, y, room, "fig-legend", sizes)
            parts.append(name)
        rows: list[tuple[str, Sequence[int | str]]] = [
            (labels.at_risk, curve.at_risk),
            (labels.censored, curve.censored),
            (labels.events, curve.events),
            (labels.competing, curve.competing),
        ]
        for row, counts in rows:
            if not counts:
                continue
            baseline = y + BASELINE * sizes.small
            parts.extend(
                text(x, baseline, written(counts[tick]), "fig-count", text_anchor="middle")
                for x, tick in zip(ticks, area.shown, strict=True)
            )
            name, y = _lines(row, PAD, y, names_room(sizes), "fig-row-label", sizes)
            parts.append(name)
        y += GROUP_GAP
    return element("g", *parts), y


def _lines(
    words: str, x: float, y: float, room: float, class_: str, sizes: Sizes
) -> tuple[str, float]:
    """Wrapped small text from `y` down, at least one line high; and where the next may begin."""
    parts = []
    for row in wrap(words, sizes.small, room) or [""]:
        parts.append(text(x, y + BASELINE * sizes.small, row, class_))
        y += sizes.small * sizes.line_height
    return "".join(parts), y


def _sample(position: int, y: float, sizes: Sizes) -> str:
    """A short piece of the line of the curve at `position`."""
    pen, name = PENS[position], position + 1
    return line(
        PAD,
        y,
        PAD + SAMPLE_LENGTH,
        y,
        f"fig-curve fig-curve-{name}",
        stroke=pen.colour,
        dashes=pen.dashes,
        stroke_width=sizes.curve_stroke,
    )
