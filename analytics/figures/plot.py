"""The plot of curves: frame and axes, bands, step curves, censoring ticks, medians."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.figures.curve_data import CurveData, FigureLabels
from analytics.figures.layout import GAP, PAD, Axes, Sizes, turns_y_title
from analytics.figures.months import DAYS_PER_MONTH
from analytics.figures.palette import PENS
from analytics.figures.svg import Attribute, element, line, number, path, text
from analytics.figures.text import wrap
from registry.number_text import general

PERCENT_TICKS = (0, 20, 40, 60, 80, 100)
GRID_COLOUR = "#d5dbe0"
TICK_LENGTH = 5.0
CENSOR_HALF_HEIGHT = 4.5
BAND_OPACITY = 0.16
MOST_STRONG_BANDS = 3
"""With more curves than this the bands are drawn fainter, or their overlap hides the curves."""
# With more ticks than this on a curve they are drawn smaller and finer, not to hide the curve.
DENSE_TICKS = 150

Points = list[tuple[float, float]]


def frame(
    area: Axes, ticks_months: Sequence[float], labels: FigureLabels, sizes: Sizes
) -> tuple[str, float]:
    """Grid, both axes with numbers and titles; and where the table under them may begin."""
    parts = []
    for percent in PERCENT_TICKS:
        y = area.y(percent / 100)
        if percent:
            parts.append(line(area.left, y, area.right, y, "fig-grid", stroke=GRID_COLOUR))
        beside = (area.left - GAP, y + 0.35 * sizes.small)
        parts.append(text(*beside, str(percent), "fig-text", text_anchor="end"))
    parts.append(line(area.left, area.top, area.left, area.bottom, "fig-axis"))
    parts.append(line(area.left, area.bottom, area.right, area.bottom, "fig-axis"))

    baseline = area.bottom + TICK_LENGTH + 1.1 * sizes.small
    for position, tick in enumerate(ticks_months):
        x = area.x(tick * DAYS_PER_MONTH)
        parts.append(line(x, area.bottom, x, area.bottom + TICK_LENGTH, "fig-axis"))
        if position in area.shown:
            parts.append(text(x, baseline, general(tick), "fig-text", text_anchor="middle"))

    middle = (area.left + area.right) / 2
    room = 2 * (sizes.width - PAD - middle)
    centred: dict[str, Attribute] = {"text_anchor": "middle", "font_size": sizes.body}
    for words in wrap(labels.x_axis, sizes.body, room):
        baseline += sizes.body * sizes.line_height
        parts.append(text(middle, baseline, words, "fig-text", **centred))
    if turns_y_title(labels, sizes):
        turned = f"translate({number(PAD + sizes.body)} {number(area.y(0.5))}) rotate(-90)"
        parts.append(text(0, 0, labels.y_axis, "fig-text", transform=turned, **centred))
    return element("g", *parts), baseline + 1.5 * GAP


def band_mark(position: int, curve: CurveData, area: Axes, *, curves: int = 1) -> str:
    """Confidence band of the curve at `position` (0 is the first); drawn before all curves.

    Nothing for a curve without limits.

    Args:
        curves: how many there are in the figure.
    """
    if np.isnan(curve.lower).all():
        return ""
    is_faint = curves > MOST_STRONG_BANDS
    return element(
        "path",
        d=path(_band(curve, area), closed=True),
        class_=f"fig-band fig-band-{position + 1}{' fig-faint' if is_faint else ''}",
        fill=PENS[position].colour,
        fill_opacity=BAND_OPACITY / 2 if is_faint else BAND_OPACITY,
    )


def curve_marks(position: int, curve: CurveData, area: Axes, sizes: Sizes) -> str:
    """Step line and censoring ticks of the curve at `position` (0 is the first)."""
    pen, name = PENS[position], position + 1
    until = min(float(curve.days[-1]), area.last_day)
    parts = [
        element(
            "path",
            d=path(_steps(curve, curve.share, until, area)),
            class_=f"fig-curve fig-curve-{name}",
            fill="none",
            stroke=pen.colour,
            stroke_width=sizes.curve_stroke,
            stroke_dasharray=pen.dashes,
            stroke_linejoin="round",
        )
    ]
    places = _censor_places(curve, area)
    if places:
        dense = len(places) > DENSE_TICKS
        half = (0.6 if dense else 1) * CENSOR_HALF_HEIGHT
        parts.append(
            element(
                "path",
                d="".join(path([(x, y - half), (x, y + half)]) for x, y in places),
                class_=f"fig-censor fig-censor-{name}",
                fill="none",
                stroke=pen.colour,
                stroke_width=0.6 if dense else 1.3,
            )
        )
    return element("g", *parts)


def median_marks(curves: Sequence[CurveData], area: Axes) -> str:
    """Lines from 50 % to each median and down to the time axis; nothing where none is reached."""
    medians = [
        curve.median_days
        for curve in curves
        if curve.median_days is not None
        and math.isfinite(curve.median_days)
        and curve.median_days <= area.last_day
    ]
    if not medians:
        return ""
    half = area.y(0.5)
    dashes = "2 3"
    across = line(area.left, half, area.x(max(medians)), half, "fig-median", dashes=dashes)
    down = (
        line(area.x(day), half, area.x(day), area.bottom, "fig-median", dashes=dashes)
        for day in medians
    )
    return element("g", across, *down)


def _steps(curve: CurveData, shares: NDArray[Any], until: float, area: Axes) -> Points:
    """Corners of a step function from the start of the curve on day 0 to the day `until`."""
    level = curve.starts_at
    points = [(area.x(0), area.y(level))]
    inside = curve.days[: shares.size] <= until
    days = curve.days[: shares.size][inside]
    for day, share in zip(days.tolist(), shares[inside].tolist(), strict=True):
        if share != level:
            points += [(area.x(day), area.y(level)), (area.x(day), area.y(share))]
            level = share
    return [*points, (area.x(until), area.y(level))]


def _band(curve: CurveData, area: Axes) -> Points:
    """Outline of the confidence band: along the upper limit and back along the lower.

    The band ends on the day from which the limits are unknown, which is where nobody is left.
    """
    unknown = np.isnan(curve.lower) | np.isnan(curve.upper)
    known = int(np.argmax(unknown)) if unknown.any() else curve.days.size
    until = min(float(curve.days[min(known, curve.days.size - 1)]), area.last_day)
    upper = _steps(curve, curve.upper[:known], until, area)
    lower = _steps(curve, curve.lower[:known], until, area)
    return upper + lower[::-1]


def _censor_places(curve: CurveData, area: Axes) -> Points:
    """Where on the curve the censoring ticks lie."""
    days = curve.censor_days[curve.censor_days <= area.last_day]
    shares = curve.share_on(days)
    return [(area.x(day), area.y(share)) for day, share in zip(days, shares, strict=True)]
