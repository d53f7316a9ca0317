"""Recognises tables and columns by their names, and brings a mapping to files of other names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from registry.exchange.conversion import columns_read
from registry.exchange.entities import Entity, entities
from registry.exchange.mapping import Mapping
from registry.exchange.records import EXPLANATION
from registry.exchange.table import Table


def folded(name: str) -> str:
    """A name without case, blanks, underscores and signs: "Birth date" and "birth_date" alike."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def is_native(tables: Sequence[Table]) -> bool:
    """Whether every table is one of the native format, with no column that it does not have."""
    return all(
        table.name.casefold() == EXPLANATION
        or (
            table.name in entities()
            and {name for name in table.columns if name} <= entities()[table.name].by_name.keys()
        )
        for table in tables
    )


def table_for(table: Table) -> str:
    """The table of the registry that a table looks like; "" when it looks like none."""
    name = folded(table.name)
    best, most = "", 0
    for entity in entities().values():
        if name in {folded(entity.name), folded(entity.title), folded(entity.model.__name__)}:
            return entity.name
        known = sum(1 for field in columns_for(table.columns, entity).values() if field)
        if known > most:
            best, most = entity.name, known
    return best if most > 1 else ""


def columns_for(columns: Iterable[str], entity: Entity) -> dict[str, str]:
    """Column of the file → column of the entity that it looks like, or ""; none is given twice."""
    known: dict[str, str] = {}
    for column in entity.columns:
        label = column.help.partition(".")[0]
        known.setdefault(folded(label), column.name)
    known |= {folded(column.name): column.name for column in entity.columns}
    for word in ("patient", "pseudonym", "patientid", "subject"):
        known.setdefault(word, "pseudonym" if entity.name == "patients" else "patient")
    found: dict[str, str] = {}
    for name in columns:
        field = known.get(folded(name), "") if name else ""
        found[name] = "" if field in found.values() else field
    return found


def fitted(mapping: Mapping, tables: Sequence[Table]) -> Mapping:
    """The mapping for these files: a source whose file is not there reads the one table left over
    that has all its columns, whatever it is called."""
    there = {table.file for table in tables}
    taken = {source.file for source in mapping.sources.values()} & there
    sources = dict(mapping.sources)
    for name, source in mapping.sources.items():
        if source.file in there:
            continue
        needed = columns_read(mapping, source)
        fits = [t for t in tables if t.file not in taken and needed <= set(t.columns)]
        if len(fits) == 1:
            sources[name] = replace(source, file=fits[0].file)
            taken.add(fits[0].file)
    return replace(mapping, sources=sources)
