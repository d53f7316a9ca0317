"""Artefacts as parts of a page."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from analytics.artefacts.parts import Artefact, Figure, Table
from analytics.render.spans import spans


def artefact_html(artefact: Artefact) -> SafeString:
    """Tables with captions and scopes, figures with their tables to unfold, notes under both."""
    parts = [
        {"figure": part, "table": _table(part.table), "notes": part.notes}
        if isinstance(part, Figure)
        else {"figure": None, "table": _table(part), "notes": part.notes}
        for part in artefact.parts
    ]
    return render_to_string(
        "analytics/artefacts/artefact.html", {"artefact": artefact, "parts": parts}
    )


def _table(table: Table) -> dict[str, Any]:
    """What the template goes through: each cell with whether its column holds numbers."""
    numeric = [column.is_number for column in table.columns]
    return {
        "title": table.title,
        "stub": table.stub,
        "spans": spans(table.columns),
        "columns": table.columns,
        "width": len(table.columns) + 1,
        "rows": [
            {
                "label": row.label,
                "indent": row.indent,
                "is_heading": row.is_heading,
                "cells": [
                    (cell.text, is_number)
                    for cell, is_number in zip(row.cells, numeric, strict=False)
                ],
            }
            for row in table.rows
        ],
    }
