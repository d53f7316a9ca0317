"""A report as PDF, tagged and with its own fonts."""

from __future__ import annotations

from pathlib import Path

from analytics.reports.paper import paper_of
from analytics.reports.report import Report
from registry.pdf.typesetting import typeset

FOLDER = Path(__file__).parent


def pdf_bytes(report: Report) -> bytes:
    """The report on paper: PDF/UA-1 where its texts allow (see ``typeset``)."""
    paper = paper_of(report)
    return typeset(
        "report.typ", paper.data, at=report.made_at, folder=FOLDER, drawings=paper.drawings
    )
