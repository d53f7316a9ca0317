"""The table of the centres as rows of a file: one head, one way to write a line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from followup.selectors.centres import CentreLine


def centre_columns() -> list[str]:
    """Heads of the columns, in the reader's language."""
    return [
        _("Centre code"),
        _("Centre"),
        _("Enrolled"),
        _("Planned in all"),
        _("Planned up to today"),
        _("Enrolled this month"),
        _("Enrolled in the last 3 months"),
        _("Cases with nothing missing"),
        _("Cases with nothing missing (%)"),
        _("Items missing"),
        _("Values to confirm"),
        _("Visits overdue"),
        _("Oldest overdue visit (days)"),
        _("Corrections open"),
        _("Oldest open correction (days)"),
        _("Lost to follow-up"),
        _("Lost to follow-up (%)"),
        _("Died"),
        _("Withdrawn"),
        _("Last entry (UTC)"),
        _("Last enrolment"),
        _("Cases verified"),
        _("Cases locked"),
        _("Cases signed"),
    ]


def centre_row(line: CentreLine) -> list[Any]:
    """The line as cells in the order of :func:`centre_columns`; None where nothing is known."""
    entry = line.last_entry
    return [
        line.code,
        line.centre.name if line.centre else _("All centres"),
        line.enrolled,
        line.target,
        None if line.expected is None else round(line.expected, 1),
        line.this_month,
        line.last_months,
        line.complete,
        line.percent("complete"),
        line.missing,
        line.unlikely,
        line.overdue,
        line.overdue_days,
        line.questions,
        line.questions_days,
        line.lost,
        line.percent("lost"),
        line.died,
        line.withdrawn,
        None if entry is None else entry.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M"),
        None if line.last_enrolment is None else str(line.last_enrolment),
        line.verified,
        line.locked,
        line.signed,
    ]
