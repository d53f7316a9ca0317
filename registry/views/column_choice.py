"""The drop-downs of an import: for each table and column of the files, what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registry.exchange.entities import entities
from registry.exchange.mapping_writer import TableChoice, mapping_text
from registry.exchange.recognise import columns_for, table_for
from registry.exchange.table import Table

EXAMPLES = 3
_PATIENT = ("patient", "pseudonym")


@dataclass(frozen=True)
class ColumnChoice:
    """One column of a file: its name, the first words in it, and the field chosen for it."""

    name: str
    control: str
    examples: str
    field: str


@dataclass(frozen=True)
class Choice:
    """One table of the files, and the table of the registry that its rows become ("": none)."""

    number: int
    file: str
    control: str
    table: str
    columns: list[ColumnChoice]

    @property
    def tables(self) -> list[tuple[str, str]]:
        """The tables that can be chosen."""
        return [("", _("Do not read"))] + [(one.name, one.title) for one in entities().values()]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields that can be chosen for a column."""
        if not self.table:
            return []
        nothing = [("", _("Do not read"))]
        return nothing + [
            (column.name, f"{column.name} – {column.help.partition('.')[0]}")
            for column in entities()[self.table].columns
        ]


def choices_of(tables: Sequence[Table], sent: Mapping[str, str]) -> list[Choice]:
    """The choices that were sent; for what was not sent, what the names look like.

    A table for which another table of the registry was chosen than its columns were shown for
    gets new proposals.
    """
    return [_choice(number, table, sent) for number, table in enumerate(tables)]


def _choice(number: int, table: Table, sent: Mapping[str, str]) -> Choice:
    control = f"table-{number}"
    chosen = sent.get(control, table_for(table))
    chosen = chosen if chosen in entities() else ""
    columns: list[ColumnChoice] = []
    if chosen:
        known = entities()[chosen].by_name
        proposed = columns_for(table.columns, entities()[chosen])
        as_shown = sent.get(f"{control}-shown") == chosen
        for place, name in enumerate(table.columns):
            if not name:
                continue
            at = f"{control}-{place}"
            field = sent.get(at, "") if as_shown else proposed[name]
            words = [row.cells.get(name, "") for row in table.rows]
            examples = ", ".join(list(dict.fromkeys(filter(None, words)))[:EXAMPLES])
            columns.append(ColumnChoice(name, at, examples[:80], field if field in known else ""))
    return Choice(number, table.file, control, chosen, columns)


def problems_of(choices: Sequence[Choice]) -> list[str]:
    """What is still to be chosen."""
    read = [choice for choice in choices if choice.table]
    if not read:
        return [_("Choose a table of the registry for at least one of the files.")]
    problems = []
    for choice in read:
        entity = entities()[choice.table]
        fields = [column.field for column in choice.columns if column.field]
        if not set(fields) & set(_PATIENT):
            text = _("{file}: choose the column with the pseudonym of the patient.")
            problems.append(text.format(file=choice.file))
        problems += [
            _("{file}: choose a column for “{field}”, which is needed.").format(
                file=choice.file, field=name
            )
            for name in entity.required
            if name not in (*fields, *_PATIENT)
        ]
        problems += [
            _("{file}: “{field}” is chosen for two columns.").format(file=choice.file, field=name)
            for name in dict.fromkeys(fields)
            if fields.count(name) > 1
        ]
    return problems


def text_of(choices: Sequence[Choice], title: str) -> str:
    """The choices as a mapping in TOML."""
    return mapping_text(
        title,
        (
            TableChoice(
                choice.file,
                choice.table,
                tuple(column.name for column in choice.columns),
                {column.name: column.field for column in choice.columns},
            )
            for choice in choices
        ),
        not_read=_("not chosen"),
    )
