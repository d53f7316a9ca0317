"""A report as a document of a word processor, with tables that stay tables."""

from __future__ import annotations

import datetime as dt

from analytics.render.docx import add_artefact, document_bytes, new_document, plain
from analytics.reports.heads import facts, report_title
from analytics.reports.report import Report


def docx_bytes(report: Report) -> bytes:
    """The document: head, then each block under its heading."""
    artefacts = [artefact for block in report.blocks for artefact in block.artefacts]
    document = new_document(
        artefacts,
        title=f"{report_title()}: {report.title}",
        at=report.made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0),
    )
    for name, value in facts(report):
        document.add_paragraph(plain(f"{name}: {value}"))
    for note in report.notes:
        document.add_paragraph(plain(note))
    for block in report.blocks:
        document.add_heading(plain(block.title), level=1)
        for text in block.said:
            document.add_paragraph(plain(text))
        for artefact in block.artefacts:
            if len(block.artefacts) > 1 and artefact.title != block.title:
                document.add_heading(plain(artefact.title), level=2)
            add_artefact(document, artefact)
    return document_bytes(document)
