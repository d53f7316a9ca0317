"""Writes the mapping that a person chose by drop-downs as TOML, to be read like any other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_PATIENT = frozenset({"patient", "pseudonym"})


@dataclass(frozen=True)
class TableChoice:
    """What becomes of one table: ``fields`` say for columns of the file which field they are.

    ``table`` is a table of the registry, or "" when the file is not read.
    """

    file: str
    table: str
    columns: tuple[str, ...]
    fields: Mapping[str, str]

    @property
    def patient(self) -> str:
        """The column with the pseudonym; "" when none was chosen."""
        return next((name for name, field in self.fields.items() if field in _PATIENT), "")


def mapping_text(title: str, choices: Iterable[TableChoice], *, not_read: str) -> str:
    """TOML of a mapping in which each chosen column is a field of the registry as it stands."""
    choices = list(choices)
    read = [choice for choice in choices if choice.table]
    left = [choice for choice in choices if not choice.table]
    lines = [f"title = {_text(title)}"]
    if left:
        lines += ["", "[unused_files]"]
        lines += [f"{_text(choice.file)} = {_text(not_read)}" for choice in left]
    for number, choice in enumerate(read, start=1):
        lines += ["", f"[sources.table_{number}]", f"file = {_text(choice.file)}"]
        lines += [f"patient = {_text(choice.patient)}"]
        unread = [name for name in choice.columns if name and not choice.fields.get(name)]
        if unread:
            lines += ["", f"[sources.table_{number}.ignore]"]
            lines += [f"{_text(name)} = {_text(not_read)}" for name in unread]
    for number, choice in enumerate(read, start=1):
        lines += ["", "[[rows]]", f"table = {_text(choice.table)}", f'from = "table_{number}"']
        lines += ["[rows.fields]"]
        lines += [
            f"{field} = {_text(name)}"
            for name, field in choice.fields.items()
            if field and field not in _PATIENT
        ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A TOML string: as in JSON, but for the one control character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
