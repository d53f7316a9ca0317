"""Rows and parts of an entry page, each with its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.entry.row_form import RowForm
from registry.entry.spec import Part
from registry.models import CLINICAL_MODELS, ClinicalRow, FormMark
from registry.selectors.code_names import site_name

WRITE_ORDER: Mapping[type[ClinicalRow], int] = {
    model: place for place, model in enumerate(CLINICAL_MODELS)
}
"""Parents before children."""


@dataclass
class BoundRow:
    """One row of a part on the page, with its form.

    ``before`` is what the row held when it was read; ``lock`` is what keeps it from being written.
    """

    part: Part
    row: ClinicalRow
    form: RowForm
    seen_version: int | None
    remove: bool = False
    is_added: bool = False
    is_left_out: bool = False
    lock: FormMark | None = None
    before: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.before = held_by(self.row)

    @property
    def prefix(self) -> str:
        """What the names of the row's inputs begin with."""
        return str(self.form.prefix)

    @property
    def is_new(self) -> bool:
        """True when the row is not in the database."""
        return self.row.pk is None

    @property
    def counts(self) -> bool:
        """False for a new row that was left blank or taken away, or does not apply."""
        if self.is_new and (self.part.repeats or self.part.is_optional):
            return not (self.remove or self.is_left_out or self.form.is_blank)
        return not (self.is_new and self.is_left_out)

    @property
    def is_linked(self) -> bool:
        """True when the row points to all that it cannot do without; a new page may not yet."""
        return all(
            column.null
            or not column.is_relation
            or getattr(self.row, column.name, None) is not None
            for column in self.row._meta.concrete_fields
        )

    @property
    def key(self) -> str:
        """What tells the row apart within its part: "n1" for a new one."""
        return self.prefix.removeprefix(f"{self.part.prefix}-")

    @property
    def title(self) -> str:
        """What stands above a repeated row: "Phase 2", "Lesion 1 – thigh, left"."""
        return words_of(getattr(self.row, "lesion", None) if self.part.presets else self.row)

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """(title, fields) of every group, for the template."""
        return [
            (group.title, [self.form[name] for name in group.fields if name in self.form.fields])
            for group in self.part.groups
        ]

    @property
    def removable(self) -> bool:
        """Rows that can be taken back by themselves: the repeated ones that are no presets."""
        return self.part.repeats and self.part.presets is None


def held_by(row: ClinicalRow) -> dict[str, Any]:
    """Content of a row by column, with the reasons for missing values as their own entry."""
    return {
        column.name: getattr(row, column.name)
        for column in row.content_fields()
        if not (column.is_relation and getattr(row, column.attname) is None)
    } | {"missing": dict(row.missing)}


@dataclass
class BoundPart:
    """A part of the page with its rows."""

    part: Part
    rows: list[BoundRow] = field(default_factory=list)
    prefilled: Sequence[ClinicalRow] = ()


def words_of(row: Any) -> str:
    """A row in a list to choose from: "Lesion 1 – thigh, left"."""
    name = str(row._meta.verbose_name)
    words = f"{name[:1].upper()}{name[1:]} {row.number}"
    more = site_name(row) if hasattr(row, "laterality") else ""
    more = more or getattr(row, "label", "") or str(getattr(row, "started_on", "") or "")
    return f"{words} – {more}" if more else words
