"""The audit trail of one patient as readable changes: who changed what, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from registry.fields import EncryptedTextField
from registry.models import CLINICAL_MODELS, AuditEvent, Identity, Patient, User
from registry.selectors.own_centre import is_own_centre

BOOKKEEPING = frozenset(
    {"id", "version", "patient_id", "record_number_index", "family_name_index"}
)


@dataclass(frozen=True)
class ValueChange:
    """One field before and after."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One row created, changed or deleted."""

    at: dt.datetime
    actor: str
    reason: str
    origin: str
    operation: str
    thing: str
    is_creation: bool
    values: tuple[ValueChange, ...]


def changes_of(patient: Patient) -> models.QuerySet[AuditEvent]:
    """The trail of a patient who was read within the scope, newest first.

    Rows of the identity are left out for readers outside of the patient's centre.
    """
    events = AuditEvent.objects.filter(patient_id=patient.pk).order_by("-id")
    if not is_own_centre(patient):
        events = events.exclude(table=Identity._meta.db_table)
    return events


def readable(events: Iterable[AuditEvent], *, own_centre: bool) -> list[Change]:
    """The events in words, in a fixed number of queries.

    Encrypted values are never shown; birth dates are cut to the year outside of the own centre.
    """
    events = list(events)
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    by_table = {model._meta.db_table: model for model in CLINICAL_MODELS}
    return [
        Change(
            at=event.at,
            actor=str(people.get(event.actor_id) or "") if event.actor_id else "",
            reason=event.reason,
            origin=event.origin,
            operation=event.get_operation_display(),
            thing=_thing(by_table.get(event.table), event),
            is_creation=event.operation == AuditEvent.Operation.INSERT,
            values=tuple(_value_changes(by_table.get(event.table), event, own_centre)),
        )
        for event in events
    ]


def _thing(model: type[models.Model] | None, event: AuditEvent) -> str:
    if model is None:
        return event.table
    number = (event.new or event.old or {}).get("number")
    name = str(model._meta.verbose_name)
    return f"{name} {number}" if number is not None else name


def _value_changes(
    model: type[models.Model] | None, event: AuditEvent, own_centre: bool
) -> Iterable[ValueChange]:
    old, new = event.old or {}, event.new or {}
    if model is None:
        return
    for field in model._meta.concrete_fields:
        name = field.column
        if name in BOOKKEEPING or old.get(name) == new.get(name):
            continue
        before, after = _text(field, old.get(name)), _text(field, new.get(name))
        if name == "birth_date" and not own_centre:
            before, after = before[:4], after[:4]
        if before != after:
            yield ValueChange(str(field.verbose_name), before, after)


def _text(field: models.Field[Any, Any], value: Any) -> str:
    """A stored value as text; labels for codes, nothing of what is encrypted."""
    if value is None or value == "" or value == {}:
        return ""
    if isinstance(field, EncryptedTextField):
        return _("(encrypted)")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return "; ".join(f"{key}: {reason}" for key, reason in value.items())
    labels = dict(field.flatchoices)
    return str(labels.get(value, value))
