"""Numbers as text in the language in force: one rule for pages, tables, sentences and drawings.

Decimal mark and separator of thousands are those of Django's formats of the language. English
writes thousands without a separator, since a comma there is taken for a decimal mark elsewhere.
"""

from __future__ import annotations

from decimal import Decimal

from django.template.defaultfilters import floatformat
from django.utils.formats import number_format
from django.utils.translation import get_language

UNGROUPED = "en"


def decimal(value: float, digits: int) -> str:
    """A number rounded to exactly so many decimals: "71.30"."""
    # number_format would cut the digits off instead of rounding.
    return str(floatformat(value, f"{digits}{_grouped()}"))


def short(value: float, digits: int) -> str:
    """A number with so many decimals, or with none where it is whole: "71.3", "45"."""
    return str(floatformat(value, f"{-digits}{_grouped()}"))


def count_text(value: int) -> str:
    """A count: "37", in German "4.188"."""
    return str(number_format(int(value), force_grouping=bool(_grouped())))


def general(value: float, digits: int = 6) -> str:
    """A number with the decimals it has, of so many significant digits at most: "0.05", "12"."""
    # A Decimal is written out where a float of this size would have an exponent.
    rounded = Decimal(f"{value:.{digits}g}")
    return str(number_format(rounded, force_grouping=bool(_grouped())))


def _grouped() -> str:
    """The ending of a format that asks for separators between thousands; "" for none."""
    return "" if (get_language() or UNGROUPED).startswith(UNGROUPED) else "g"
