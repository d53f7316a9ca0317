"""Everything that a form holds, in words: what is read before signing, and printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from registry.case import Case
from registry.case_forms import FormKey, first_rows, key_of, rows_of
from registry.entry.row_form import CODE_LISTS
from registry.models import Baseline, Centre, ClinicalRow, Patient, Phase
from registry.models.choices import MissingReason
from registry.selectors.code_names import code_name
from registry.selectors.row_words import row_words
from registry.templatetags.patient import comorbidity_words
from registry.templatetags.values import plain


@dataclass(frozen=True)
class Item:
    """A column of a row: its name and what it holds, or the reason why it holds nothing."""

    label: str
    text: str
    is_missing: bool = False


@dataclass(frozen=True)
class RowContent:
    """A row: what it holds, and the names of the columns that nobody has filled in."""

    words: str
    items: list[Item]
    blank: list[str]


@dataclass(frozen=True)
class FormContent:
    """A form: its first row, then the rows that hang on it."""

    key: FormKey
    words: str
    rows: list[RowContent]


def contents_of(case: Case, key: FormKey, *, own_centre: bool) -> list[FormContent]:
    """A form of a case, or all of them for the whole case.

    Outside of the patient's own centre the birth date is a year.
    """
    rows: dict[FormKey, list[ClinicalRow]] = {}
    for row in rows_of(case, key):
        rows.setdefault(key_of(row), []).append(row)
    return [
        FormContent(
            form,
            row_words(first),
            [_content(row, own_centre=own_centre) for row in rows[form]],
        )
        for form, first in first_rows(case).items()
        if form in rows
    ]


def _content(row: ClinicalRow, *, own_centre: bool) -> RowContent:
    items, blank = [], []
    for name, label in _columns(row):
        text = _text(row, name, own_centre=own_centre)
        reason = row.reason_missing(name)
        if text:
            items.append(Item(label, text))
        elif reason in MissingReason.values:
            items.append(Item(label, str(MissingReason(reason).label), is_missing=True))
        else:
            blank.append(label)
    return RowContent(row_words(row), items, blank)


def _columns(row: ClinicalRow) -> Iterator[tuple[str, str]]:
    """Names and labels of the columns that a reader is shown: not those that lead upwards."""
    above = row.patient_path.split("__")[0]
    for column in row.content_fields():
        if column.name in (above, "number") or column.related_model in (Patient, Centre):
            continue
        label = str(column.verbose_name)
        yield column.name, label[:1].upper() + label[1:] if label[:1].isascii() else label


def _text(row: ClinicalRow, name: str, *, own_centre: bool) -> str:
    held: Any = getattr(row, name)
    if isinstance(row, Phase) and name == "target" and held is None:
        return _("All targets")
    if held is None or held == "":
        return ""
    if isinstance(row, Patient) and name == "birth_date" and not own_centre:
        return str(held.year)
    if isinstance(row, Baseline) and name == "comorbidities":
        return comorbidity_words(held)
    if isinstance(held, ClinicalRow):
        return row_words(held)
    system = CODE_LISTS.get((row.entity(), name))
    if system is not None and code_name(system, held) != held:
        return f"{code_name(system, held)} ({held})"
    return plain(row, name, _places(held))


def _places(held: Any) -> int:
    """As many decimals as the number has."""
    exponent = held.normalize().as_tuple().exponent if isinstance(held, Decimal) else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
