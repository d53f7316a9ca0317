"""Artefacts as parts of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from analytics.artefacts.parts import Artefact, Figure, Table, numbers_of
from analytics.render.spans import spans

Links = Mapping[str, Sequence[tuple[str, str]]]
"""Key of a part → words and address of its files."""


def artefact_html(artefact: Artefact, links: Links | None = None) -> SafeString:
    """Tables with captions and scopes, figures with their tables to unfold, notes under both.

    Args:
        links: files of the parts, offered below them.
    """
    parts = [
        {
            "figure": part if isinstance(part, Figure) else None,
            "table": _table(numbers_of(part)),
            "is_named_above": part.title == artefact.title,
            "notes": part.notes,
            "links": (links or {}).get(part.key, ()),
        }
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
