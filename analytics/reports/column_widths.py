"""How wide the columns of a table are on paper: as those of a web page, from their words.

Measured in characters. Every column gets room for its longest word; what is left over goes to the
columns in proportion to how much wider they would like to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil

from analytics.artefacts.parts import Table

UPRIGHT = 112.0
"""Characters of a line of a table on an upright page, with the gaps between columns."""
TIGHT = 130.0
"""The same in smaller type."""
ON_ITS_SIDE = 168.0
"""The same as upright on a page that lies on its side."""
GAP = 2.6
NOTE = 140
"""Characters of a line of notes."""
LONGEST_WORD = 20
"""Longer words are broken (registry.pdf.typesetting)."""
LONGEST_CELL = 80
_WORD = re.compile(r"(?:\S|\u00a0)+")
"""No line ends at a no-break space."""


def column_widths(table: Table, room: float) -> list[float]:
    """Characters for the labels and for each column, together no more than there is room for."""
    least, liked = longest_words(table), _longest_texts(table)
    left = room - sum(least)
    asked = [max(0.0, more - word) for more, word in zip(liked, least, strict=True)]
    if left <= 0 or not any(asked):
        return least
    share = min(1.0, left / sum(asked))
    return [word + share * more for word, more in zip(least, asked, strict=True)]


def longest_words(table: Table) -> list[float]:
    """Room that each column needs at least."""
    return [
        GAP
        + max(
            (min(len(word), LONGEST_WORD) for text in texts for word in _WORD.findall(text)),
            default=1,
        )
        for texts in _columns(table)
    ]


def lines_of(table: Table, widths: Sequence[float]) -> int:
    """Lines of text of the table in columns of these widths, heads and notes among them."""
    texts = [[column.label for column in table.columns]]
    texts += [[row.label, *(cell.text for cell in row.cells)] for row in table.rows]
    rows = sum(
        max(ceil(len(text) / width) for text, width in zip(row, widths, strict=False))
        for row in texts
        if row
    )
    return rows + sum(ceil(len(note) / NOTE) for note in table.notes)


def _longest_texts(table: Table) -> list[float]:
    return [
        GAP + min(max((len(text) for text in texts), default=1), LONGEST_CELL)
        for texts in _columns(table)
    ]


def _columns(table: Table) -> Iterator[list[str]]:
    lines = [row for row in table.rows if row.cells]
    yield [table.stub, *("  " * row.indent + row.label for row in lines)]
    for place, column in enumerate(table.columns):
        yield [column.label, *(row.cells[place].text for row in lines)]
