"""A report as plain data for the template ``report.typ``: what goes where on the paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Figure, Part, Table
from analytics.render.spans import spans
from analytics.reports.column_widths import (
    ON_ITS_SIDE,
    TIGHT,
    UPRIGHT,
    column_widths,
    lines_of,
    longest_words,
)
from analytics.reports.heads import data_cut_words, document_language, facts, report_title
from analytics.reports.report import Block, Report

WIDTH_MM = 150.0
"""Of a drawing by itself."""
BESIDE_MM = 84.0
"""Of drawings side by side, for narrow screens: their type is larger."""
HIGHEST_MM, HIGHEST_LYING_MM = 225.0, 145.0
"""Of a drawing, so that its caption fits on the page too."""
MOST_LINES, MOST_LINES_LYING = 36, 22
"""Up to so many lines of text a table stays on one page, together with its notes."""
ALT_CHARACTERS = 1500

_VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


@dataclass
class Paper:
    """The data of the template, and the drawings that it refers to by their place."""

    data: dict[str, Any]
    drawings: list[str] = field(default_factory=list)


def paper_of(report: Report) -> Paper:
    """The report for the template."""
    drawings: list[str] = []
    sections = [_section(block, drawings) for block in report.blocks]
    data = {
        "title": report.title,
        "heading": report_title(),
        "language": document_language(report),
        "facts": [list(fact) for fact in facts(report)],
        "notes": list(report.notes),
        "running": [f"{report_title()}, {report.study}", data_cut_words(report)],
        "words": {
            "contents": _("Contents"),
            "page": _("Page"),
            "of": _("of"),
            "table": _("Table"),
            "figure": pgettext("numbered drawing", "Figure"),
        },
        "sections": sections,
    }
    return Paper(data, drawings)


def _section(block: Block, drawings: list[str]) -> dict[str, Any]:
    parts = [part for artefact in block.artefacts for part in _parts(artefact)]
    runs = [list(run) for _kind, run in groupby(parts, key=lambda part: isinstance(part, Figure))]
    # One page that lies on its side among upright ones leaves two half empty: all of it lies.
    lies = any(map(_is_beside, runs)) or any(
        sum(longest_words(part)) > TIGHT for part in parts if isinstance(part, Table)
    )
    return {
        "title": block.title,
        "said": list(block.said),
        "failed": block.failed,
        "lies": lies,
        "runs": [
            {
                "beside": _is_beside(run),
                "items": [_item(part, drawings, lies=lies, beside=_is_beside(run)) for part in run],
            }
            for run in runs
        ],
    }


def _parts(artefact: Artefact) -> Iterator[Part | Artefact]:
    """Its tables and drawings; itself where it says why there are none."""
    if artefact.reason:
        yield artefact
    yield from artefact.parts


def _is_beside(run: Sequence[Part | Artefact]) -> bool:
    """Several drawings in a row, which stand side by side."""
    return len(run) > 1 and all(isinstance(one, Figure) and one.svg_compact for one in run)


def _item(
    part: Part | Artefact, drawings: list[str], *, lies: bool, beside: bool
) -> dict[str, Any]:
    if isinstance(part, Artefact):
        return {"kind": "reason", "title": part.title, "text": part.reason}
    if isinstance(part, Table):
        return _table(part, lies=lies)
    drawings.append(part.svg_compact if beside else part.svg)
    widest = BESIDE_MM if beside else WIDTH_MM
    highest = HIGHEST_LYING_MM if lies else HIGHEST_MM
    return _figure(part, len(drawings) - 1, drawn_width_mm(drawings[-1], widest, highest))


def _figure(figure: Figure, drawing: int, width_mm: float) -> dict[str, Any]:
    return {
        "kind": "figure",
        "title": figure.title,
        "drawing": drawing,
        "width": width_mm,
        "alt": in_words(figure),
        "notes": list(figure.notes),
    }


def drawn_width_mm(svg: str, widest: float, highest: float) -> float:
    """Width of a drawing on the page: the widest, or less where it would be too high."""
    found = _VIEW_BOX.search(svg)
    if found is None:
        return widest
    return min(widest, highest * float(found[1]) / float(found[2]))


def in_words(figure: Figure) -> str:
    """The numbers behind a drawing as a text, for who does not see it; cut where it is long."""
    heads = [column.label for column in figure.table.columns]
    lines = [
        f"{row.label}: "
        + ", ".join(f"{head} {cell.text}" for head, cell in zip(heads, row.cells, strict=False))
        for row in figure.table.rows
    ]
    text = f"{figure.title}. {figure.table.stub}: {'; '.join(lines)}"
    return text if len(text) <= ALT_CHARACTERS else text[: ALT_CHARACTERS - 1] + "…"


def _table(table: Table, *, lies: bool) -> dict[str, Any]:
    table = _glued(table)
    above = spans(table.columns)
    least = sum(longest_words(table))
    room = ON_ITS_SIDE if lies else TIGHT if least > UPRIGHT else UPRIGHT
    widths = column_widths(table, room)
    return {
        "kind": "table",
        "title": table.title,
        "tight": least > UPRIGHT and not lies,
        "cramped": least > room,
        "whole": lines_of(table, widths) <= (MOST_LINES_LYING if lies else MOST_LINES),
        "share": min(1.0, sum(widths) / room),
        "widths": widths,
        "numeric": [False, *(column.is_number for column in table.columns)],
        "above": [[label, width] for label, width in above],
        "heads": [table.stub, *(column.label for column in table.columns)],
        "groups": _groups(table),
        "notes": list(table.notes),
    }


def _glued(table: Table) -> Table:
    """The percent sign stays on the line of its figure, where longer words leave less room."""
    if (get_language() or "en").startswith("en"):
        return table
    rows = (
        replace(
            row, cells=tuple(replace(c, text=c.text.replace(" %", "\u00a0%")) for c in row.cells)
        )
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def _groups(table: Table) -> list[dict[str, Any]]:
    """Lines under the heading that they stand under; the first group may have none."""
    groups: list[dict[str, Any]] = [{"heading": None, "rows": []}]
    for row in table.rows:
        if row.is_heading:
            groups.append({"heading": row.label, "indent": row.indent, "rows": []})
        else:
            cells = [row.label, *(cell.text for cell in row.cells)]
            groups[-1]["rows"].append({"indent": row.indent, "cells": cells})
    return [group for group in groups if group["rows"] or group["heading"] is not None]
