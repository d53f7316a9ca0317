"""A mapping as typed data: how the columns of outside files become fields of the registry."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from registry.exchange.table import Row


class MappingError(ValueError):
    """A mapping file that cannot be accepted: names file, key and reason."""


class How(StrEnum):
    """How a value comes about."""

    COLUMN = "column"
    VALUE = "value"
    DAYS = "days"
    TEXT = "text"
    LARGEST_OF = "largest_of"


@dataclass(frozen=True, slots=True)
class Units:
    """Numbers with a unit in another column, brought to the unit of the field.

    ``factors``: unit → factor. ``not_a_number``: units that are none of this quantity → reason why
    the value is missing. ``without_unit``: largest number that is plausible in each unit, tried in
    this order when the unit is not stated.
    """

    column: str
    factors: dict[str, Decimal]
    not_a_number: dict[str, str]
    without_unit: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Value:
    """One way to a field's value; of several the first that says something counts.

    ``parts`` are column names, or the value itself, or pieces of text with column names in braces.
    ``of`` names another source whose row of the same patient is read; ``without`` lists words that
    say nothing.
    """

    how: How
    parts: tuple[str, ...]
    of: str = ""
    without: tuple[str, ...] = ()
    codes: dict[str, str] | None = None
    transform: str = ""
    factor: Decimal | None = None
    units: Units | None = None
    decimals: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        if self.how is How.VALUE:
            return ()
        if self.how is How.TEXT:
            return tuple(name for part in self.parts for name in placeholders(part))
        return (*self.parts, *((self.units.column,) if self.units else ()))


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one column; texts are compared without regard to case."""

    # Not a test case, whatever its name makes a test runner think.
    __test__ = False

    column: str
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    like: str = ""
    unlike: str = ""
    filled: bool | None = None

    def holds(self, row: Row) -> bool:
        """Whether the row meets the condition."""
        text = row.cells.get(self.column, "").casefold()
        if self.any_of and text not in self.any_of:
            return False
        if self.none_of and text in self.none_of:
            return False
        if self.like and not is_like(text, self.like):
            return False
        if self.unlike and is_like(text, self.unlike):
            return False
        return self.filled is None or bool(text) is self.filled


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows that are not carried over, and why."""

    when: tuple[Test, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Source:
    """An outside table: its file, the column that names the patient, what is left out and why."""

    name: str
    file: str
    patient: str
    transform: str = ""
    ignore: dict[str, str] = field(default_factory=dict)
    skip: tuple[Skip, ...] = ()
    repeats_alike_in: tuple[str, ...] = ()
    repeats_because: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of a source, or some of them, become rows of a table of the registry."""

    table: str
    source: str
    only: tuple[Test, ...]
    fields: dict[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Combine:
    """Rows of one table that come from several rules and say the same are one row.

    Rows alike in ``same`` are one; the first stays, or the one with the latest ``latest``.
    """

    table: str
    same: tuple[str, ...]
    latest: str
    because: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. ``day_zero`` is the day from which days are counted."""

    name: str
    title: str
    day_zero: dt.date | None
    missing: dict[str, str]
    unused_files: dict[str, str]
    sources: dict[str, Source]
    rules: tuple[Rule, ...]
    combine: dict[str, Combine]


def is_like(text: str, pattern: str) -> bool:
    """Whether the text fits the pattern, in which * stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def placeholders(text: str) -> list[str]:
    """The column names between braces."""
    return [part.partition("}")[0] for part in text.split("{")[1:]]
