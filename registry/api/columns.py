"""Columns as fields of the interface: strict about types, with the words of the forms."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from registry.entry.row_form import CODE_LISTS, OPEN_LISTS
from registry.fields import PartialDateField
from registry.models import ClinicalRow
from registry.partial_date import PartialDate
from registry.terminology.codes import codes

LARGEST = 32_767
"""The largest whole number that a column holds."""

LONGEST_TEXT = 30_000
"""Characters of a text without a limit of its own, as in the files of an import."""

_BLANKS = re.compile(r"\r\n?")


class Text(serializers.CharField):
    """A text as it was sent but for blanks around it; null where there is none."""

    default_error_messages = {"invalid": gettext_lazy("is no text")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(allow_blank=kwargs.get("allow_null", False), **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The text; numbers are not taken for texts."""
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        """With one kind of line ends."""
        return _BLANKS.sub("\n", super().to_internal_value(data))

    def to_representation(self, value: Any) -> Any:
        """The text, null for none."""
        return str(value) or None


class ListedCode(Text):
    """A code of a shipped list."""

    default_error_messages = {"code": gettext_lazy("“{text}” is not on the list {system}")}

    def __init__(self, *, system: str, **kwargs: Any) -> None:
        self.system = system
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The code."""
        text = super().to_internal_value(data)
        if text not in {row.code for row in codes(self.system)}:
            self.fail("code", text=text[:60], system=self.system)
        return text


class Choice(serializers.ChoiceField):
    """One of a few codes; null for none."""

    default_error_messages = {"invalid_choice": gettext_lazy("is not one of {codes}")}

    def to_internal_value(self, data: Any) -> Any:
        """The code, of its own type."""
        known = [code for code in self.choices if code != ""]
        if isinstance(data, bool) or data not in known:
            self.fail("invalid_choice", codes=", ".join(str(code) for code in known))
        return known[known.index(data)]

    def to_representation(self, value: Any) -> Any:
        """The code, null for none."""
        return None if value == "" else value


class Whole(serializers.IntegerField):
    """A whole number."""

    default_error_messages = {"invalid": gettext_lazy("is no whole number")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST} | kwargs)

    def to_internal_value(self, data: Any) -> int:
        """The number; 5.0 is one, "5" and true are none."""
        if isinstance(data, Decimal) and abs(data) <= LARGEST and data == data.to_integral_value():
            return int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class RowKey(Whole):
    """The key of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1} | kwargs)


class Number(serializers.DecimalField):
    """A number with a limited count of decimals."""

    default_error_messages = {
        "invalid": gettext_lazy("is no number"),
        "places": gettext_lazy("has more than {places} decimals"),
        "large": gettext_lazy("is too large: it must be below {limit}"),
    }

    def to_internal_value(self, data: Any) -> Decimal:
        """The number, exactly."""
        if not isinstance(data, int | Decimal) or isinstance(data, bool):
            self.fail("invalid")
        number = Decimal(data)
        assert self.max_digits is not None
        assert self.decimal_places is not None
        limit = 10 ** (self.max_digits - self.decimal_places)
        if abs(number) >= limit:
            self.fail("large", limit=limit)
        exact = number.quantize(Decimal(1).scaleb(-self.decimal_places))
        if exact != number:
            self.fail("places", places=self.decimal_places)
        return exact

    def to_representation(self, value: Any) -> Any:
        """A JSON number: of so few digits, every decimal comes through exactly."""
        return float(value)


class YesNo(serializers.BooleanField):
    """true, false, or null for not known."""

    default_error_messages = {"invalid": gettext_lazy("is neither true nor false")}

    def to_internal_value(self, data: Any) -> bool:
        """True or false, no word for it."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Date(serializers.CharField):
    """A date known to the year, the month or the day, in ISO 8601."""

    default_error_messages = {"invalid": gettext_lazy("is no date")}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The date; none for null."""
        if data is serializers.empty or data is None:
            return super().run_validation(data)
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return PartialDate.parse(data[:60])
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None

    def to_representation(self, value: Any) -> str:
        """As precise as it is known."""
        return str(value)


def field_for(model: type[ClinicalRow], column: models.Field[Any, Any]) -> serializers.Field:
    """The field of a column that is no link."""
    needed = not column.blank and not column.has_default()
    about: dict[str, Any] = {
        "required": needed,
        "allow_null": column.blank,
        "label": str(column.verbose_name),
        "help_text": str(column.help_text) or None,
        "error_messages": {"required": _("is needed"), "null": _("is needed")},
    }
    system = CODE_LISTS.get((model.entity(), column.name))
    if column.choices:
        return Choice(choices=column.flatchoices, **about)
    if isinstance(column, PartialDateField):
        return Date(**about)
    if isinstance(column, models.BooleanField):
        return YesNo(**about)
    if isinstance(column, models.DecimalField):
        return Number(max_digits=column.max_digits, decimal_places=column.decimal_places, **about)
    if isinstance(column, models.IntegerField):
        return Whole(**about)
    length = column.max_length or LONGEST_TEXT
    if system is not None and system not in OPEN_LISTS:
        return ListedCode(system=system, max_length=length, **about)
    return Text(max_length=length, **about)
