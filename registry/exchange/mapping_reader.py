"""Reads a mapping from TOML. What is not understood is refused, never guessed."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path

from registry.exchange.cells import REASON_SIGN, reason_in
from registry.exchange.entities import entities
from registry.exchange.mapping import (
    Combine,
    How,
    Mapping,
    MappingError,
    Rule,
    Skip,
    Source,
    Test,
    Units,
    Value,
    placeholders,
)
from registry.exchange.transforms import TRANSFORMS
from registry.protocols.section import ProtocolError, Section


def read_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file (see docs/import.md).

    Raises:
        MappingError: naming file, key and reason.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name}: {error}") from None
    return mapping_of(text, name=path.name)


def mapping_of(text: str, *, name: str) -> Mapping:
    """The mapping that a text in TOML says; ``name`` stands in messages.

    Raises:
        MappingError: naming key and reason.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError(f"{name}: {error}") from None
    try:
        return _mapping(Section(table, name=name), table)
    except ProtocolError as error:
        raise MappingError(str(error)) from None


def _mapping(top: Section, table: dict[str, object]) -> Mapping:
    day_zero = table.get("day_zero")
    if top.has("day_zero") and type(day_zero) is not dt.date:
        top.refuse("day_zero", "must be a date such as 2000-01-01")
    sources = {name: _source(name, part) for name, part in top.named_sections("sources")}
    mapping = Mapping(
        name=top.name,
        title=top.text("title"),
        day_zero=day_zero if isinstance(day_zero, dt.date) else None,
        missing=_reasons(top, "missing"),
        unused_files=_texts(top, "unused_files"),
        sources=sources,
        rules=tuple(_rule(part, sources, day_zero is not None) for part in top.sections("rows")),
        combine={name: _combine(name, part) for name, part in top.named_sections("combine")},
    )
    top.close()
    return mapping


def _texts(section: Section, key: str) -> dict[str, str]:
    """A table of texts; empty when absent."""
    if not section.has(key):
        return {}
    part = section.section(key)
    return {name: part.text(name) for name in part.keys()}  # noqa: SIM118


def _folded(section: Section, key: str) -> dict[str, str]:
    return {name.casefold(): text for name, text in _texts(section, key).items()}


def _reasons(section: Section, key: str) -> dict[str, str]:
    found = _folded(section, key)
    for name, reason in found.items():
        if reason_in(REASON_SIGN + reason) is None:
            section.refuse(f"{key}.{name}", f"“{reason}” is no reason for a missing value")
    return found


def _columns(section: Section, key: str) -> tuple[str, ...]:
    """One column or a list of columns."""
    try:
        return section.texts(key)
    except ProtocolError:
        return (section.text(key),)


def _words(section: Section, key: str) -> tuple[str, ...]:
    """Words compared without regard to case; none when the key is absent."""
    return tuple(text.casefold() for text in section.texts(key)) if section.has(key) else ()


def _transform(section: Section) -> str:
    if not section.has("transform"):
        return ""
    name = section.text("transform")
    if name not in TRANSFORMS:
        section.refuse("transform", f"there is no “{name}”; there are {', '.join(TRANSFORMS)}")
    return name


def _source(name: str, section: Section) -> Source:
    repeats = section.section("repeats") if section.has("repeats") else None
    skips = section.sections("skip") if section.has("skip") else []
    source = Source(
        name=name,
        file=section.text("file"),
        patient=section.text("patient"),
        transform=_transform(section),
        ignore=_texts(section, "ignore"),
        skip=tuple(_skip(part) for part in skips),
        repeats_alike_in=repeats.texts("alike_in") if repeats else (),
        repeats_because=repeats.text("because") if repeats else "",
    )
    section.close()
    return source


def _skip(section: Section) -> Skip:
    skip = Skip(_tests(section, "when"), section.text("because"))
    section.close()
    return skip


def _tests(section: Section, key: str) -> tuple[Test, ...]:
    if not section.has(key):
        return ()
    part = section.section(key)
    return tuple(_test(part, name) for name in part.keys())  # noqa: SIM118


