"""The body of the status grid as markup.

A page has 450 marks. They are put together here in one go: a template tag for each mark takes
longer than all queries of the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import quote

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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


@register.simple_tag
def grid_heads() -> list[tuple[str, str]]:
    """Head of each column of marks with the full name of its form."""
    return [(str(HEADS[form]), form_name(form)) for form in FORMS]


def form_name(form: str) -> str:
    """Name of a form of the grid, as the model has it."""
    name = str(CaseStatus._meta.get_field(form).verbose_name)  # type: ignore[union-attr]
    return name[:1].upper() + name[1:]


@register.simple_tag
def grid_body(lines: Iterable[GridLine], today: dt.date) -> SafeString:
    """The rows of the table; every text in them is escaped here."""
    return mark_safe(_Writer(today).rows(lines))  # noqa: S308


class _Writer:
    """Writes the rows; what they share is written once.

    There are 54 marks, which differ in the pseudonym of their address only.
    """

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.icons = escape(static("icons/marks.svg"))
        self.form = escape(reverse("followup:form", args=[_FORM, _NAME]))
        self.page = escape(reverse("registry:patient", args=[_NAME]))
        self.cells = {
            (form, state): self._cell(form, state) for form in FORMS for state in MARK_STATES
        }
        self.states = {state: self._state(state, STATES[state]) for state in PatientState.values}
        self.visits: dict[tuple[str, dt.date], str] = {}
        self.labels = [
            f' data-label="{escape(label)}"'
            for label in (_("Next visit"), _("Centre"), _("Study"), _("Missing"))
        ]

    def rows(self, lines: Iterable[GridLine]) -> str:
        """All rows."""
        return "".join(self._row(line) for line in lines)

    def _row(self, line: GridLine) -> str:
        name = escape(quote(line.pseudonym, safe="/~:@!$&'()*+,;="))
        marks = "".join(name.join(self.cells[mark]) for mark in line.states.items())
        visit, centre, study, missing = self.labels
        return (
            f'<tr><th scope="row" class="id"><a href="{self.page.replace(_NAME, name)}">'
            f"{escape(line.pseudonym)}</a></th><td>{self.states[line.state]}</td>"
            f"<td{visit}>{self._visit(line.next_visit)}</td>"
            f"<td{centre}>{escape(line.centre)}</td>"
            f"<td{study}>{escape(', '.join(sorted(line.studies))) or '–'}</td>"
            f'<td class="num"{missing}>{self._missing(line)}</td>{marks}</tr>\n'
        )

    def _cell(self, form: str, state: str) -> list[str]:
        """A mark, cut where the pseudonym belongs."""
        title = f"{escape(HEADS[form])}: {escape(STATES[state])}"
        return (
            f'<td class="mark-cell"><a href="{self.form.replace(_FORM, form)}" title="{title}">'
            f"{self._symbol(state)}</a></td>"
        ).split(_NAME)

    def _missing(self, line: GridLine) -> str:
        if line.missing is None:
            return "–"
        if not line.unlikely:
            return str(line.missing)
        return f"{line.missing} + {line.unlikely}"

    def _visit(self, visit: OpenVisit | None) -> str:
        if visit is None:
            return "–"
        if visit.window_end < self.today:
            at = (OVERDUE, visit.window_end)
        else:
            at = ("planned" if self.today < visit.window_start else "due", visit.target)
        if at not in self.visits:
            self.visits[at] = self._state(at[0], self._words(*at))
        return self.visits[at]

    def _words(self, state: str, day: dt.date) -> str:
        if state != OVERDUE:
            return day_text(day)
        days = (self.today - day).days
        return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}

    def _state(self, state: str, words: str | Promise) -> str:
        return f'<span class="status status-{state}">{self._symbol(state)}{escape(words)}</span>'

    def _symbol(self, state: str) -> str:
        return (
            f'<svg class="mark mark-{state}" aria-hidden="true">'
            f'<use href="{self.icons}#{state}"/></svg>'
        )
