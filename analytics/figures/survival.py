"""Kaplan-Meier figure with its table of numbers at risk, as one SVG.

After the KMunicate proposals (Morris TP et al., BMJ Open 2019;9:e030215): step curve with
confidence band, censoring ticks, a percent axis from 0 to 100, and under the time axis the numbers
at risk, censored and with the event (cumulative) of each group. Nothing is estimated here.

Classes for a style sheet: `figure` (root; text and axes follow its `color`), `fig-title`,
`fig-text`, `fig-row-label`, `fig-axis`, `fig-grid`, `fig-rule`, `fig-median`, `fig-leader`, and
`fig-curve`, `fig-band`, `fig-censor`, `fig-name`, each also with its number (`fig-curve-2`).
Without a style sheet the presentation attributes stand.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from analytics.figures.curve_data import CurveData, FigureLabels
from analytics.figures.curve_names import curve_names
from analytics.figures.layout import COMPACT, GAP, PAD, WIDE, Sizes, axes, turns_y_title
from analytics.figures.palette import FONTS, PENS
from analytics.figures.plot import band_mark, curve_marks, frame, median_marks
from analytics.figures.risk_table import legend, risk_table
from analytics.figures.svg import element, escaped, number, text
from analytics.figures.text import wrap


def survival_figure(
    curves: Sequence[CurveData],
    *,
    title: str,
    labels: FigureLabels,
    ticks_months: Sequence[float],
    caption: Sequence[str] = (),
    description: str = "",
    annotation: str = "",
    figure_id: str = "survival",
    show_title: bool = True,
    show_median: bool = True,
    compact: bool = False,
) -> str:
    """SVG text of a survival figure, for a page or as a file of its own.

    Args:
        curves: one to six curves; the table of each has one number per tick, or none at all.
        title: heading; also the name that a screen reader speaks.
        labels: words of the axes and of the table.
        ticks_months: ascending ticks, the first from 0 on; the axis ends at the last one, and so
            do the curves.
        caption: paragraphs under the table: time origin, endpoint, type of interval, data cut.
        description: summary for a screen reader; the caption where none is given.
        annotation: a line under the names of the curves, such as "Log-rank P = 0.024".
        figure_id: prefix of the ids in the figure, unique on its page.
        show_title: False where the page has the heading already.
        show_median: lines from 50 % to the axis where the median is reached.
        compact: narrow layout for phones.

    All texts are taken as they are (translated by the caller) and escaped.

    Raises:
        ValueError: no curve or too many, ticks out of order, a table that does not fit the ticks,
            or an id that is none.
    """
    _check(curves, ticks_months, caption, figure_id)
    sizes = COMPACT if compact else WIDE
    top = PAD
    heading = ""
    if show_title:
        heading, top = _paragraph(title, top, sizes.title, sizes, "fig-title", bold=True)
        top += GAP
    named = len(curves) > 1 or bool(curves[0].note)
    names, top = legend(curves if named else [], annotation, sizes, top)
    y_title = ""
    if not turns_y_title(labels, sizes):
        y_title, top = _paragraph(labels.y_axis, top, sizes.small, sizes, "fig-text")
    area = axes(curves, ticks_months, labels, sizes, top=top + GAP)
    plot_frame, below_axis = frame(area, ticks_months, labels, sizes)
    numbered = list(enumerate(curves))
    bands = [band_mark(position, curve, area, curves=len(curves)) for position, curve in numbered]
    marks = [curve_marks(position, curve, area, sizes) for position, curve in numbered]

    table, bottom = risk_table(curves, ticks_months, area, labels, sizes, top=below_axis)
    lines: list[str] = []
    bottom += GAP if caption else 0
    for paragraph in caption:
        line, bottom = _paragraph(paragraph, bottom, sizes.small, sizes, "fig-text")
        lines.append(line)
        bottom += GAP / 2

    return element(
        "svg",
        element("title", escaped(title), id=f"{figure_id}-title"),
        element("desc", escaped(description or " ".join(caption)), id=f"{figure_id}-desc"),
        heading,
        names,
        y_title,
        plot_frame,
        *bands,
        median_marks(curves, area) if show_median else "",
        *marks,
        curve_names(curves, area, sizes),
        table,
        *lines,
        xmlns="http://www.w3.org/2000/svg",
        class_="figure figure-compact" if compact else "figure",
        viewBox=f"0 0 {number(sizes.width)} {number(bottom + PAD)}",
        width="100%",
        role="img",
        # Where the plot is: a script may read the curves at the pointer.
        data_plot_left=area.left,
        data_plot_right=area.right,
        data_plot_days=area.last_day,
        aria_labelledby=f"{figure_id}-title",
        aria_describedby=f"{figure_id}-desc",
        font_family=FONTS,
        font_size=sizes.small,
        fill="currentColor",
    )


def _check(
    curves: Sequence[CurveData],
    ticks_months: Sequence[float],
    caption: Sequence[str],
    figure_id: str,
) -> None:
    if not 1 <= len(curves) <= len(PENS):
        raise ValueError(f"curves must be 1 to {len(PENS)}, got {len(curves)}")
    ascending = all(a < b for a, b in pairwise(ticks_months))
    if len(ticks_months) < 2 or ticks_months[0] < 0 or not ascending:
        raise ValueError("ticks_months must be two or more ascending months from 0 on")
    for curve in curves:
        if len(curves) > 1 and not curve.label.strip():
            raise ValueError("curves: each of several curves needs a label")
        if curve.at_risk and len(curve.at_risk) != len(ticks_months):
            raise ValueError(
                f"curves: {curve.label!r} has {len(curve.at_risk)} numbers at risk "
                f"for {len(ticks_months)} ticks"
            )
    if isinstance(caption, str):
        raise ValueError("caption must be a sequence of paragraphs, not one text")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", figure_id):
        raise ValueError(f"figure_id must be a plain id, got {figure_id!r}")


def _paragraph(
    content: str, top: float, font_size: float, sizes: Sizes, class_: str, *, bold: bool = False
) -> tuple[str, float]:
    """Markup of a wrapped paragraph across the figure, and where the next thing may begin."""
    height = font_size * sizes.line_height
    weight = 600 if bold else None
    parts = []
    for words in wrap(content, font_size, sizes.width - 2 * PAD, bold=bold):
        baseline = top + font_size
        parts.append(text(PAD, baseline, words, class_, font_size=font_size, font_weight=weight))
        top += height
    return "".join(parts), top
