"""Form fields of the entry pages: each reads a value, or the reason why there is none.

One control takes both. Free inputs offer the reasons as suggestions (a ``datalist``), choices list
them below the codes; so a reason costs no extra control and no extra step with the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.applicability import code_of
from registry.models import ClinicalRow
from registry.models.choices import MissingReason
from registry.partial_date import PartialDate
from registry.terminology.codes import codes

REASONS_LIST = "reasons"
"""Id of the datalist with the reasons, once on every entry page."""


def reason_of(text: str) -> MissingReason | None:
    """The reason that a typed text names, by its code or its words."""
    folded = text.strip().casefold()
    for reason in MissingReason:
        if folded in (reason.value, reason.value.replace("_", " "), str(reason.label).casefold()):
            return reason
    return None


def _short(text: str) -> str:
    """A typed text in a message: its beginning, when it is long."""
    return f"{text[:40]}…" if len(text) > 40 else text


class Answer(forms.Field):
    """A value or a reason; ``clean`` gives the value, a :class:`MissingReason`, or None."""

    takes_reason = True
    empty: Any = None
    is_wanted = False
    """Whether the protocol requires a value, or why there is none."""
    shown_when: Mapping[str, str] = {}
    """Attributes by which the browser hides the field while its question does not apply."""

    def __init__(self, *, takes_reason: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.takes_reason = takes_reason

    def clean(self, value: Any) -> Any:
        """Read what was typed.

        Raises:
            ValidationError: in words that say what to do.
        """
        text = value if isinstance(value, str) else "" if value is None else str(value)
        if "\0" in text:
            raise ValidationError(_("Remove the NUL sign: it cannot be stored."))
        if "\ufffd" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            # What a browser or server puts in place of bytes that are no character.
            raise ValidationError(_("Type this again: it has a sign that is no valid character."))
        if not text.strip():
            if self.required:
                raise ValidationError(_("Enter: {field}.").format(field=self.label))
            return self.empty
        reason = reason_of(text) if self.takes_reason else None
        return reason if reason is not None else self.read(text)

    def read(self, text: str) -> Any:
        """The value that a text means; ValidationError says what is wrong with it."""
        return text

    def show(self, value: Any) -> str:
        """The text that stands in the input for a value or a reason."""
        if isinstance(value, MissingReason):
            return str(value.label)
        return "" if value is None else self.write(value)

    def write(self, value: Any) -> str:
        """The text of a value."""
        return str(value)

    def words(self, typed: Any) -> str:
        """What stands in the input, in words for reading: the label of a code."""
        return str(typed or "–")


class _Typed(Answer):
    """An input into which one types."""

    def __init__(self, *, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(), **kwargs)
        self.widget.attrs |= {"autocomplete": "off", **(attrs or {})}
        if self.takes_reason and "list" not in self.widget.attrs:
            self.widget.attrs["list"] = REASONS_LIST


class DateAnswer(_Typed):
    """A date of any precision: 2024-03-14, 2024-03, 2024; also 14.3.2024 and 20240314."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"placeholder": "YYYY-MM-DD", "class": "date"}, **kwargs)

    def read(self, text: str) -> PartialDate:
        """The date."""
        try:
            return PartialDate.parse(_iso(_short(text.strip())))
        except ValueError as error:
            message = _("{error}. Leave out what is not known: 2024-03, 2024.")
            raise ValidationError(message.format(error=str(error).rstrip("."))) from None


def _iso(text: str) -> str:
    """An ISO text for the other ways in which dates are typed; the text itself when it is none."""
    if len(text) == 8 and text.isascii() and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    parts = text.split(".")
    if 2 <= len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts):
        year, *rest = reversed(parts)
        if len(year) == 4 and all(len(part) <= 2 for part in rest):
            return "-".join([year, *(part.zfill(2) for part in rest)])
    return text


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)

LONGEST_NUMBER = 20
"""Signs of a number: none of the columns holds more."""


class NumberAnswer(_Typed):
    """A number with ``places`` decimals at most, point or comma."""

    def __init__(self, *, places: int, digits: int | None = None, **kwargs: Any) -> None:
        mode = "decimal" if places else "numeric"
        super().__init__(attrs={"inputmode": mode, "class": "number"}, **kwargs)
        self.places = places
        self.digits = digits

    def read(self, text: str) -> Decimal | int:
        """The number."""
        plain = text.strip().replace(",", ".").replace("\u2212", "-")
        if not _NUMBER.fullmatch(plain):
            raise ValidationError(_("“{text}” is not a number.").format(text=_short(text)))
        if len(plain) > LONGEST_NUMBER:
            raise ValidationError(_("{number} is too large.").format(number=_short(text)))
        number = Decimal(plain)
        if self.places == 0:
            if number != number.to_integral_value() or abs(number) > 32767:
                raise ValidationError(_("Enter a whole number below 32,768."))
            return int(number)
        if number != round(number, self.places):
            message = _("Enter at most {places} decimals.").format(places=self.places)
            raise ValidationError(message)
        if self.digits is not None and abs(number) >= 10 ** (self.digits - self.places):
            raise ValidationError(_("{number} is too large.").format(number=_short(text)))
        return number

    def write(self, value: Any) -> str:
        """Without needless zeros, with the decimal sign of the reader's language."""
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return str(number_format(text, use_l10n=True, force_grouping=False))