def _test(section: Section, column: str) -> Test:
    """``column = "a"``, ``column = ["a", "b"]`` or a table of conditions."""
    try:
        part = section.section(column)
    except ProtocolError:
        return Test(column, any_of=tuple(text.casefold() for text in _columns(section, column)))
    filled = (
        part.text("is", pattern="filled|empty", meaning="filled or empty") if part.has("is") else ""
    )
    test = Test(
        column,
        none_of=_words(part, "not"),
        like=part.text("like").casefold() if part.has("like") else "",
        unlike=part.text("unlike").casefold() if part.has("unlike") else "",
        filled={"filled": True, "empty": False}.get(filled),
    )
    part.close()
    return test


def _rule(section: Section, sources: dict[str, Source], counts_days: bool) -> Rule:
    table, source = section.text("table"), section.text("from")
    if table not in entities():
        section.refuse("table", f"there is no “{table}”; there are {', '.join(entities())}")
    if source not in sources:
        section.refuse("from", f"there is no source “{source}”; there are {', '.join(sources)}")
    columns = {column.name for column in entities()[table].columns} - {"patient", "pseudonym"}
    fields: dict[str, tuple[Value, ...]] = {}
    if section.has("fields"):
        part = section.section("fields")
        for name in part.keys():  # noqa: SIM118
            if name not in columns:
                part.refuse(
                    name, f"{table} has no such column; it has {', '.join(sorted(columns))}"
                )
            fields[name] = _ways(part, name, sources)
            if not counts_days and any(way.how is How.DAYS for way in fields[name]):
                part.refuse(name, "counts days, but the mapping names no day_zero")
    rule = Rule(table, source, _tests(section, "only"), fields)
    section.close()
    return rule


def _ways(section: Section, key: str, sources: dict[str, Source]) -> tuple[Value, ...]:
    """A column name, a table saying how, or a list of such tables."""
    try:
        return (Value(How.COLUMN, (section.text(key),)),)
    except ProtocolError:
        pass
    try:
        parts = section.sections(key)
    except ProtocolError:
        parts = [section.section(key)]
    return tuple(_value(part, sources) for part in parts)


def _value(section: Section, sources: dict[str, Source]) -> Value:
    ways = [how for how in How if section.has(how.value)]
    if len(ways) != 1:
        names = ", ".join(how.value for how in How)
        section.refuse("", f"say exactly one of {names}")
    how = ways[0]
    if how is How.COLUMN or how is How.VALUE:
        parts: tuple[str, ...] = (section.text(how.value),)
    else:
        parts = _columns(section, how.value)
    if how is How.TEXT and any(len(placeholders(part)) != 1 for part in parts):
        section.refuse("text", "each part names exactly one column in braces")
    of = section.text("of") if section.has("of") else ""
    if of and of not in sources:
        section.refuse("of", f"there is no source “{of}”")
    value = Value(
        how=how,
        parts=parts,
        of=of,
        without=_words(section, "without"),
        codes=_folded(section, "codes") if section.has("codes") else None,
        transform=_transform(section),
        factor=_decimal(section, "factor") if section.has("factor") else None,
        units=_units(section) if section.has("unit_in") else None,
        decimals=section.whole("decimals", at_least=0) if section.has("decimals") else None,
    )
    section.close()
    return value


def _decimal(section: Section, key: str) -> Decimal:
    return Decimal(str(section.number(key)))


def _decimals(section: Section, key: str) -> dict[str, Decimal]:
    if not section.has(key):
        return {}
    part = section.section(key)
    return {name.casefold(): _decimal(part, name) for name in part.keys()}  # noqa: SIM118


def _units(section: Section) -> Units:
    factors = _decimals(section, "factors")
    if not factors:
        section.refuse("factors", "is missing: say what one unit is in the unit of the field")
    limits = _decimals(section, "without_unit")
    for unit in limits:
        if unit not in factors:
            section.refuse(f"without_unit.{unit}", "is not among the factors")
    return Units(section.text("unit_in"), factors, _reasons(section, "not_a_number"), limits)


def _combine(table: str, section: Section) -> Combine:
    if table not in entities():
        section.refuse("", f"there is no table “{table}”")
    columns = {column.name for column in entities()[table].columns}
    combine = Combine(
        table=table,
        same=section.texts("same"),
        latest=section.text("latest") if section.has("latest") else "",
        because=section.text("because"),
    )
    for name in (*combine.same, *filter(None, [combine.latest])):
        if name not in columns:
            section.refuse("same", f"{table} has no column “{name}”")
    section.close()
    return combine
