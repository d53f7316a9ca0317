"""A table in plain text, for commands."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.artefacts.parts import Table
from analytics.render.spans import spans
from analytics.text_table import text_table


def table_lines(table: Table) -> Iterator[str]:
    """Title, aligned columns with indented labels, and the notes below."""
    yield table.title
    yield ""
    labels = [table.stub, *(column.label for column in table.columns)]
    empty = [""] * len(table.columns)
    lines = [
        ["  " * row.indent + row.label, *([cell.text for cell in row.cells] or empty)]
        for row in table.rows
    ]
    above = [""]
    for group, width in spans(table.columns):
        above += [group, *[""] * (width - 1)]
    # Headings above several columns stand over the first of these.
    yield text_table(above, [labels, *lines]) if len(above) > 1 else text_table(labels, lines)
    yield from table.notes
