"""A report as one HTML file that holds its own style and fetches nothing."""

from __future__ import annotations

from django.template.loader import render_to_string

from analytics.reports.heads import document_language, facts, report_title
from analytics.reports.report import Report


def html_text(report: Report) -> str:
    """The file; a policy inside it forbids scripts and everything from elsewhere."""
    return render_to_string(
        "analytics/report/file.html",
        {
            "report": report,
            "heading": report_title(),
            "facts": facts(report),
            "language": document_language(report),
        },
    )
