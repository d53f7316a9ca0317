"""Rows of a case in words: what messages, lists and print-outs call them."""

from __future__ import annotations

from registry.models import ClinicalRow, DoseMetric, Phase, Target, TargetLesion


def row_words(row: ClinicalRow) -> str:
    """ "Course 1"; a phase, target or image with the row that it belongs to."""
    name = str(type(row)._meta.verbose_name)
    number = getattr(row, "number", None)
    words = f"{name[:1].upper()}{name[1:]} {number or ''}".rstrip()
    parent = getattr(row, "course", None) if isinstance(row, (Phase, Target, DoseMetric)) else None
    if isinstance(row, TargetLesion):
        parent = row.target
    parent = parent or getattr(row, "assessment", None)
    return f"{row_words(parent)}, {words.lower()}" if parent is not None else words
