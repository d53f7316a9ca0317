"""Figures as text, the same in every table; decimal marks follow the reader's language.

Each function gives a cell: the text, and the figure behind it.
"""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from analytics.artefacts.parts import NOT_KNOWN, Cell
from registry.number_text import count_text, decimal, short

DASH = Cell(NOT_KNOWN)


def number(value: float | None, digits: int = 1) -> Cell:
    """A figure with that many decimals; a dash where it is missing or not finite."""
    if value is None or not math.isfinite(value):
        return DASH
    return Cell(decimal(value, digits), float(value))


def count(value: int) -> Cell:
    """A whole number."""
    return Cell(count_text(value), int(value))


def count_percent(part: int, whole: int) -> Cell:
    """ "12 (32.4 %)"; the count alone where the whole is 0."""
    if not whole:
        return count(part)
    # Multiplied first: 57 of 80 are 71.25 %, and 100 * (57 / 80) is a little less.
    percent = _("%(figure)s %%") % {"figure": decimal(100 * part / whole, 1)}
    return Cell(f"{count_text(part)} ({percent})", int(part))


def share(value: float | None, lower: float | None = None, upper: float | None = None) -> Cell:
    """A share between 0 and 1 as "80.2 %", with limits "80.2 % (67.9–88.2)"."""
    if not _known(value):
        return DASH
    assert value is not None
    text = percent_text(value)
    if lower is not None or upper is not None:
        text += f" ({_limits(lower, upper, 100, 1)})"
    return Cell(text, float(value))


def with_limits(
    value: float | None, lower: float | None, upper: float | None, digits: int = 1
) -> Cell:
    """ "25.0 (20.0–45.0)"."""
    if not _known(value):
        return DASH
    assert value is not None
    text = f"{decimal(value, digits)} ({_limits(lower, upper, 1, digits)})"
    return Cell(text, float(value))


def ratio(value: float | None, lower: float | None, upper: float | None) -> Cell:
    """A ratio of hazards with its limits, "5.33 (1.19–23.86)"."""
    return with_limits(value, lower, upper, digits=2)


def median_and_range(median: float, low: float, high: float, digits: int = 1) -> Cell:
    """ "52 (40–69)": trailing zeros are cut, as the papers write it; a dash without a value."""
    if not math.isfinite(median):
        return DASH
    text = f"{short(median, digits)} ({short(low, digits)}–{short(high, digits)})"
    return Cell(text, float(median))


def p_value(p: float | None) -> Cell:
    """ "0.023", "< 0.001"; a dash where there was no test."""
    if not _known(p):
        return DASH
    assert p is not None
    if p < 0.001:
        return Cell(_("< %(limit)s") % {"limit": decimal(0.001, 3)}, float(p))
    return Cell(decimal(p, 3), float(p))


def p_equation(p: float | None) -> str:
    """ "P = 0.023", "P < 0.001", "P –", for a line of text."""
    cell = p_value(p)
    if cell.value is None or cell.text.startswith("<"):
        return f"P {cell.text}"
    return f"P = {cell.text}"


def percent_text(value: float) -> str:
    """A share between 0 and 1 as percent with one decimal."""
    return _("%(figure)s %%") % {"figure": decimal(100 * value, 1)}


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _limits(lower: float | None, upper: float | None, factor: float, digits: int) -> str:
    """ "20.0–45.0"; with a limit that is not reached "20.0 to –", since two dashes are no range."""
    known = [
        decimal(factor * limit, digits) if limit is not None and math.isfinite(limit) else ""
        for limit in (lower, upper)
    ]
    if all(known):
        return "–".join(known)
    return _("%(lower)s to %(upper)s") % {
        "lower": known[0] or NOT_KNOWN,
        "upper": known[1] or NOT_KNOWN,
    }
