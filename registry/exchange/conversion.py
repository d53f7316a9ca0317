"""Applies a mapping: rows of outside tables become rows of the native format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from registry.exchange.entities import entities
from registry.exchange.ledger import Ledger
from registry.exchange.mapping import Combine, Mapping, Rule, Source, is_like
from registry.exchange.records import Record, make_origin
from registry.exchange.table import Fault, Row, Table, TableError
from registry.exchange.values import Saying, Values


def converted_records(mapping: Mapping, tables: Iterable[Table], ledger: Ledger) -> list[Record]:
    """The native rows that the mapping makes of the tables; what is left out goes to the ledger.

    Raises:
        TableError: a file or a column that the mapping reads is not there.
    """
    found = _sources(mapping, list(tables), ledger)
    kept: dict[str, list[Row]] = {}
    for name, table in found.items():
        kept[name] = _kept_rows(mapping.sources[name], table, ledger)
    patients = {name: _by_patient(mapping.sources[name], rows) for name, rows in kept.items()}
    values = Values(mapping, patients)
    records: list[Record] = []
    for rule in mapping.rules:
        table = found[rule.source]
        for row in kept[rule.source]:
            if all(test.holds(row) for test in rule.only):
                records.append(_record(mapping, rule, table, row, values))
    for combine in mapping.combine.values():
        records = _combined(records, combine, ledger)
    return _numbered(records)


def _sources(mapping: Mapping, tables: list[Table], ledger: Ledger) -> dict[str, Table]:
    by_file = {table.file: table for table in tables}
    for source in mapping.sources.values():
        if source.file not in by_file:
            raise TableError(
                f"{mapping.name} reads {source.file}, which is not there; "
                f"there are {', '.join(by_file)}"
            )
        _columns(mapping, source, by_file[source.file], ledger)
    used = {source.file for source in mapping.sources.values()}
    for table in tables:
        if table.file in used:
            continue
        reasons = [why for like, why in mapping.unused_files.items() if is_like(table.file, like)]
        ledger.unused_file(table.file, len(table.rows), reasons[0] if reasons else "")
    return {name: by_file[source.file] for name, source in mapping.sources.items()}


def _columns(mapping: Mapping, source: Source, table: Table, ledger: Ledger) -> None:
    """Every column of a table is read, left out with a reason, or reported as neither."""
    read = columns_read(mapping, source)
    for name in sorted(read):
        if name not in table.columns:
            raise TableError(f"{table.file}: {mapping.name} reads the column “{name}”: not there")
    for name in table.columns:
        if name in read or not name:
            continue
        filled = sum(1 for row in table.rows if row.cells.get(name))
        reasons = [why for like, why in source.ignore.items() if is_like(name, like)]
        ledger.unused_column(table.file, name, filled, reasons[0] if reasons else "")


def columns_read(mapping: Mapping, source: Source) -> set[str]:
    """The columns of a source without which the mapping cannot work."""
    read = {source.patient, *source.repeats_alike_in}
    read |= {test.column for skip in source.skip for test in skip.when}
    for rule in mapping.rules:
        if rule.source == source.name:
            read |= {test.column for test in rule.only}
        for ways in rule.fields.values():
            for way in ways:
                if (way.of or rule.source) == source.name:
                    read |= set(way.columns)
    return read


def _kept_rows(source: Source, table: Table, ledger: Ledger) -> list[Row]:
    """The rows of a source without those that the mapping skips and those that repeat another."""
    ledger.read(table)
    kept: list[Row] = []
    first: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        skip = next((s for s in source.skip if all(test.holds(row) for test in s.when)), None)
        if skip is not None:
            ledger.ignore(table.file, row.line, skip.because)
            continue
        alike = tuple(row.cells.get(name, "") for name in source.repeats_alike_in)
        if any(alike):
            at = (row.cells.get(source.patient, ""), *alike)
            if at in first:
                ledger.ignore(table.file, row.line, f"{source.repeats_because} (row {first[at]})")
                continue
            first[at] = row.line
        kept.append(row)
    return kept


def _by_patient(source: Source, rows: list[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.cells.get(source.patient, "").casefold(), []).append(row)
    return groups


def _record(mapping: Mapping, rule: Rule, table: Table, row: Row, values: Values) -> Record:
    source = mapping.sources[rule.source]
    entity = entities()[rule.table]
    patient = "pseudonym" if rule.table == "patients" else "patient"
    cells: dict[str, str] = {}
    columns: dict[str, str] = {patient: source.patient}
    used = {source.patient}
    faults: list[Fault] = []
    try:
        cells[patient] = values.changed(row.cells.get(source.patient, ""), source.transform)
    except ValueError as error:
        faults.append(Fault(source.patient, row.cells.get(source.patient, ""), str(error)))
    for name, ways in rule.fields.items():
        said = Saying()
        for way in ways:
            used |= set(way.columns)
            try:
                said = values.say(way, row, source)
            except ValueError as error:
                column = way.columns[0] if way.columns else name
                faults.append(Fault(column, row.cells.get(column, ""), str(error)))
                break
            if said.text:
                break
        text = said.text or said.reason
        if text:
            cells[name] = text
        columns[name] = said.column or next((c for way in ways for c in way.columns), name)
    faults += [fault for fault in row.faults if fault.column in used]
    origin = make_origin(entity, table, row, columns)
    return Record(entity, cells, origin, tuple(faults), table.decimal_comma)


def _combined(records: list[Record], combine: Combine, ledger: Ledger) -> list[Record]:
    """Without the rows of the table that say what another row says."""
    chosen: dict[tuple[str, ...], Record] = {}
    for record in records:
        if record.entity.name == combine.table:
            at = tuple(record.cells.get(name, "") for name in combine.same)
            other = chosen.get(at)
            later = (
                combine.latest
                and other is not None
                and (record.cells.get(combine.latest, "") > other.cells.get(combine.latest, ""))
            )
            if other is None or later:
                chosen[at] = record
    kept: list[Record] = []
    for record in records:
        at = tuple(record.cells.get(name, "") for name in combine.same)
        if record.entity.name != combine.table or chosen[at] is record:
            kept.append(record)
        else:
            ledger.combine(record.entity.name, record.origin, combine.because, chosen[at].origin)
    return kept


def _numbered(records: Iterable[Record]) -> list[Record]:
    """Rows that the mapping gives no number get the next one within what they belong to."""
    used: dict[tuple[str, ...], set[str]] = {}
    records = list(records)
    for record in records:
        if "number" in record.cells:
            used.setdefault(_place(record), set()).add(record.cells["number"])
    return list(_with_numbers(records, used))


def _place(record: Record) -> tuple[str, ...]:
    above = [name for name in record.entity.key if name != "number"]
    return (record.entity.name, record.pseudonym, *(record.cells.get(name, "") for name in above))


def _with_numbers(
    records: Iterable[Record], used: dict[tuple[str, ...], set[str]]
) -> Iterator[Record]:
    for record in records:
        if "number" in record.entity.key and "number" not in record.cells:
            taken = used.setdefault(_place(record), set())
            number = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
            taken.add(number)
            record = replace(record, cells={**record.cells, "number": number})
        yield record
