"""The audit trail of one patient as readable changes: who changed what, when and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from registry.fields import EncryptedTextField
from registry.models import AUDITED_MODELS, AuditEvent, Identity, Patient, User
from registry.models.choices import MissingReason
from registry.selectors.own_centre import is_own_centre

BOOKKEEPING = frozenset(
    {"id", "version", "patient_id", "record_number_index", "family_name_index", "row_id"}
)
VOIDING = frozenset({"voided_at", "void_reason"})

BY_TABLE: Mapping[str, type[models.Model]] = {
    model._meta.db_table: model for model in AUDITED_MODELS
}

Names = Mapping[type[models.Model], Mapping[Any, models.Model]]


@dataclass(frozen=True)
class ValueChange:
    """One field before and after."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One row created, changed, taken back or deleted.

    Of a row that was created or taken back, ``values`` are all that it held.
    """

    at: dt.datetime
    actor: str
    reason: str
    origin: str
    operation: str
    thing: str
    is_whole_row: bool
    is_taken_back: bool
    values: tuple[ValueChange, ...]


def changes_of(
    patient: Patient, tables: Sequence[type[models.Model]] = ()
) -> models.QuerySet[AuditEvent]:
    """The trail of a patient who was read within the scope, newest first; of these tables only.

    Rows of the identity are left out for readers outside of the patient's centre.
    """
    events = AuditEvent.objects.filter(patient_id=patient.pk).order_by("-id")
    if tables:
        events = events.filter(table__in=[model._meta.db_table for model in tables])
    if not is_own_centre(patient):
        events = events.exclude(table=Identity._meta.db_table)
    return events


def readable(events: Iterable[AuditEvent], *, own_centre: bool) -> list[Change]:
    """The events in words, in a fixed number of queries.

    Encrypted values are never shown; birth dates are cut to the year outside of the own centre.
    """
    events = list(events)
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    names = _names(events)
    return [
        Change(
            at=event.at,
            actor=str(people.get(event.actor_id) or "") if event.actor_id else "",
            reason=event.reason,
            origin=event.origin,
            operation=_("taken back") if _is_taken_back(event) else event.get_operation_display(),
            thing=_thing(event),
            is_whole_row=event.operation != AuditEvent.Operation.UPDATE or _is_taken_back(event),
            is_taken_back=_is_taken_back(event),
            values=tuple(_value_changes(event, names, own_centre=own_centre)),
        )
        for event in events
    ]


def _is_taken_back(event: AuditEvent) -> bool:
    """True for the event that voided a row."""
    before, after = (values or {} for values in (event.old, event.new))
    return bool(before) and not before.get("voided_at") and bool(after.get("voided_at"))


def _thing(event: AuditEvent) -> str:
    model = BY_TABLE.get(event.table)
    if model is None:
        return event.table
    number = (event.new or event.old or {}).get("number")
    name = str(model._meta.verbose_name)
    return f"{name} {number}" if number is not None else name


def _value_changes(event: AuditEvent, names: Names, *, own_centre: bool) -> Iterator[ValueChange]:
    """The fields that differ; of a row that was taken back, all that it held."""
    model = BY_TABLE.get(event.table)
    old, new = event.old or {}, event.new or {}
    if model is None:
        return
    taken_back = _is_taken_back(event)
    if taken_back:
        new = {}
    for field in model._meta.concrete_fields:
        name = field.column
        if name in BOOKKEEPING or (taken_back and name in VOIDING):
            continue
        if old.get(name) == new.get(name):
            continue
        before, after = (_text(field, values.get(name), names) for values in (old, new))
        if name == "birth_date" and not own_centre:
            before, after = before[:4], after[:4]
        if before != after:
            yield ValueChange(str(field.verbose_name), before, after)


def _text(field: models.Field[Any, Any], value: Any, names: Names) -> str:
    """A stored value as text; labels for codes, nothing of what is encrypted."""
    if value is None or value == "" or value == {}:
        return ""
    if isinstance(field, EncryptedTextField):
        return _("(encrypted)")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return "; ".join(_reason(field.model, name, reason) for name, reason in value.items())
    if isinstance(field, models.ForeignKey):
        row = names.get(field.related_model, {}).get(value)
        return str(value) if row is None else str(row)
    labels = dict(field.flatchoices)
    return str(labels.get(value, value))


def _reason(model: type[models.Model], name: str, reason: Any) -> str:
    """ "closest margin (mm): Not done"."""
    fields = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    word = MissingReason(reason).label if reason in MissingReason.values else reason
    return f"{fields.get(name, name)}: {word}"


def _names(events: Iterable[AuditEvent]) -> Names:
    """The rows that the changed rows point to, one query for each table pointed to."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for event in events:
        model = BY_TABLE.get(event.table)
        for field in model._meta.concrete_fields if model is not None else ():
            if isinstance(field, models.ForeignKey) and field.column not in BOOKKEEPING:
                keys = {(values or {}).get(field.column) for values in (event.old, event.new)}
                wanted[field.related_model] |= keys - {None}
    return {model: model._default_manager.in_bulk(keys) for model, keys in wanted.items() if keys}
