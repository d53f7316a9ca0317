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
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from followup.selectors.grid_lines import OVERDUE, SECTIONS, GridLine, Mark, OpenVisit
from registry.models import CaseStatus
from registry.models.status import FORMS
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

MARK_STATES = ("complete", "partial", "missing", OVERDUE, "not_applicable", "locked")
"""States of a mark in the order of the legend."""


@register.simple_tag
def grid_legend() -> tuple[str, ...]:
    """States that the legend explains."""
    return MARK_STATES


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
    """Writes the rows; what they share is looked up once."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.icons = escape(static("icons/marks.svg"))
        self.enter = reverse("registry:enter", args=["0form0", "0key0", "0patient0"])
        self.page = reverse("registry:patient", args=["0patient0"])
        self.heads = {form: escape(HEADS[form]) for form in FORMS}
        self.states = {state: self._state(state, STATES[state]) for state in STATES}
        self.marks = {
            (form, state): (
                f' title="{self.heads[form]}: {escape(STATES[state])}">'
                f"{self._symbol(state)}"
                f'<span class="hidden-text">{self.heads[form]}: {escape(STATES[state])}</span></a>'
            )
            for form in FORMS
            for state in MARK_STATES
        }
        self.labels = {
            name: f' data-label="{escape(label)}"'
            for name, label in {
                "next": _("Next visit"),
                "centre": _("Centre"),
                "study": _("Study"),
                "missing": _("Missing"),
            }.items()
        }

    def rows(self, lines: Iterable[GridLine]) -> str:
        """All rows."""
        return "".join(self._row(line) for line in lines)

    def _row(self, line: GridLine) -> str:
        name = quote(line.pseudonym, safe="/~:@!$&'()*+,;=")
        page = escape(self.page.replace("0patient0", name))
        enter = self.enter.replace("0patient0", name)
        label = self.labels
        marks = "".join(
            f'<td class="mark-cell"><a href="{self._address(mark, enter, page)}"'
            f"{self.marks[mark.form, mark.state]}</td>"
            for mark in line.marks
        )
        return (
            f'<tr><th scope="row" class="id"><a href="{page}">{escape(line.pseudonym)}</a></th>'
            f"<td>{self.states[line.state]}</td>"
            f"<td{label['next']}>{self._visit(line.next_visit)}</td>"
            f"<td{label['centre']}>{escape(line.centre)}</td>"
            f"<td{label['study']}>{escape(', '.join(line.studies)) or '–'}</td>"
            f'<td class="num"{label["missing"]}>{self._missing(line)}</td>{marks}</tr>\n'
        )

    def _address(self, mark: Mark, enter: str, page: str) -> str:
        place = mark.place
        if not place.form:
            return f"{page}#{SECTIONS[mark.form]}"
        address = enter.replace("0form0", place.form).replace("0key0", quote(place.key))
        return escape(f"{address}?visit={quote(place.visit)}" if place.visit else address)

    def _missing(self, line: GridLine) -> str:
        if line.missing is None:
            return "–"
        if not line.unlikely:
            return localize(line.missing)
        return f"{localize(line.missing)} + {localize(line.unlikely)}"

    def _visit(self, visit: OpenVisit | None) -> str:
        if visit is None:
            return "–"
        if visit.window_end < self.today:
            days = (self.today - visit.window_end).days
            words = ngettext("%(days)d day overdue", "%(days)d days overdue", days)
            return self._state(OVERDUE, words % {"days": days})
        state = "planned" if self.today < visit.window_start else "due"
        return self._state(state, day_text(visit.target))

    def _state(self, state: str, words: str | Promise) -> str:
        return (
            f'<span class="status status-{state}">{self._symbol(state)}{escape(words)}</span>'
        )

    def _symbol(self, state: str) -> str:
        return (
            f'<svg class="mark mark-{state}" aria-hidden="true" focusable="false">'
            f'<use href="{self.icons}#{state}"/></svg>'
        )


