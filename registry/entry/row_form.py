"""The form of one row: its fields made from the columns, its answers laid into the row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models

from registry.applicability import applies, condition_of
from registry.case import Case
from registry.entry.answers import (
    Answer,
    ChoiceAnswer,
    CodeAnswer,
    DateAnswer,
    NumberAnswer,
    RowAnswer,
    TextAnswer,
    YesNoAnswer,
)
from registry.entry.spec import Part
from registry.fields import PartialDateField
from registry.models import ClinicalRow
from registry.models.choices import MissingReason
from registry.protocols.vocabulary import Form
from registry.services.records import RowWrite

if TYPE_CHECKING:
    from registry.entry.entry import Entry

FREE_TEXT = frozenset({"comment", "description", "label", "cause_text", "attempts", "contact"})
"""Texts that may stay empty without anybody asking why."""

CODE_LISTS = {
    ("disease", "site"): "region_site",
    ("disease", "topography"): "icdo3_topography",
    ("disease", "morphology"): "icdo3_morphology",
    ("lesion", "site"): "region_site",
    ("lesion", "topography"): "icdo3_topography",
    ("dose_metric", "structure"): "tg263",
}
"""Columns that hold codes of a shipped list, by table and column."""

OPEN_LISTS = frozenset({"tg263"})
"""Lists that suggest: other names are taken as they are typed."""


FORMS = frozenset(form.value for form in Form)
"""Tables of which a protocol may require fields."""


class RowForm(forms.Form):
    """Fields of one row of a part.

    ``row`` is the row in memory: after :meth:`lay` it holds what was typed as far as it is valid.
    """

    use_required_attribute = False
    fields: dict[str, Answer]  # type: ignore[assignment]

    def __init__(
        self,
        *,
        part: Part,
        row: ClinicalRow,
        entry: Entry,
        prefix: str,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.part = part
        self.row = row
        self.entry = entry
        for name in part.fields:
            made = part.inputs.get(name)
            self.fields[name] = made(entry) if made else self.make(name)
        for name, field in self.fields.items():
            field.required = field.required or name in part.needs
            self.initial[name] = field.show(self.shown(name))
        self._mark_conditions()
        self._mark_wanted()

    def make(self, name: str) -> Answer:
        """The form field of a column."""
        return answer_for(self.row, name, self.entry)

    def shown(self, name: str) -> Any:
        """What stands in a field before anything is typed: the row's value or reason."""
        reason = self.row.reason_missing(name)
        if reason in MissingReason.values:
            return MissingReason(reason)
        return getattr(self.row, name)

    @property
    def is_blank(self) -> bool:
        """True when nothing was typed into a new row."""
        if self.row.pk is not None:
            return False
        for name, field in self.fields.items():
            typed = field.widget.value_from_datadict(self.data, {}, self.add_prefix(name))
            if (typed or field.empty) not in (field.empty, "", None, []) and (
                typed != self.initial[name]
            ):
                return False
        return True

    def is_answered(self, name: str, value: Any) -> bool:
        """True for a value whose change needs a reason: one that answers a question."""
        return value not in (None, "") and self.row._meta.get_field(name).editable

    def lay(self) -> None:
        """Put the valid answers into the row.

        A field that does not apply is emptied, unless its value does no harm (an imported size of
        a tumour bed is not lost because the form does not ask for it).
        """
        if not self.is_bound:
            return
        self.is_valid()
        for name, answer in self.cleaned_data.items():
            self.put(name, answer)
        for name in self.fields:
            if name in self.row_columns and not applies(self.row, name):
                condition = condition_of(self.row.entity(), name)
                if condition is None or condition.is_strict:
                    self.put(name, None)
                self.errors.pop(name, None)

    def put(self, name: str, answer: Any) -> None:
        """Put one answer into the row: a value, or a reason why there is none."""
        column = self.row._meta.get_field(name)
        missing = {key: why for key, why in self.row.missing.items() if key != name}
        if isinstance(answer, MissingReason):
            missing[name] = answer.value
            answer = None
        if answer in ("", None):
            answer = None if column.null else ""
        # A relation that a row cannot do without keeps what it has: the error is told at the field.
        if not (answer == "" and column.is_relation):
            setattr(self.row, name, answer)
        self.row.missing = missing

    @property
    def row_columns(self) -> set[str]:
        """Names of the fields that are columns of the row's table."""
        return {field.name for field in self.row._meta.concrete_fields}

    def lay_links(self, case: Case) -> None:
        """Put rows beside the own one into the case as it is typed; none for most forms."""

    def extra_writes(self, reason: str) -> Iterable[RowWrite]:
        """Writes beside the own row's (links to other rows); none for most forms."""
        return ()

    def _mark_wanted(self) -> None:
        """Say in the page which fields the protocol requires: a value, or why there is none."""
        protocol, entity = self.entry.protocol, self.row.entity()
        if protocol is not None and entity in FORMS:
            for name in protocol.required_fields(Form(entity)):
                if name in self.fields:
                    self.fields[name].is_wanted = True

    def _mark_conditions(self) -> None:
        """Say in the page which fields hang on the answer to another one."""
        for name, field in self.fields.items():
            condition = condition_of(self.row.entity(), name)
            if condition is not None and condition.field in self.fields:
                when = {"data-when": self.add_prefix(condition.field)}
                field.shown_when = condition.attributes() | when


def answer_for(row: ClinicalRow, name: str, entry: Entry) -> Answer:
    """The form field for a column, by its type."""
    column: Any = row._meta.get_field(name)
    common: dict[str, Any] = {
        "label": _capitalised(str(column.verbose_name)),
        "help_text": column.help_text,
        "required": not column.blank and not column.has_default(),
        "takes_reason": column.blank and name not in FREE_TEXT,
    }
    if isinstance(column, models.ForeignKey):
        del common["takes_reason"]
        rows = entry.rows_of(column.related_model)  # type: ignore[arg-type]
        return RowAnswer(rows=rows, words=entry.words_of, **common)
    if isinstance(column, PartialDateField):
        return DateAnswer(**common)
    if isinstance(column, models.BooleanField):
        return YesNoAnswer(**common)
    if column.choices:
        return ChoiceAnswer(choices=column.choices, **common)
    system = CODE_LISTS.get((row.entity(), name))
    if system is not None:
        return CodeAnswer(system=system, is_open=system in OPEN_LISTS, **common | {"help_text": ""})
    if isinstance(column, models.DecimalField):
        return NumberAnswer(places=column.decimal_places, digits=column.max_digits, **common)
    if isinstance(column, models.IntegerField):
        return NumberAnswer(places=0, **common)
    lines = 3 if isinstance(column, models.TextField) else 1
    return TextAnswer(length=column.max_length, lines=lines, **common)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1].isascii() else text
