"""Events of the audit trail as readable changes: who changed what, when and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from registry.date_text import day_in_table, moment_in_table
from registry.fields import EncryptedTextField, PartialDateField
from registry.models import (
    AUDITED_MODELS,
    CLINICAL_MODELS,
    AuditEvent,
    Confirmation,
    Identity,
    Patient,
    User,
)
from registry.models.choices import MissingReason
from registry.models.marks import WHOLE_CASE
from registry.selectors.own_centre import is_own_centre
from registry.selectors.stored_values import utc_moment
from registry.services.identity_looks import record_look

BOOKKEEPING = frozenset(
    {
        *("id", "version", "patient_id", "row_id"),
        *("record_number_index", "family_name_index"),
        *("content_sha256", "code", "source"),
    }
)
"""Columns that say nothing to a reader: keys, digests, and the text that a digest stands for."""
VOIDING = frozenset({"voided_at", "void_reason"})

BY_TABLE: Mapping[str, type[models.Model]] = {
    model._meta.db_table: model for model in AUDITED_MODELS
}
_BY_ENTITY: Mapping[str, type[models.Model]] = {model.entity(): model for model in CLINICAL_MODELS}
_WITH_ENTITY = frozenset(
    table
    for table, model in BY_TABLE.items()
    if {"entity", "row_id"} <= {field.name for field in model._meta.concrete_fields}
)
"""Tables whose rows speak of another row by its table and key."""

Names = Mapping[type[models.Model], Mapping[Any, models.Model]]
Values = Mapping[str, Any]


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

    id: int
    at: dt.datetime
    actor: str
    reason: str
    origin: str
    operation: str
    thing: str
    patient_id: int | None
    is_whole_row: bool
    is_taken_back: bool
    values: tuple[ValueChange, ...]
    tells_birth_date: bool

    @property
    def until(self) -> str:
        """The moment (UTC) by which the change had been made, to the millisecond."""
        after = self.at.astimezone(dt.UTC) + dt.timedelta(microseconds=999)
        return f"{after:%Y-%m-%dT%H:%M:%S}.{after.microsecond // 1000:03}"


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


def shown_changes(patient: Patient, events: Iterable[AuditEvent], *, place: str) -> list[Change]:
    """The patient's events in words, to be shown on this page.

    A full birth date among them, which the own centre alone is shown, is a look at the identity.
    """
    changes = readable(events, own_centre=is_own_centre(patient))
    if any(change.tells_birth_date for change in changes):
        record_look(patient, place=place)
    return changes


def readable(events: Iterable[AuditEvent], *, own_centre: bool) -> list[Change]:
    """The events in words, in a fixed number of queries.

    Encrypted values are never shown; birth dates are cut to the year outside of the own centre.
    """
    events = list(events)
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    names = _names(events)
    return [_change(event, people, names, own_centre=own_centre) for event in events]


def _change(
    event: AuditEvent, people: Mapping[int, User], names: Names, *, own_centre: bool
) -> Change:
    taken_back = _is_taken_back(event)
    told = list(_value_changes(event, names, own_centre=own_centre))
    return Change(
        id=event.pk,
        at=event.at,
        actor=str(people.get(event.actor_id) or "") if event.actor_id else "",
        reason=event.reason,
        origin=event.origin,
        operation=_("taken back") if taken_back else event.get_operation_display(),
        thing=_thing(event),
        patient_id=event.patient_id,
        is_whole_row=event.operation != AuditEvent.Operation.UPDATE or taken_back,
        is_taken_back=taken_back,
        values=tuple(change for change, _is_full_birth_date in told),
        tells_birth_date=any(is_full for _change, is_full in told),
    )


def _is_taken_back(event: AuditEvent) -> bool:
    """True for the event that voided a row."""
    before, after = (values or {} for values in (event.old, event.new))
    return bool(before) and not before.get("voided_at") and bool(after.get("voided_at"))


def table_words(table: str) -> str:
    """What the rows of a table are called."""
    model = BY_TABLE.get(table)
    return table if model is None else str(model._meta.verbose_name)


def _thing(event: AuditEvent) -> str:
    number = (event.new or event.old or {}).get("number")
    name = table_words(event.table)
    return f"{name} {number}" if number is not None else name


def _value_changes(
    event: AuditEvent, names: Names, *, own_centre: bool
) -> Iterator[tuple[ValueChange, bool]]:
    """The fields that differ; of a row that was taken back, all that it held.

    With each, whether it tells a birth date in full.
    """
    model = BY_TABLE.get(event.table)
    old, new = event.old or {}, event.new or {}
    if model is None:
        return
    taken_back = _is_taken_back(event)
    if taken_back:
        new = {}
    for field in model._meta.concrete_fields:
        name = str(field.column)
        if name in BOOKKEEPING or (taken_back and name in VOIDING):
            continue
        if old.get(name) == new.get(name):
            continue
        before, after = (_text(field, values, names) for values in (old, new))
        is_birth_date = _is_birth_date(model, name, new or old)
        if is_birth_date and not own_centre:
            # "1960 → 1960" says that the day or the month was changed.
            yield ValueChange(str(field.verbose_name), before[:4], after[:4]), False
        elif before != after:
            is_full = is_birth_date and max(len(before), len(after)) > len("1960")
            yield ValueChange(str(field.verbose_name), before, after), is_full


def _is_birth_date(model: type[models.Model], column: str, values: Values) -> bool:
    """Also in what somebody confirmed: the value stands there once more."""
    if model is Confirmation:
        return column == "value" and values.get("field") == "birth_date"
    return column == "birth_date"


def _text(field: models.Field[Any, Any], values: Values, names: Names) -> str:
    """A stored value as text; labels for codes, nothing of what is encrypted."""
    value = values.get(str(field.column))
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
    if isinstance(field, models.DateTimeField):
        return moment_in_table(utc_moment(value))
    if isinstance(field, PartialDateField | models.DateField):
        return day_in_table(value)
    if isinstance(field, models.DecimalField):
        # As it is stored, but for the decimal mark.
        return str(number_format(str(value)))
    if field.name == "entity":
        return _row_spoken_of(values, names)
    if field.name == "field" and values.get("entity") in _BY_ENTITY:
        return _field_words(_BY_ENTITY[values["entity"]], value)
    labels = dict(field.flatchoices)
    return str(labels.get(value, value))


def _row_spoken_of(values: Values, names: Names) -> str:
    """ "course 1" for a table and a key; the table alone where the row is not to be read."""
    if values["entity"] == WHOLE_CASE:
        return _("whole case")
    model = _BY_ENTITY.get(values["entity"])
    if model is None:
        return str(values["entity"])
    row = names.get(model, {}).get(values.get("row_id"))
    return str(model._meta.verbose_name if row is None else row)


def _reason(model: type[models.Model], name: str, reason: Any) -> str:
    """ "closest margin (mm): Not done"."""
    word = MissingReason(reason).label if reason in MissingReason.values else reason
    return f"{_field_words(model, name)}: {word}"


def _field_words(model: type[models.Model], name: str) -> str:
    fields = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    return fields.get(name, name)


def _names(events: Iterable[AuditEvent]) -> Names:
    """The rows that the changed rows point to, one query for each table pointed to."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for event in events:
        model = BY_TABLE.get(event.table)
        both = [values or {} for values in (event.old, event.new)]
        for field in model._meta.concrete_fields if model is not None else ():
            if isinstance(field, models.ForeignKey) and field.column not in BOOKKEEPING:
                wanted[field.related_model] |= {values.get(field.column) for values in both}
        if event.table in _WITH_ENTITY:
            for values in both:
                if values.get("entity") in _BY_ENTITY:
                    wanted[_BY_ENTITY[values["entity"]]].add(values.get("row_id"))
    return {
        model: model._default_manager.in_bulk(keys - {None})
        for model, keys in wanted.items()
        if keys - {None}
    }
