"""Expected visits on the pages of the facts: worklist, next visit, visits of a patient.

The facts' room may not import the duties, so its pages take these parts in as template tags.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from followup import selectors
from followup.models import ExpectedVisit
from followup.schedules import VisitStatus
from registry.models import Patient
from registry.scope import current_scope
from registry.templatetags.values import day_text

register = template.Library()

ROWS_SHOWN = 50


@dataclass(frozen=True)
class WorklistTable:
    """One part of the worklist as the page shows it."""

    ident: str
    state: str
    title: str
    nothing: str
    part: selectors.WorklistPart


@dataclass(frozen=True)
class VisitLine:
    """One expected visit of a patient as the page shows it."""

    visit: ExpectedVisit
    state: str
    word: str
    notes: str


@register.inclusion_tag("followup/_worklist.html", takes_context=True)
def worklist(context: template.Context) -> dict[str, Any]:
    """What the signed-in person has to see to; for people of a study, the counts per centre too."""
    today = timezone.localdate()
    listed = selectors.worklist(context["request"].user, today, limit=ROWS_SHOWN)
    scope = current_scope()
    return {
        "today": today,
        "centres": selectors.per_centre_counts(today) if scope and scope.study_ids else [],
        "tables": [
            WorklistTable(
                "overdue", "overdue", _("Overdue"), _("No visit is overdue."), listed.overdue
            ),
            WorklistTable("due", "due", _("Due now"), _("No visit is due now."), listed.due),
            WorklistTable(
                "soon",
                "planned",
                _("Next 30 days"),
                _("No window opens in the next 30 days."),
                listed.soon,
            ),
            WorklistTable(
                "waiting",
                "waiting",
                _("Waiting for a date"),
                _("No schedule waits for a date."),
                listed.waiting,
            ),
        ],
    }


@register.simple_tag
def worklist_word(row: selectors.WorklistRow, today: dt.date) -> str:
    """The state of a worklist row with its days: "12 days overdue", "Opens in 5 days"."""
    return status_word(row.status, row.window_start, row.window_end, today)


@register.simple_tag
def next_visits(patients: Iterable[Patient]) -> dict[int, ExpectedVisit]:
    """By patient id, the open visit that comes first; one query for all patients of a page."""
    return selectors.next_visits(patients)


@register.inclusion_tag("components/status.html")
def visit_mark(visit: ExpectedVisit) -> dict[str, Any]:
    """State of a visit as shape and word; a planned one by its target date."""
    today = timezone.localdate()
    status = visit.status_on(today)
    if status is VisitStatus.PLANNED and visit.target is not None:
        return {"state": "planned", "word": day_text(visit.target)}
    return {
        "state": str(status),
        "word": status_word(status, visit.window_start, visit.window_end, today),
    }


@register.filter
def of_patient(visits: dict[int, ExpectedVisit], patient_id: int) -> ExpectedVisit | None:
    """The visit of one patient out of :func:`next_visits`."""
    return visits.get(patient_id)


@register.inclusion_tag("followup/_expected_visits.html")
def expected_visits(patient: Patient) -> dict[str, Any]:
    """All expected visits of a patient by date, with the reasons of the schedule."""
    today = timezone.localdate()
    return {"lines": [_line(visit, today) for visit in selectors.visits_of(patient)]}


def _line(visit: ExpectedVisit, today: dt.date) -> VisitLine:
    status = visit.status_on(today)
    return VisitLine(
        visit=visit,
        state=str(status),
        word=status_word(status, visit.window_start, visit.window_end, today),
        notes="; ".join(note.text(_, day_text) for note in visit.notes),
    )


def status_word(
    status: VisitStatus, opens: dt.date | None, closes: dt.date | None, today: dt.date
) -> str:
    """A status in words, with the days that matter for it."""
    if status is VisitStatus.OVERDUE and closes is not None:
        days = (today - closes).days
        return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}
    if status is VisitStatus.PLANNED and opens is not None:
        days = (opens - today).days
        return ngettext("Opens in %(days)d day", "Opens in %(days)d days", days) % {"days": days}
    return {
        VisitStatus.WAITING: _("Waiting for a date"),
        VisitStatus.PLANNED: _("Planned"),
        VisitStatus.DUE: _("Due"),
        VisitStatus.OVERDUE: _("Overdue"),
        VisitStatus.DONE: _("Done"),
        VisitStatus.MISSED: _("Missed"),
        VisitStatus.CANCELLED: _("Cancelled"),
    }[status]
