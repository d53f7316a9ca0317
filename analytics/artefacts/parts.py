"""What an artefact is made of: tables and figures, before anybody chose how to print them.

Texts are in the language in force when the artefact is made. A cell carries the figure at full
precision beside its text, so that files for machines lose nothing by rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

NOT_KNOWN = "–"
"""Text of a cell whose figure is not reached or not known."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and the figure behind it (None where there is none)."""

    text: str
    value: float | int | str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Heading of a column; columns in a row with the same ``group`` share a heading above it."""

    label: str
    group: str = ""
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its label, and one cell per column (none at all for a heading between lines)."""

    label: str
    cells: tuple[Cell, ...] = ()
    indent: int = 0

    @property
    def is_heading(self) -> bool:
        """True for a line that only names those below it."""
        return not self.cells


@dataclass(frozen=True)
class Table:
    """A table with what a reader must know under it.

    Attributes:
        key: name in file names and addresses, such as "characteristics".
        stub: heading of the column of labels.
        columns: all columns but that of the labels.
        notes: units, definitions, tests, what is missing; one paragraph each.

    Raises:
        ValueError: a line that has cells, but not one for each column.
    """

    key: str
    title: str
    stub: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.cells and len(row.cells) != len(self.columns):
                raise ValueError(
                    f"table {self.key}: line {row.label!r} has {len(row.cells)} cells for "
                    f"{len(self.columns)} columns"
                )


@dataclass(frozen=True, slots=True)
class Steps:
    """A curve at full length, for reading it between the ticks of its axis.

    Attributes:
        label: its name among several curves.
        days: ascending days on which something happened.
        estimate, lower, upper: shares from each of these days on; None where not known.
        at_risk: number under observation just before each of these days.
    """

    label: str
    days: tuple[int, ...]
    estimate: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    at_risk: tuple[int, ...]


@dataclass(frozen=True)
class Figure:
    """A drawing with its alternative in numbers.

    Attributes:
        svg: the drawing; ``svg_compact`` the same for narrow screens ("" where one does for both).
        table: the figures behind the drawing, for screen readers and machines.
        notes: what is printed under it.
        steps: its curves, where it has some.
    """

    key: str
    title: str
    svg: str
    table: Table
    svg_compact: str = ""
    notes: tuple[str, ...] = ()
    steps: tuple[Steps, ...] = ()


Part = Table | Figure


def numbers_of(part: Part) -> Table:
    """The part as a table: of a figure the figures behind it."""
    return part.table if isinstance(part, Figure) else part


@dataclass(frozen=True)
class Artefact:
    """A thing of a paper made again: ``parts`` in the order in which they are read.

    ``reason`` says why there is nothing to show; then there are no parts. ``of_one_patient`` is
    true where the figures are those of a single patient: only roles that may read rows see them.
    """

    key: str
    title: str
    parts: tuple[Part, ...] = ()
    reason: str = ""
    of_one_patient: bool = False
