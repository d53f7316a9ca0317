"""What figures of bars and of ratios have in common: the element around them, round steps."""

import math
import re
from collections.abc import Iterable

from analytics.figures.layout import PAD, Sizes
from analytics.figures.palette import FONTS
from analytics.figures.svg import element, escaped, number

STEPS = (1, 2, 5, 10)


def round_step(least: float) -> float:
    """The smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not below ``least`` (above 0)."""
    power = 10.0 ** math.floor(math.log10(least))
    # 0.2 times 10 is not quite 2.
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))


def drawing(
    parts: Iterable[str],
    *,
    title: str,
    description: str,
    figure_id: str,
    sizes: Sizes,
    height: float,
    compact: bool,
) -> str:
    """The parts as one SVG that has a name and a description for screen readers.

    Raises:
        ValueError: an id that is none.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", figure_id):
        raise ValueError(f"figure_id must be a plain id, got {figure_id!r}")
    return element(
        "svg",
        element("title", escaped(title), id=f"{figure_id}-title"),
        element("desc", escaped(description), id=f"{figure_id}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_="figure figure-compact" if compact else "figure",
        viewBox=f"0 0 {number(sizes.width)} {number(height + PAD)}",
        width="100%",
        role="img",
        aria_labelledby=f"{figure_id}-title",
        aria_describedby=f"{figure_id}-desc",
        font_family=FONTS,
        font_size=sizes.small,
        fill="currentColor",
    )
