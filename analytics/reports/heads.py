"""What stands at the head of a report, in every format."""

from __future__ import annotations

import datetime as dt

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


def made_words(made_at: dt.datetime) -> str:
    """Day and minute in the time zone of ``made_at``."""
    return f"{day_text(made_at.date())}, {made_at:%H:%M %Z}".rstrip()
