"""Expected visits on the pages of the facts: worklist, next visit, visits of a patient.

The facts' room may not import the duties, so its pages take these parts in as template tags.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from followup import selectors
from followup.models import ExpectedVisit
from followup.schedules import VisitStatus
from registry.models import Patient
from registry.protocols.vocabulary import Item, TimePoint, label
from registry.scope import current_scope
from registry.templatetags.values import day_text

register = template.Library()

ROWS_SHOWN = 50

OPEN = frozenset({VisitStatus.PLANNED, VisitStatus.DUE, VisitStatus.OVERDUE})
"""Visits that can be entered."""

FORM_OF_STEP = {Item.SURGERY.value: "treatment", Item.RADIOTHERAPY.value: "courses"}
"""Treatment step that a protocol expects → the form of the grid in which it is entered."""

FORM_OF_ANCHOR = {
    TimePoint.FIRST_RT_DAY.value: "courses",
    TimePoint.LAST_RT_DAY.value: "courses",
    TimePoint.SURGERY.value: "treatment",
    TimePoint.DIAGNOSIS.value: "disease",
    TimePoint.ENROLMENT.value: "screening",
}
"""Day that a visit counts from → the form of the grid in which it is entered."""


@dataclass(frozen=True)
class WorklistTable:
    """One part of the worklist as the page shows it."""

    ident: str
    state: str
    title: str
    nothing: str
    part: selectors.WorklistPart
    ticks: str = ""
    """Ident of the form by which several are said to be missed; "" for none."""


@dataclass(frozen=True)
class VisitLine:
    """One expected visit of a patient.

    ``address`` is that of its form, ``word_address`` of the page on which something is said about
    it; "" for none.
    """

    visit: ExpectedVisit
    state: str
    word: str
    notes: str
    address: str
    word_address: str


@register.simple_tag(takes_context=True)
def visit_worklist(context: template.Context) -> dict[str, Any]:
    """The visits that the signed-in person has to see to; for people of a study, counts too."""
    today = timezone.localdate()
    listed = selectors.worklist(context["request"].user, today, limit=ROWS_SHOWN)
    scope = current_scope()
    may_tick = any(row.is_own_centre for row in listed.overdue.rows)
    return {
        "today": today,
        "speaks": bool(scope and scope.centre_ids),
        "centres": selectors.per_centre_counts(today) if scope and scope.study_ids else [],
        "tables": [
            WorklistTable(
                "overdue",
                "overdue",
                _("Overdue"),
                _("No visit is overdue."),
                listed.overdue,
                ticks="missed" if may_tick else "",
            ),
            WorklistTable(
                "week",
                "due",
                _("Due this week"),
                _("No visit is due this week."),
                listed.this_week,
            ),
            WorklistTable(
                "later",
                "planned",
                _("Next 30 days"),
                _("No further window opens in the next 30 days."),
                listed.later,
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


@register.inclusion_tag("followup/_worklist.html")
def worklist(visits: dict[str, Any]) -> dict[str, Any]:
    """The tables of :func:`visit_worklist`."""
    return visits


@register.simple_tag
def visit_address(row: selectors.WorklistRow) -> str:
    """Where a line of the worklist is done: the form of the visit, or of the date it waits for.

    Who does not enter cases at the patient's centre is led to the patient's page.
    """
    steps = [FORM_OF_STEP[item] for item in row.items if item in FORM_OF_STEP]
    if row.is_own_centre and steps:
        return reverse("followup:form", args=[steps[0], row.pseudonym])
    if row.is_own_centre and row.status is not VisitStatus.WAITING:
        names = ["assessment", "new", row.pseudonym]
        return reverse("registry:enter", args=names, query={"visit": row.key})
    if row.is_own_centre and row.anchor in FORM_OF_ANCHOR:
        return reverse("followup:form", args=[FORM_OF_ANCHOR[row.anchor], row.pseudonym])
    return f"{reverse('registry:patient', args=[row.pseudonym])}#visits"


@register.simple_tag
def word_address(
    row: selectors.WorklistRow, rows: list[selectors.WorklistRow], number: int, ident: str
) -> str:
    """Where it is said why a visit is not as expected; from there back to the line below it.

    The visit is the one of that number (from 1) in the part ``ident`` of the worklist.
    """
    place = f"visit-{rows[number].pk}" if number < len(rows) else ident
    back = f"{reverse('registry:home')}#{place}"
    return reverse("followup:visit_word", args=[row.pk], query={"next": back})


@register.simple_tag
def visit_line(visit: ExpectedVisit, patient: Patient, today: dt.date) -> VisitLine:
    """A visit in words, with the addresses for people who enter cases at its centre."""
    return _line(visit, today, patient, may_enter=True)


@register.simple_tag
def anchor_words(row: selectors.WorklistRow) -> str:
    """The date that a visit waits for: "Last day of radiotherapy"."""
    words = str(_(label(TimePoint(row.anchor)))) if row.anchor in set(TimePoint) else ""
    return words[:1].upper() + words[1:]


@register.simple_tag
def worklist_word(row: selectors.WorklistRow, today: dt.date) -> str:
    """The state of a worklist row with its days: "12 days overdue", "Opens in 5 days"."""
    return status_word(row.status, row.window_start, row.window_end, today)


@register.inclusion_tag("followup/_expected_visits.html", takes_context=True)
def expected_visits(context: template.Context, patient: Patient) -> dict[str, Any]:
    """All expected visits of a patient by date, with the reasons of the schedule.

    People who may enter (``may_enter`` of the page) are led from an open one to its form.
    """
    today = timezone.localdate()
    may_enter = bool(context.get("may_enter"))
    visits = selectors.visits_of(patient)
    return {
        "lines": [_line(visit, today, patient, may_enter) for visit in visits],
        "unscheduled": selectors.unscheduled_of(patient, visits) if visits else [],
        "may_enter": may_enter,
        "log_link": _log_link(patient),
    }


def _log_link(patient: Patient) -> SafeString:
    """To what was sent about the patient's visits."""
    address = reverse("followup:send_log", query={"patient": patient.pseudonym})
    return format_html('<a href="{}">{}</a>', address, _("Reminders sent"))


def _line(visit: ExpectedVisit, today: dt.date, patient: Patient, may_enter: bool) -> VisitLine:
    status = visit.status_on(today)
    may_say = may_enter and (status in OPEN or status is VisitStatus.WAITING or visit.is_spoken_of)
    return VisitLine(
        visit=visit,
        state=str(status),
        word=status_word(status, visit.window_start, visit.window_end, today),
        notes="; ".join(note.text(_, day_text) for note in visit.notes),
        address=_form_address(visit, patient) if may_enter and status in OPEN else "",
        word_address=reverse("followup:visit_word", args=[visit.pk]) if may_say else "",
    )


def _form_address(visit: ExpectedVisit, patient: Patient) -> str:
    """The form of a new assessment for the visit; of a treatment step, the treatment's."""
    form, key, query = "assessment", "new", {"visit": visit.key}
    if visit.key.startswith("step-"):
        is_surgery = Item.SURGERY.value in visit.requirements
        form, key, query = ("treatment", "all", {}) if is_surgery else ("course", "new", {})
    return reverse("registry:enter", args=[form, key, patient.pseudonym], query=query)


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
