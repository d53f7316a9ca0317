"""Tables as text: rows of cells by column, whatever file they come from.

Every cell comes out as the text a person would have typed; what it means is decided by whoever
knows the column. Nothing is evaluated: a formula in a workbook is a fault of its row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MAX_COLUMNS = 2_000
MAX_ROWS = 2_000_000
MAX_CELL_CHARACTERS = 32_767
"""The most that a cell of a workbook can hold."""

# White space that people do not see, but that makes two texts differ.
_BLANKS = " \t\r\n\u00a0\ufeff"


class TableError(ValueError):
    """A file cannot be read as a table; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one cell cannot be taken as it is."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (as a text editor or Excel counts), its cells by column."""

    line: int
    cells: dict[str, str]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of one file or of one sheet of a workbook.

    ``name`` is the file name without suffix, or the name of the sheet; ``file`` names the place in
    messages; ``decimal_comma`` is true for files whose cells are parted by semicolons, as
    spreadsheets of countries with a decimal comma write them.
    """

    name: str
    file: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    decimal_comma: bool = False


def trim(text: str) -> str:
    """The text without white space around it."""
    return text.strip(_BLANKS)


def header(cells: Sequence[str], *, file: str, line: int) -> tuple[str, ...]:
    """The column names of a header row; "" for an empty column between others.

    Raises:
        TableError: there is none, there are too many, or two columns bear one name.
    """
    names = [trim(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise TableError(f"{file}: no column names")
    if len(names) > MAX_COLUMNS:
        raise TableError(f"{file}, row {line}: {len(names)} columns are more than {MAX_COLUMNS}")
    seen: set[str] = set()
    for name in names:
        if name and name.casefold() in seen:
            raise TableError(f"{file}, row {line}: two columns are called “{name}”")
        if len(name) > 300:
            raise TableError(f"{file}, row {line}: the column name “{name[:40]}…” is too long")
        seen.add(name.casefold())
    return tuple(names)


def make_row(
    columns: Sequence[str], cells: Sequence[str], line: int, faults: Iterable[Fault] = ()
) -> Row | None:
    """A row of trimmed cells; None for a blank line.

    Cells beyond the header, cells under an unnamed column, cells that are too long and cells with
    control characters become faults of the row.
    """
    found = list(faults)
    values: dict[str, str] = {}
    for index, cell in enumerate(cells):
        text = trim(cell)
        name = columns[index] if index < len(columns) else ""
        if not name:
            if text:
                place = f"column {index + 1}"
                found.append(Fault(place, _short(text), _("there is no column name above it")))
            continue
        if len(text) > MAX_CELL_CHARACTERS:
            reason = _("has {number} characters, more than {most}").format(
                number=len(text), most=MAX_CELL_CHARACTERS
            )
            found.append(Fault(name, _short(text), reason))
            text = ""
        elif not text.isprintable() and any(_is_control(sign) for sign in text):
            found.append(Fault(name, _short(text), _("holds a control character")))
            text = ""
        values[name] = text
    if not found and not any(values.values()):
        return None
    return Row(line, values, tuple(found))


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) == "Cc" and sign not in "\t\r\n"


def _short(text: str) -> str:
    text = "".join(sign if sign.isprintable() else "�" for sign in text)
    return text if len(text) <= 60 else f"{text[:60]}…"
