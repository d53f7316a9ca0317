"""Artefacts as Markdown, for documents that are kept as text."""

from __future__ import annotations

import re

from analytics.artefacts.parts import Artefact, Table, numbers_of
from analytics.render.spans import full_labels

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def markdown_text(artefact: Artefact, *, level: int = 2) -> str:
    """The artefact under a heading of that level; a figure is given as its table."""
    blocks = [f"{'#' * level} {escaped(artefact.title)}"]
    if artefact.reason:
        blocks.append(escaped(artefact.reason))
    for part in artefact.parts:
        table = numbers_of(part)
        if part.title != artefact.title:
            blocks.append(f"{'#' * (level + 1)} {escaped(part.title)}")
        blocks.append(table_markdown(table))
        notes = dict.fromkeys((*part.notes, *table.notes))
        blocks.extend(escaped(note) for note in notes)
    return "\n\n".join(blocks) + "\n"


def table_markdown(table: Table) -> str:
    """A pipe table; indented lines begin with em spaces, headings stand in bold."""
    head = [table.stub, *full_labels(table.columns)]
    lines = [
        _line([escaped(label) for label in head]),
        _line(["---", *("---:" if one.is_number else "---" for one in table.columns)]),
    ]
    for row in table.rows:
        label = "\u2003" * row.indent + escaped(row.label)
        cells = [escaped(cell.text) for cell in row.cells] or [""] * len(table.columns)
        lines.append(_line([f"**{label}**" if row.is_heading else label, *cells]))
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Text in which no sign has a meaning of its own, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
