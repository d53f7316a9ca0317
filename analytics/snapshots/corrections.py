"""Dates that were corrected, and rows that were taken back, between two snapshots: with reasons."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.models import Snapshot
from registry.date_text import moment_in_table
from registry.fields import PartialDateField
from registry.models import CLINICAL_MODELS, AuditEvent, Enrolment, Identity, Patient
from registry.scope import system_scope
from registry.selectors.history import Change, readable

MOST_EVENTS = 300
KEY = "comparison-corrections"
_DATES = {
    model._meta.db_table: frozenset(
        str(field.column)
        for field in model._meta.concrete_fields
        if isinstance(field, PartialDateField | models.DateField)
    )
    for model in CLINICAL_MODELS
    if model is not Identity
}
"""Table → its columns of days, and the one that says when the row was taken back."""


def corrections_table(old: Snapshot, new: Snapshot) -> Artefact:
    """What the audit trail says of days between the moments that the two know; newest first.

    For readers of the study's cases. Birth dates are cut to the year.
    """
    title = _("Corrected dates and rows taken back, with reasons")
    since, until = sorted((old.known_at, new.known_at))
    with system_scope():
        enrolled = Enrolment.objects.filter(study=old.study)
        events = list(_events(enrolled, since, until))
        names = dict(
            Patient.objects.filter(pk__in={one.patient_id for one in events}).values_list(
                "pk", "pseudonym"
            )
        )
        lines = readable(events[:MOST_EVENTS], own_centre=False)
    if not lines:
        return Artefact(KEY, title, reason=_("No date was corrected between the two."))
    notes = [_("Times are UTC. By the audit trail, from the one moment known to the other.")]
    if len(events) > MOST_EVENTS:
        notes.append(_("Only the newest %(n)d are shown.") % {"n": MOST_EVENTS})
    table = Table(
        key=KEY,
        title=title,
        stub=_("Patient"),
        columns=tuple(
            Column(label, is_number=False)
            for label in (_("At"), _("Row"), _("Change"), _("Reason"))
        ),
        rows=tuple(_row(names.get(one.patient_id or 0, ""), one) for one in lines),
        notes=tuple(notes),
    )
    return Artefact(KEY, title, (table,))


def _events(enrolled: models.QuerySet[Enrolment], *moments: object) -> Iterator[AuditEvent]:
    since, until = moments
    changed = AuditEvent.objects.filter(
        operation=AuditEvent.Operation.UPDATE,
        table__in=_DATES,
        at__gt=since,
        at__lte=until,
        patient_id__in=enrolled.values("patient_id"),
    ).exclude(reason="")
    for event in changed.order_by("-id").iterator(chunk_size=2000):
        if any(event.old.get(name) != event.new.get(name) for name in _DATES[event.table]):
            yield event


def _row(pseudonym: str, change: Change) -> Row:
    values = "; ".join(f"{one.field}: {one.old or '–'} → {one.new or '–'}" for one in change.values)
    what = change.operation if change.is_taken_back else values
    cells = (moment_in_table(change.at), change.thing, what, change.reason)
    return Row(pseudonym, tuple(Cell(text) for text in cells))
