"""Reading tables in tests: lines by their labels."""

from __future__ import annotations

from analytics.artefacts.parts import Artefact, Figure, Table


def table(artefact: Artefact, place: int = 0) -> Table:
    """The table at a place of an artefact that has something to show."""
    assert artefact.reason == ""
    part = artefact.parts[place]
    assert isinstance(part, Table)
    return part


def figure(artefact: Artefact, place: int = 0) -> Figure:
    """The figure at a place of an artefact that has something to show."""
    assert artefact.reason == ""
    part = artefact.parts[place]
    assert isinstance(part, Figure)
    return part


def lines(shown: Table) -> list[str]:
    """Each line as text: label (indented as in the table), then its cells, divided by " | "."""
    return [
        " | ".join(["  " * row.indent + row.label, *(cell.text for cell in row.cells)])
        for row in shown.rows
    ]


def line(shown: Table, label: str) -> list[str]:
    """The cells of the only line with that label."""
    found = [row for row in shown.rows if row.label == label]
    assert len(found) == 1, f"{len(found)} lines {label!r} in {[row.label for row in shown.rows]}"
    return [cell.text for cell in found[0].cells]
