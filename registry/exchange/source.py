"""Everything that uploaded files say: tables as they are, records of them, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from registry.exchange.conversion import converted_records
from registry.exchange.ledger import Ledger
from registry.exchange.mapping_reader import mapping_of
from registry.exchange.recognise import fitted
from registry.exchange.records import EXPLANATION, Record, native_records
from registry.exchange.table import Row, Table
from registry.exchange.uploaded import read_uploaded


@dataclass
class Source:
    """Tables and the records made of them; ``ledger`` knows which rows and columns are unused."""

    tables: list[Table]
    records: list[Record]
    ledger: Ledger

    @property
    def files(self) -> dict[str, Table]:
        """The tables by the name of their place."""
        return {table.file: table for table in self.tables}

    @cached_property
    def _by_line(self) -> dict[str, dict[int, Row]]:
        return {table.file: {row.line: row for row in table.rows} for table in self.tables}

    def cells(self, file: str, line: int) -> list[str]:
        """What stands in a row of a file, in the order of its columns."""
        table = self.files[file]
        row = self._by_line[file][line]
        return [row.cells.get(name, "") for name in table.columns]


def read_source(
    files: Iterable[tuple[str, bytes]],
    *,
    mapping: str,
    title: str = "",
    first: int | None = None,
) -> Source:
    """Read files, given as name and contents, natively or by a mapping in TOML.

    Args:
        first: read no more than so many rows of each table.

    Raises:
        TableError: a file cannot be read, or lacks a column that is needed.
        MappingError: the text is no mapping.
    """
    tables = read_uploaded(files, first=first)
    ledger = Ledger()
    if mapping:
        read = fitted(mapping_of(mapping, name=title or "mapping"), tables)
        records = converted_records(read, tables, ledger)
    else:
        for table in tables:
            if table.name.casefold() == EXPLANATION:
                ledger.unused_file(table.file, len(table.rows), "explains the other tables")
            else:
                ledger.read(table)
        records = list(native_records(tables))
    return Source(tables, records, ledger)