class TextAnswer(_Typed):
    """Text, kept exactly as typed but for blanks around it."""

    empty = ""

    def __init__(self, *, length: int | None = None, lines: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length = length
        if lines > 1:
            self.widget = forms.Textarea(attrs={"rows": str(lines)})

    def read(self, text: str) -> str:
        """The text."""
        text = text.replace("\r\n", "\n").strip()
        if self.length is not None and len(text) > self.length:
            message = _("Shorten this to {limit} characters; it has {count}.")
            raise ValidationError(message.format(limit=self.length, count=len(text)))
        return text


class CodeAnswer(_Typed):
    """A code of a shipped list, typed or picked from its suggestions by code or name."""

    empty = ""

    def __init__(self, *, system: str, is_open: bool = False, **kwargs: Any) -> None:
        super().__init__(attrs={"list": f"codes-{system}", "class": "code"}, **kwargs)
        self.system = system
        self.is_open = is_open

    def read(self, text: str) -> str:
        """The code; a name is read as its code."""
        folded = text.strip().casefold()
        for row in codes(self.system):
            if folded in (row.code.casefold(), row.name.casefold()):
                return row.code
        if self.is_open:
            return text.strip()
        message = _("“{text}” is not on the list. Type a part of the name and pick from the list.")
        raise ValidationError(message.format(text=_short(text)))


class ChoiceAnswer(Answer):
    """One of a few codes, as a list to choose from."""

    empty: Any = ""

    def __init__(self, *, choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(widget=forms.Select(), **kwargs)
        self.known = {str(code): (code, label) for code, label in choices}
        listed: list[Any] = [
            ("", "–"),
            *((code, label) for code, (_c, label) in self.known.items()),
        ]
        if self.takes_reason:
            reasons = [(reason.value, reason.label) for reason in MissingReason]
            listed.append((gettext_lazy("No answer, because:"), reasons))
        self.widget.choices = listed

    def clean(self, value: Any) -> Any:
        """A code of this list comes before a reason of the same name ("unknown")."""
        if isinstance(value, str) and value in self.known:
            return self.known[value][0]
        return super().clean(value)

    def read(self, text: str) -> Any:
        """The code itself; anything else was not offered."""
        raise ValidationError(_("“{text}” is not on the list.").format(text=_short(text)))

    def words(self, typed: Any) -> str:
        """The label."""
        reason = reason_of(str(typed or ""))
        if typed in self.known:
            return str(self.known[typed][1])
        return str(reason.label) if reason is not None else super().words(typed)

    def show(self, value: Any) -> str:
        """The code, or the reason's code."""
        if isinstance(value, MissingReason):
            return value.value
        return "" if value is None else str(value)


class YesNoAnswer(ChoiceAnswer):
    """Yes, no, or why neither can be said."""

    empty = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))], **kwargs
        )

    def clean(self, value: Any) -> Any:
        """True, False, a reason or None."""
        answer = super().clean(value)
        return {"true": True, "false": False}.get(answer, answer)

    def show(self, value: Any) -> str:
        """ "true" or "false"."""
        return code_of(value) if isinstance(value, bool) else super().show(value)


class RowAnswer(Answer):
    """Another row of the case, chosen by its number."""

    def __init__(self, *, rows: Sequence[ClinicalRow], words: Any = str, **kwargs: Any) -> None:
        super().__init__(widget=forms.Select(), takes_reason=False, **kwargs)
        self.rows = {str(getattr(row, "number", "")): row for row in rows}
        self.widget.choices = [
            ("", "–"),
            *((number, words(row)) for number, row in self.rows.items()),
        ]

    def read(self, text: str) -> ClinicalRow:
        """The row of that number."""
        if text not in self.rows:
            raise ValidationError(_("There is no such row any more. Choose another one."))
        return self.rows[text]

    def write(self, value: Any) -> str:
        """Its number."""
        return str(value.number)


class SeveralAnswer(Answer):
    """Any number of codes, as check boxes; ``clean`` gives the codes in the order of the list."""

    def __init__(self, *, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        listed = list(choices)
        super().__init__(
            widget=forms.CheckboxSelectMultiple(choices=listed), takes_reason=False, **kwargs
        )
        self.codes = [code for code, _label in listed]

    def clean(self, value: Any) -> list[str]:
        """The codes that are ticked."""
        ticked = set(value or [])
        unknown = ticked - set(self.codes)
        if unknown:
            text = ", ".join(sorted(unknown))
            raise ValidationError(_("“{text}” is not on the list.").format(text=_short(text)))
        if self.required and not ticked:
            raise ValidationError(_("Tick at least one: {field}.").format(field=self.label))
        return [code for code in self.codes if code in ticked]

    def words(self, typed: Any) -> str:
        """The labels."""
        labels = dict(self.widget.choices)
        return ", ".join(str(labels.get(code, code)) for code in typed or []) or "–"

    def show(self, value: Any) -> Any:
        """The codes that are ticked."""
        return list(value or [])
