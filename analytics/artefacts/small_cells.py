"""Small counts are hidden from readers of figures: they would tell of single patients.

A count from 1 to 4 is written "< 5" and loses its figure. The other cells of a line that counts
so few are hidden with it where they are estimates. Where one count alone is hidden among lines
that add up, the smallest other one is hidden too, so that nobody finds it by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Cell, Part, Row, Table
from registry.number_text import count_text

LEAST_SHOWN = 5
"""Groups and counts below it are shown to those only who read the cases themselves."""

HIDDEN = "hidden"
"""Value of a cell whose figure is not shown; no other cell has it."""


def too_few_words() -> str:
    """Why nothing is shown of a handful of patients."""
    return _("Fewer than %(least)d patients: nothing is shown that would tell of single ones.") % {
        "least": LEAST_SHOWN
    }


def count_words(n: int) -> str:
    """A count for a sentence, hidden where it is small."""
    if not 0 < n < LEAST_SHOWN:
        return count_text(n)
    return _("fewer than %(least)d") % {"least": LEAST_SHOWN}


def count_cell(n: int) -> Cell:
    """A count that no other count gives away, hidden where it is small."""
    return _hidden(f"< {LEAST_SHOWN}") if 0 < n < LEAST_SHOWN else Cell(count_text(n), n)


def hidden_words(least: int) -> str:
    """What stands in place of a count that is not shown."""
    return _("< %(least)d and *: small counts, and those that would give them away.") % {
        "least": least
    }


def without_small_cells(artefact: Artefact, least: int = LEAST_SHOWN) -> Artefact:
    """The artefact without counts below ``least``; figures that show some become their tables."""
    if artefact.of_one_patient:
        return Artefact(artefact.key, artefact.title, reason=_("This tells of a single patient."))
    return replace(artefact, parts=tuple(_part(part, least) for part in artefact.parts))


def counts_shown(counts: Sequence[int], least: int) -> list[str]:
    """Counts that add up, as texts: as in a table, those below ``least`` are not shown."""
    cells = [Cell(count_text(count), count) for count in counts]
    return [cell.text for cell in _hide_column(cells, [range(len(cells))], least)]


def _part(part: Part, least: int) -> Part:
    if isinstance(part, Table):
        return _table(part, least)
    table = _table(part.table, least)
    if part.steps and all(max(steps.at_risk, default=0) >= least for steps in part.steps):
        # Curves of enough rows are shown to readers of figures on every page, with the numbers
        # at risk at their end.
        return part
    return part if table == part.table else replace(table, notes=(*part.notes, *table.notes))


def _table(table: Table, least: int) -> Table:
    columns = list(zip(*(row.cells for row in table.rows if row.cells), strict=True))
    if not columns:
        return table
    groups = list(_groups(table.rows))
    hidden = [_hide_column(column, groups, least) for column in columns]
    if not any(cell.value == HIDDEN for column in hidden for cell in column):
        return table
    cells = iter(zip(*hidden, strict=True))
    rows = tuple(
        row if row.is_heading else replace(row, cells=_line(next(cells), least))
        for row in table.rows
    )
    return replace(table, rows=rows, notes=(*table.notes, hidden_words(least)))


def _line(cells: tuple[Cell, ...], least: int) -> tuple[Cell, ...]:
    """Estimates beside a first count that is hidden are hidden as well."""
    if cells[0].value != HIDDEN:
        return cells
    return (cells[0], *(_hidden("*") if isinstance(c.value, float) else c for c in cells[1:]))


def _hide_column(column: Sequence[Cell], groups: Sequence[Sequence[int]], least: int) -> list[Cell]:
    cells = [
        _hidden(f"< {least}") if _is_count(cell) and 0 < int(cell.value or 0) < least else cell
        for cell in column
    ]
    for group in groups:
        counts = [place for place in group if _is_count(column[place])]
        if sum(cells[place].value == HIDDEN for place in counts) != 1:
            continue
        others = [p for p in counts if cells[p].value != HIDDEN and cells[p].value != 0]
        if others:
            smallest = min(others, key=lambda place: int(column[place].value or 0))
            cells[smallest] = _hidden("*")
    return cells


def _groups(rows: Sequence[Row]) -> Iterator[list[int]]:
    """Places of neighbouring lines of one indent, which may add up; headings have no place."""
    group: list[int] = []
    place, indent = 0, 0
    for row in rows:
        if row.is_heading or row.indent != indent:
            yield group
            group, indent = [], row.indent
        if not row.is_heading:
            group.append(place)
            place += 1
    yield group


def _is_count(cell: Cell) -> bool:
    return isinstance(cell.value, int)


def _hidden(text: str) -> Cell:
    return Cell(text, HIDDEN)
