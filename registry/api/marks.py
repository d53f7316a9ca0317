"""Marks of a case's forms in JSON: complete, verified, locked, signed."""

from __future__ import annotations

from typing import Any

from registry.models import Patient
from registry.selectors.marks import ShownMark, marks_of


def shown_marks(patient: Patient) -> list[dict[str, Any]]:
    """Every mark of the patient, oldest first, also those that were ended."""
    return [_shown(one) for one in marks_of(patient).shown]


def _shown(one: ShownMark) -> dict[str, Any]:
    mark = one.mark
    return {
        "kind": mark.kind,
        "entity": mark.entity,
        "row": mark.row_id,
        "form": one.words,
        "person": str(mark.by) if mark.by is not None else None,
        "at": mark.at,
        "meaning": mark.meaning or None,
        "content_sha256": mark.content_sha256,
        "holds": one.holds,
        "ended_at": mark.ended_at,
        "end_reason": mark.end_reason or None,
    }
