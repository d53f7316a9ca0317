"""What stands at the head of a report, in every format."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reports.report import Report
from registry.templatetags.values import day_text


def report_title() -> str:
    """What a report is called."""
    return _("Outcome report")


def data_cut_words(report: Report) -> str:
    """Up to which day facts count."""
    if report.data_cut is None:
        return _("All facts on file")
    return _("Data cut %(day)s") % {"day": day_text(report.data_cut)}


def made_words(report: Report) -> str:
    """Day and minute in the time zone in force."""
    made_at = timezone.localtime(report.made_at)
    return f"{day_text(made_at.date())}, {made_at:%H:%M %Z}".rstrip()


def facts(report: Report) -> list[tuple[str, str]]:
    """Study, data cut and when it was made, each with its name."""
    return [
        (_("Study"), report.study),
        (_("Data cut"), data_cut_words(report)),
        (_("Made"), made_words(report)),
    ]


def document_language(report: Report) -> str:
    """The language that the words are in: English where there is no translation."""
    return report.language if report.language in dict(settings.LANGUAGES) else "en"
