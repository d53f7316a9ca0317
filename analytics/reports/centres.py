"""What each centre still owes on the day of the report: items of the forms, and visits."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.words import DASH, count, count_percent
from analytics.reports.material import Material
from followup.selectors.centres import CentreLine
from registry.number_text import count_text
from registry.templatetags.values import day_text

KEY = "centres"


def centres(material: Material) -> Artefact:
    """Complete cases, items missing, visits overdue and open questions, centre by centre."""
    title = _("Completeness and overdue visits by centre")
    if material.centres is None or not material.sight.is_whole:
        reason = _("What each centre owes is shown to readers of the whole study.")
        return Artefact(KEY, title, reason=reason)
    if not material.centres.lines:
        return Artefact(KEY, title, reason=_("No centre takes part yet."))
    lines = [*material.centres.lines, material.centres.total]
    table = Table(
        key=KEY,
        title=title,
        stub=_("Centre"),
        columns=(
            Column(_("Patients")),
            Column(_("Complete cases, n (%)")),
            Column(_("Items missing")),
            Column(_("Unlikely values")),
            Column(_("Visits overdue")),
            Column(_("Oldest of them, days")),
            Column(_("Open questions")),
        ),
        rows=tuple(Row(line.code or _("All"), _cells(line)) for line in lines),
        notes=(
            _(
                "As on %(day)s, whatever the data cut. Complete: no required item is missing. "
                "Unlikely values: those that nobody has confirmed. Overdue: the window is over."
            )
            % {"day": day_text(material.today)},
        ),
    )
    return Artefact(KEY, title, (table,))


def _cells(line: CentreLine) -> tuple[Cell, ...]:
    late = line.overdue_days
    return (
        count(line.enrolled),
        count_percent(line.complete, line.enrolled),
        count(line.missing),
        count(line.unlikely),
        count(line.overdue),
        DASH if late is None else Cell(count_text(late), float(late)),
        count(line.questions),
    )
