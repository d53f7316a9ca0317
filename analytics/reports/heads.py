"""What stands at the head of a report, in every format."""

from __future__ import annotations

import datetime as dt

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
    return _moment(report.made_at)


def known_words(report: Report) -> str:
    """What was on file; "" where that is what was when the report was made."""
    return "" if report.known_at is None else _moment(report.known_at)


def _moment(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{day_text(local.date())}, {local:%H:%M %Z}".rstrip()


def facts(report: Report) -> list[tuple[str, str]]:
    """Study, data cut, what was on file and when it was made, each with its name."""
    on_file = known_words(report)
    return [
        (_("Study"), report.study),
        (_("Data cut"), data_cut_words(report)),
        *([(_("As it was on file"), on_file)] if on_file else []),
        (_("Made"), made_words(report)),
    ]


def document_language(report: Report) -> str:
    """The language that the words are in: English where there is no translation."""
    return report.language if report.language in dict(settings.LANGUAGES) else "en"
