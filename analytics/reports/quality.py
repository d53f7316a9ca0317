"""Quality of the data: how complete the forms are, and how the rows of endpoints ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Column, Row, Table
from analytics.artefacts.words import count, count_percent
from analytics.extract.audit import Doubt, censoring_audit
from analytics.extract.rules import CENSORED, COMPETING, EVENT
from analytics.reports.material import Material
from registry.models import CaseStatus
from registry.models.choices import FormState
from registry.templatetags.values import day_text

KEY = "data-quality"
STATES = (FormState.COMPLETE, FormState.LOCKED, FormState.PARTIAL, FormState.MISSING)


def form_states(material: Material) -> Artefact:
    """Complete, partial and missing forms of the status grid."""
    title = _("Forms")
    forms = material.forms
    if not forms or not any(sum(states.values()) for states in forms.values()):
        return Artefact(f"{KEY}-forms", title, reason=_("No case has a status yet."))
    table = Table(
        key=f"{KEY}-forms",
        title=_("Cases by the state of each form"),
        stub=_("Form"),
        columns=tuple(Column(str(state.label)) for state in STATES),
        rows=tuple(_form_row(form, states) for form, states in forms.items()),
        notes=(
            _(
                "As on %(day)s, whatever the data cut; shares are of the cases in which the form "
                "applies. Partial: a required item is missing or an unlikely value not confirmed."
            )
            % {"day": day_text(material.today)},
        ),
    )
    return Artefact(f"{KEY}-forms", title, (table,))


def _form_row(form: str, states: Mapping[str, int]) -> Row:
    name = str(CaseStatus._meta.get_field(form).verbose_name)  # type: ignore[union-attr]
    whole = sum(states.get(state, 0) for state in STATES)
    cells = tuple(count_percent(states.get(state, 0), whole) for state in STATES)
    return Row(name[:1].upper() + name[1:], cells)


def doubtful_rows(material: Material) -> Artefact:
    """How the rows of each endpoint ended, and how many ends are doubtful and why."""
    cohort = material.cohort
    title = _("Ends of follow-up")
    on = None if cohort.dates_are_relative else cohort.data_cut or material.today
    endpoints = cohort.protocol.endpoints
    ends = [
        censoring_audit(cohort.facts, endpoint, cohort.protocol, on=on) for endpoint in endpoints
    ]
    if not any(ends):
        return Artefact(f"{KEY}-ends", title, reason=_("There is nobody in the study."))
    status = [Counter(line.status for line in lines) for lines in ends]
    doubts = [
        Counter(doubt for line in lines for doubt in {one for one, _why in line.doubts})
        for lines in ends
    ]
    doubtful = [sum(bool(line.doubts) for line in lines) for lines in ends]
    sizes = [len(lines) for lines in ends]
    words = {
        EVENT: _("Event"),
        CENSORED: _("Censored"),
        COMPETING: _("Competing event"),
        None: _("Not in the analysis"),
    }
    rows = [
        Row(_("Patients or lesions"), tuple(count(n) for n in sizes)),
        *(
            Row(label, tuple(count(found[key]) for found in status), indent=1)
            for key, label in words.items()
        ),
        Row(
            _("Doubtful, n (%)"),
            tuple(count_percent(n, size) for n, size in zip(doubtful, sizes, strict=True)),
        ),
        *(
            Row(str(doubt.label), tuple(count(found[doubt]) for found in doubts), indent=1)
            for doubt in Doubt
            if any(found[doubt] for found in doubts)
        ),
    ]
    table = Table(
        key=f"{KEY}-ends",
        title=_("How the rows of each endpoint ended, and what is doubtful"),
        stub=_("Ended by"),
        columns=tuple(Column(endpoint.code) for endpoint in endpoints),
        rows=tuple(rows),
        notes=(_("One row may be doubtful for several reasons."),),
    )
    return Artefact(f"{KEY}-ends", title, (table,))
