"""Changes of a cell's text that a mapping can call by name, where a code list would not do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _

_SIDES = ("left", "right", "bilateral", "midline")


def uppercase(text: str, day_zero: dt.date | None) -> str:
    """Identifiers and ICD codes in their usual spelling."""
    return text.upper()


def side(text: str, day_zero: dt.date | None) -> str:
    """The side that a site begins with: "left" of "left thigh"; "" when it names none."""
    first = text.partition(" ")[0].lower()
    return first if first in _SIDES else ""


def without_side(text: str, day_zero: dt.date | None) -> str:
    """The site without the side before it: "thigh" of "left thigh"."""
    return text.partition(" ")[2].strip() if side(text, day_zero) else text


def birth_year(text: str, day_zero: dt.date | None) -> str:
    """Year of birth of somebody who had completed these years of age on day zero.

    Exact when day zero is the last day of its year: whoever is 59 then had the birthday within
    that year, whatever its date.

    Raises:
        ValueError: the text is no whole number of years, or the mapping has no day zero.
    """
    if day_zero is None:
        raise ValueError(_("needs a day_zero in the mapping"))
    years = text.removesuffix(".0")
    if not (years.isascii() and years.isdigit() and int(years) <= 120):
        raise ValueError(_("is not an age in whole years"))
    return str(day_zero.year - int(years))


TRANSFORMS: dict[str, Callable[[str, dt.date | None], str]] = {
    function.__name__: function for function in (uppercase, side, without_side, birth_year)
}
