"""What a cell of the native format may hold, made from the model fields: reading and describing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from registry.fields import PartialDateField
from registry.models.choices import MissingReason
from registry.partial_date import PartialDate

REASON_SIGN = "#"
"""A cell that begins with it says why there is no value: "#not_done"."""

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_REASONS = frozenset(MissingReason.values)
_YES = {"yes", "true", "1"}
_NO = {"no", "false", "0"}
_UNIT = re.compile(r"_(gy|cm3|cm|mm|percent|days)$")
_UNIT_NAMES = {"gy": "Gy", "cm3": "cm³", "cm": "cm", "mm": "mm", "percent": "%", "days": "days"}
_LARGEST_NUMBER = 32_767


@dataclass(frozen=True)
class Column:
    """A column: what it is called, what may stand in it, how its text becomes a value."""

    name: str
    kind: str
    help: str
    parse: Callable[[str], Any]
    required: bool = False
    codes: tuple[tuple[str, str], ...] = ()
    decimals: int = 0

    def read(self, text: str) -> Any:
        """The value that a filled cell states.

        Raises:
            ValueError: what is wrong with the text, as the end of a sentence.
        """
        try:
            return self.parse(text)
        except ValueError as error:
            if text.startswith(REASON_SIGN):
                known = ", ".join(f"{REASON_SIGN}{reason}" for reason in MissingReason.values)
                raise ValueError(
                    _("is no reason for a missing value: write {known}").format(known=known)
                ) from None
            raise ValueError(str(error)) from None

    @property
    def unit(self) -> str:
        """Unit of the numbers, as the name says it; "" for numbers without."""
        found = _UNIT.search(self.name)
        return _UNIT_NAMES[found.group(1)] if found else ""

    @classmethod
    def text(cls, name: str, help: str, required: bool = False, *, length: int) -> Column:
        """A column of words."""
        return cls(name, f"text, up to {length} characters", help, _words(length), required)

    @classmethod
    def number(cls, name: str, help: str, *, required: bool = False) -> Column:
        """A column of row numbers."""
        return cls(name, "whole number", help, _whole(1, _LARGEST_NUMBER), required)

    @classmethod
    def of(cls, field: models.Field[Any, Any]) -> Column:
        """The column of a model field.

        Raises:
            TypeError: there is no form in which such a field stands in a table.
        """
        required = not field.blank and not field.has_default()
        codes = tuple((str(code), str(label)) for code, label in field.flatchoices if code != "")
        kind, parse = _reader(field, dict(_codes(field)))
        decimals = field.decimal_places if isinstance(field, models.DecimalField) else 0
        label = str(field.verbose_name)
        help_text = f"{label[:1].upper()}{label[1:]}. {field.help_text}".strip()
        return cls(field.name, kind, help_text, parse, required, codes, decimals)


def reason_in(text: str) -> str | None:
    """The reason for a missing value that the cell states; None when it states anything else."""
    if not text.startswith(REASON_SIGN):
        return None
    reason = text[1:].strip().lower()
    return reason if reason in _REASONS else None


def _codes(field: models.Field[Any, Any]) -> list[tuple[str, Any]]:
    return [(str(code), code) for code, _label in field.flatchoices if code != ""]


def _reader(
    field: models.Field[Any, Any], codes: dict[str, Any]
) -> tuple[str, Callable[[str], Any]]:
    """In words and as a function: what stands in the cells of a field."""
    if codes:
        return "code", lambda text: _code(text, codes)
    match field:
        case PartialDateField():
            return "date: YYYY-MM-DD, YYYY-MM or YYYY", _date
        case models.BooleanField():
            return "yes or no", _yes_or_no
        case models.PositiveSmallIntegerField() | models.PositiveIntegerField():
            return "whole number", _whole(0, _LARGEST_NUMBER)
        case models.DecimalField():
            return (
                f"number, up to {field.decimal_places} decimals",
                _decimal(field.max_digits, field.decimal_places),
            )
        case models.TextField():
            return "text", _words(30_000)
        case models.CharField():
            length = field.max_length or 0
            return f"text, up to {length} characters", _words(length)
    raise TypeError(f"{field}: no form for a {type(field).__name__} in a table")


# The same days and numbers stand in thousands of rows: each is read once.
_REMEMBERED = 10_000


@lru_cache(_REMEMBERED)
def _date(text: str) -> PartialDate:
    return PartialDate.parse(text)


def _code(text: str, codes: dict[str, Any]) -> Any:
    try:
        return codes[text]
    except KeyError:
        raise ValueError(_("is not one of {codes}").format(codes=", ".join(codes))) from None


def _words(length: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if len(text) > length:
            raise ValueError(
                _("has {number} characters, more than {most}").format(number=len(text), most=length)
            )
        return text

    return parse


def _yes_or_no(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise ValueError(_("is neither yes nor no"))
    return word in _YES


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    @lru_cache(_REMEMBERED)
    def parse(text: str) -> int:
        value = _plain_number(text)
        if value != value.to_integral_value():
            raise ValueError(_("is not a whole number"))
        if not lowest <= value <= highest:
            raise ValueError(_("is not between {low} and {high}").format(low=lowest, high=highest))
        return int(value)

    return parse


def _decimal(digits: int, decimals: int) -> Callable[[str], Decimal]:
    smallest = Decimal(1).scaleb(-decimals)
    limit = Decimal(10) ** (digits - decimals)

    @lru_cache(_REMEMBERED)
    def parse(text: str) -> Decimal:
        value = _plain_number(text)
        if abs(value) >= limit:
            raise ValueError(_("is too large: it must be below {limit}").format(limit=limit))
        if value != value.quantize(smallest):
            raise ValueError(_("has more than {number} decimals").format(number=decimals))
        return value

    return parse


def _plain_number(text: str) -> Decimal:
    """Digits with a decimal point; no thousands, no exponent, no "about 5"."""
    if not _NUMBER.fullmatch(text):
        if "," in text:
            raise ValueError(_("is not a number: write a decimal point"))
        raise ValueError(_("is not a number"))
    return Decimal(text)
