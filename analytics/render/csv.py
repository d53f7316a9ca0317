"""A table as CSV: every cell as shown and, in a column of its own, at full precision."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils.translation import gettext as _

from analytics.artefacts.parts import Table
from analytics.render.spans import full_labels
from registry.csv_safe import safe_row


def csv_rows(table: Table) -> tuple[list[str], list[list[Any]]]:
    """Heading and lines.

    A second column "… (figure)" follows where a column has figures that its text does not show in
    full. The line under which an indented one stands is named before it ("Extremity / Thigh").
    """
    with_figures = [
        any(
            row.cells
            and row.cells[place].value is not None
            and str(row.cells[place].value) != row.cells[place].text
            for row in table.rows
        )
        for place in range(len(table.columns))
    ]
    head = [table.stub]
    for label, figures in zip(full_labels(table.columns), with_figures, strict=True):
        head.append(label)
        if figures:
            head.append(_("%(column)s (figure)") % {"column": label})
    lines: list[list[Any]] = []
    path: list[str] = []
    for row in table.rows:
        path = [*path[: row.indent], row.label]
        if row.is_heading:
            continue
        line: list[Any] = [" / ".join(path)]
        for cell, figures in zip(row.cells, with_figures, strict=True):
            line.append(cell.text)
            if figures:
                line.append(cell.value)
        lines.append(line)
    return head, lines


def csv_text(table: Table) -> str:
    """The file's text; cells that a spreadsheet would run as a formula are made harmless."""
    head, lines = csv_rows(table)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(safe_row(head))
    writer.writerows(safe_row(line) for line in lines)
    return text.getvalue()
