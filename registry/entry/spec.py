"""What an entry page is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.functional import Promise

from registry.applicability import Condition
from registry.case import Case
from registry.models import ClinicalRow

if TYPE_CHECKING:
    from registry.entry.entry import Entry
    from registry.entry.row_form import RowForm

Words = str | Promise

Presets = Callable[[Case, ClinicalRow | None], Sequence[ClinicalRow]]
"""Rows that a repeated part always shows, filled or not: (case, root row) → new rows."""

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
        form: how the fields are read and written, where the plain form is not enough.
        inputs: form fields that stand in for the ones made from the columns, by name.
        needs: fields that must be given on this page although the column may be empty.
        defaults: what a new root row holds before anything is typed: (case, query of the address) →
            values by field.
        root: finds the root row by the key in the address, where it is not found by its number.
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
    form: type[RowForm] | None = None
    inputs: Mapping[str, Callable[[Entry], Any]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    defaults: Callable[[Case, QueryDict], Mapping[str, Any]] | None = None
    root: Callable[[Case, str], ClinicalRow | None] | None = None
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
        many: a patient may have several of it ("Save and add another").
    """

    key: str
    title: Words
    section: str
    parts: tuple[Part, ...]
    live: Live | None = None
    many: bool = False
    intro: Words = ""

    @property
    def first_key(self) -> str:
        """Key in the address of the form to begin with."""
        if self.root is None:
            return "all"
        return "new" if self.many else "1"

    @property
    def root(self) -> Part | None:
        """The part of the row that the page is about; None for pages of repeated rows only."""
        return next((part for part in self.parts if not part.repeats), None)
