"""Artefacts as JSON and back: texts as shown, figures at full precision, drawings as files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from analytics.artefacts.parts import Artefact, Cell, Column, Figure, Part, Row, Steps, Table

Drawings = dict[str, str]
"""Name of the file → SVG."""


def as_json(artefact: Artefact, drawings: Drawings) -> dict[str, Any]:
    """Plain data; the drawings of its figures are added to ``drawings`` and named."""
    return {
        "key": artefact.key,
        "title": str(artefact.title),
        "reason": str(artefact.reason),
        "of_one_patient": artefact.of_one_patient,
        "parts": [_part(part, drawings) for part in artefact.parts],
    }


def from_json(data: Mapping[str, Any], drawings: Mapping[str, str]) -> Artefact:
    """The artefact that was written.

    Raises:
        KeyError: something is missing, such as a drawing.
    """
    return Artefact(
        key=data["key"],
        title=data["title"],
        parts=tuple(_read_part(part, drawings) for part in data["parts"]),
        reason=data["reason"],
        of_one_patient=data["of_one_patient"],
    )


def _part(part: Part, drawings: Drawings) -> dict[str, Any]:
    if isinstance(part, Table):
        return _table(part)
    names = {"svg": f"figures/{part.key}.svg"}
    drawings[names["svg"]] = part.svg
    if part.svg_compact:
        names["svg_compact"] = f"figures/{part.key}-compact.svg"
        drawings[names["svg_compact"]] = part.svg_compact
    return {
        "key": part.key,
        "title": str(part.title),
        **names,
        "table": _table(part.table),
        "notes": [str(note) for note in part.notes],
        "steps": [
            {
                "label": steps.label,
                "days": [_plain(value) for value in steps.days],
                "estimate": [_plain(value) for value in steps.estimate],
                "lower": [_plain(value) for value in steps.lower],
                "upper": [_plain(value) for value in steps.upper],
                "at_risk": [_plain(value) for value in steps.at_risk],
            }
            for steps in part.steps
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": str(table.title),
        "stub": str(table.stub),
        "columns": [
            {"label": str(one.label), "group": str(one.group), "is_number": one.is_number}
            for one in table.columns
        ],
        "rows": [
            {
                "label": str(row.label),
                "indent": row.indent,
                "cells": [
                    {"text": str(cell.text), "value": _plain(cell.value)} for cell in row.cells
                ],
            }
            for row in table.rows
        ],
        "notes": [str(note) for note in table.notes],
    }


def _plain(value: Any) -> float | int | str | None:
    """A figure that JSON knows: numbers of NumPy as such, none for what is no number."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value if value is None or isinstance(value, int | float) else str(value)


def _read_part(data: Mapping[str, Any], drawings: Mapping[str, str]) -> Part:
    if "svg" not in data:
        return _read_table(data)
    return Figure(
        key=data["key"],
        title=data["title"],
        svg=drawings[data["svg"]],
        table=_read_table(data["table"]),
        svg_compact=drawings[data["svg_compact"]] if "svg_compact" in data else "",
        notes=tuple(data["notes"]),
        steps=tuple(
            Steps(**{name: _tuple(value) for name, value in steps.items()})
            for steps in data["steps"]
        ),
    )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read_table(data: Mapping[str, Any]) -> Table:
    return Table(
        key=data["key"],
        title=data["title"],
        stub=data["stub"],
        columns=tuple(Column(**column) for column in data["columns"]),
        rows=tuple(
            Row(row["label"], tuple(Cell(**cell) for cell in row["cells"]), row["indent"])
            for row in data["rows"]
        ),
        notes=tuple(data["notes"]),
    )
