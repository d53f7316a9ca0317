"""Rows of the native format, whatever file they come from, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from registry.exchange.entities import Entity, entities
from registry.exchange.table import Fault, Row, Table, TableError

EXPLANATION = "explanation"
"""Table of a template that explains the others; it holds no data."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A row of a file. ``columns`` says from which column of the file each field was read."""

    file: str
    line: int
    cells: Mapping[str, str] = field(repr=False, default_factory=dict)
    columns: Mapping[str, str] | None = field(repr=False, default=None)

    def __str__(self) -> str:
        return f"{self.file}, row {self.line}"

    def column_of(self, name: str) -> str:
        """The column of the file that a field was read from."""
        return name if self.columns is None else self.columns.get(name, name)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a native table as text; ``faults`` are cells that could not even be read."""

    entity: Entity
    cells: Mapping[str, str]
    origin: Origin
    faults: tuple[Fault, ...] = ()
    decimal_comma: bool = False

    @property
    def pseudonym(self) -> str:
        """The patient that the row speaks of; "" for a screening without one."""
        name = "pseudonym" if self.entity.name == "patients" else "patient"
        return self.cells.get(name, "")


def native_records(tables: Iterable[Table]) -> Iterator[Record]:
    """The rows of tables in the native format.

    Raises:
        TableError: a table or a column that the format does not have, or one that it needs.
    """
    for table in tables:
        if table.name.casefold() == EXPLANATION:
            continue
        entity = entities().get(table.name)
        if entity is None:
            raise TableError(
                f"{table.file}: there is no table “{table.name}”; "
                f"tables are {', '.join(entities())}"
            )
        _check_columns(table, entity)
        for row in table.rows:
            yield _record(entity, table, row)


def _check_columns(table: Table, entity: Entity) -> None:
    known = [column.name for column in entity.columns]
    for name in table.columns:
        if name and name not in known:
            raise TableError(
                f"{table.file}, row 1: there is no column “{name}” in {entity.name}; "
                f"columns are {', '.join(known)}"
            )
    for column in entity.columns:
        if column.required and column.name not in table.columns:
            raise TableError(f"{table.file}, row 1: the column “{column.name}” is needed")


def _record(entity: Entity, table: Table, row: Row) -> Record:
    origin = make_origin(entity, table, row)
    return Record(entity, row.cells, origin, row.faults, table.decimal_comma)


def make_origin(
    entity: Entity, table: Table, row: Row, columns: Mapping[str, str] | None = None
) -> Origin:
    """Where a row of this table comes from. Names and record numbers are left behind: what an
    origin holds may be shown in reports."""
    cells = {} if entity.name == "identities" else row.cells
    return Origin(table.file, row.line, cells, columns)
