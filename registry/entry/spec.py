"""What an entry page is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.functional import Promise

from registry.applicability import Condition
from registry.case import Case
from registry.errors import Finding
from registry.models import ClinicalRow

if TYPE_CHECKING:
    from registry.entry.entry import Entry
    from registry.entry.row_form import RowForm

Words = str | Promise

Presets = Callable[[Case, ClinicalRow | None], Sequence[ClinicalRow]]
"""Rows that a repeated part always shows, filled or not: (case, root row) → new rows."""

Prefill = Callable[[Case, QueryDict], Sequence[ClinicalRow]]
"""New rows that a repeated part begins with on a new page: (case, query of the address) → rows."""

Single = Callable[[Case, ClinicalRow | None], ClinicalRow]
"""The one row of a part that is not the root, saved or new: (case, root row) → row."""

Refuse = Callable[["Entry"], Sequence[Finding]]
"""What a page is refused for, beside the checks of the case."""

Live = Callable[["Entry"], Mapping[str, Any]]
"""What the live part of a page shows: figures from the rows in memory."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that stand together under a title ("" for none)."""

    fields: tuple[str, ...]
    title: Words = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The fields of one table on a page.

    Attributes:
        prefix: begins the names of the part's inputs; unique on the page.
        parent: the field that points to the row the part belongs to: "patient", or the root part's
            table ("course").
        repeats: rows can be added in place; else there is exactly one.
        presets: rows that are always shown, such as one per lesion.
        prefill: rows that a new page begins with; one that is left as it is is not written.
        form: how the fields are read and written, where the plain form is not enough.
        inputs: form fields that stand in for the ones made from the columns, by name.
        needs: fields that must be given on this page although the column may be empty.
        defaults: what a new root row holds before anything is typed: (case, query of the address) →
            values by field.
        root: finds the root row by the key in the address, where it is not found by its number.
        single: finds or makes the row of a part that is not the root, where there may be several.
        is_optional: a new row is written only when something was typed into it.
        when: (prefix of another part, condition on its row) under which the part is shown and
            written; always, when None.
    """

    model: type[ClinicalRow]
    prefix: str
    groups: tuple[Group, ...]
    title: Words = ""
    parent: str = "patient"
    repeats: bool = False
    add_label: Words = ""
    presets: Presets | None = None
    prefill: Prefill | None = None
    form: type[RowForm] | None = None
    inputs: Mapping[str, Callable[[Entry], Any]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    defaults: Callable[[Case, QueryDict], Mapping[str, Any]] | None = None
    root: Callable[[Case, str], ClinicalRow | None] | None = None
    single: Single | None = None
    is_optional: bool = False
    when: tuple[str, Condition] | None = None

    @property
    def shown_when(self) -> Mapping[str, str]:
        """Attributes by which the browser hides the part while it does not apply."""
        if self.when is None:
            return {}
        prefix, condition = self.when
        return condition.attributes() | {"data-when": f"{prefix}-{condition.field}"}

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of all fields, in order."""
        return tuple(name for group in self.groups for name in group.fields)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One form of the registry.

    Attributes:
        key: its name in addresses.
        section: anchor of the patient page to which a person returns after saving.
        parts: the first part without ``repeats`` is the root, if there is one.
        live: figures computed while typing; their template is registry/entry/live/<key>.html.
        beside: values of inputs beside the live figures that steer them and are not saved; their
            template is registry/entry/beside/<key>.html.
        many: a patient may have several of it ("Save and add another").
        only_key: key in the address of a page of which a patient has one.
        refuse: rules that are asked when the page is saved and that the checks do not hold.
        offers: keys of forms that often follow: "Save and add: Toxicity".
    """

    key: str
    title: Words
    section: str
    parts: tuple[Part, ...]
    live: Live | None = None
    beside: Live | None = None
    many: bool = False
    only_key: str = "1"
    refuse: Refuse | None = None
    offers: tuple[str, ...] = ()
    intro: Words = ""

    @property
    def first_key(self) -> str:
        """Key in the address of the form to begin with."""
        if self.root is None:
            return "all"
        return "new" if self.many else self.only_key

    @property
    def root(self) -> Part | None:
        """The part of the row that the page is about; None for pages of repeated rows only."""
        return next((part for part in self.parts if not part.repeats), None)
