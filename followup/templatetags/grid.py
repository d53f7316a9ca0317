"""The body of the status grid as markup.

A page has 450 marks. They are put together here in one go: a template tag for each mark takes
longer than all queries of the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from followup.selectors.grid_lines import OVERDUE, GridLine, OpenVisit
from registry.models import CaseStatus
from registry.models.status import FORMS
from registry.selectors.patient_state import PatientState
from registry.templatetags.ui import STATES
from registry.templatetags.values import day_text

register = template.Library()

HEADS: dict[str, str | Promise] = {
    "screening": gettext_lazy("Screening"),
    "baseline": gettext_lazy("Baseline"),
    "disease": gettext_lazy("Disease"),
    "treatment": gettext_lazy("Surgery"),
    "lesions": gettext_lazy("Lesions"),
    "courses": gettext_lazy("RT course"),
    "assessments": gettext_lazy("Visits"),
    "toxicity": gettext_lazy("Toxicity"),
    "outcome": gettext_lazy("Outcome"),
}
"""Short names of the forms for the heads of the columns."""

_NAME = "0pseudonym0"
_FORM = "0form0"

MARK_STATES = ("complete", "partial", "missing", OVERDUE, "not_applicable", "locked")
"""States of a mark in the order of the legend."""

MARK_KINDS = ("verified", "signed")
"""What is said of forms beside their state; shown after the pseudonym."""


@register.simple_tag
def grid_heads() -> list[tuple[str, str]]:
    """Head of each column of marks with the full name of its form."""
    return [(str(HEADS[form]), form_name(form)) for form in FORMS]


def form_name(form: str) -> str:
    """Name of a form of the grid, as the model has it."""
    name = str(CaseStatus._meta.get_field(form).verbose_name)  # type: ignore[union-attr]
    return name[:1].upper() + name[1:]


@register.simple_tag
def grid_legend() -> SafeString:
    """Every state of a mark with its word, as items of a list."""
    states = (*MARK_STATES, *MARK_KINDS)
    return mark_safe("".join(f"<li>{_status(state)}</li>" for state in states))  # noqa: S308


@register.simple_tag
def grid_body(lines: Iterable[GridLine], today: dt.date) -> SafeString:
    """The rows of the table; every text in them is escaped here."""
    write = _Writer(today)
    return mark_safe("".join(write.row(line) for line in lines))  # noqa: S308


class _Writer:
    """Writes the rows of a page; what they share is written once."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.language = get_language() or ""
        self.page = escape(reverse("registry:patient", args=[_NAME]))
        self.cells = _cells(self.language)
        self.states = {state: _status(state) for state in PatientState.values}
        self.labels = [
            f' data-label="{escape(label)}"'
            for label in (_("Next visit"), _("Centre"), _("Study"), _("Missing"))
        ]

    def row(self, line: GridLine) -> str:
        """One row."""
        name = escape(quote(line.pseudonym, safe="/~:@!$&'()*+,;="))
        marks = "".join(name.join(self.cells[mark]) for mark in line.states.items())
        visit, centre, study, missing = self.labels
        return (
            f'<tr><th scope="row" class="id"><a href="{self.page.replace(_NAME, name)}">'
            f"{escape(line.pseudonym)}</a>{_marks(line)}</th><td>{self.states[line.state]}</td>"
            f"<td{visit}>{self._visit(line.next_visit)}</td>"
            f"<td{centre}>{escape(line.centre)}</td>"
            f"<td{study}>{escape(', '.join(sorted(line.studies))) or '–'}</td>"
            f'<td class="num"{missing}>{self._missing(line)}</td>{marks}</tr>\n'
        )

    def _missing(self, line: GridLine) -> str:
        if line.missing is None:
            return "–"
        return f"{line.missing} + {line.unlikely}" if line.unlikely else str(line.missing)

    def _visit(self, visit: OpenVisit | None) -> str:
        if visit is None:
            return "–"
        if visit.window_end < self.today:
            days = (self.today - visit.window_end).days
            words = ngettext("%(days)d day overdue", "%(days)d days overdue", days)
            return _status(OVERDUE, words % {"days": days})
        state = "planned" if self.today < visit.window_start else "due"
        return _day(state, visit.target, self.language)


def _marks(line: GridLine) -> str:
    """What is signed and verified, after the pseudonym: a sign, and on how many forms."""
    shown = ""
    for kind in MARK_KINDS:
        if kind in line.marks:
            count = line.marks[kind]
            words = _mark_words(kind, count)
            shown += (
                f' <span class="grid-marks" title="{words}">{_symbol(kind)}{count or ""}'
                f'<span class="hidden-text"> {words}</span></span>'
            )
    return shown


def _mark_words(kind: str, count: int) -> str:
    if kind == "signed":
        words = ngettext("%(n)d form signed", "%(n)d forms signed", count)
        return escape(words % {"n": count} if count else _("Case signed"))
    words = ngettext("%(n)d form verified", "%(n)d forms verified", count)
    return escape(words % {"n": count} if count else _("Case verified"))


@lru_cache(maxsize=8)
def _cells(language: str) -> dict[tuple[str, str], list[str]]:
    """By form and state a mark, cut where the pseudonym belongs in its address."""
    address = escape(reverse("followup:form", args=[_FORM, _NAME]))
    cells = {}
    for form in FORMS:
        href = address.replace(_FORM, form)
        for state in MARK_STATES:
            title = f"{escape(HEADS[form])}: {escape(STATES[state])}"
            cell = (
                f'<td class="mark-cell"><a href="{href}" title="{title}">{_symbol(state)}</a></td>'
            )
            cells[form, state] = cell.split(_NAME)
    return cells


@lru_cache(maxsize=4096)
def _day(state: str, day: dt.date, language: str) -> str:
    return _status(state, day_text(day))


def _status(state: str, words: str = "") -> str:
    """As {% status %} writes it."""
    words = escape(words or STATES[state])
    return f'<span class="status status-{state}">{_symbol(state)}{words}</span>'


def _symbol(state: str) -> str:
    icons = escape(static("icons/marks.svg"))
    return f'<svg class="mark mark-{state}" aria-hidden="true"><use href="{icons}#{state}"/></svg>'
