"""A patient as the registry held it at a moment, rebuilt from the audit trail alone.

Of every row the last event until then holds all columns; the rows are made of these in memory and
never saved. What has no history here is as it is today: studies, protocols, terms, centres.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from cryptography.fernet import InvalidToken
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from registry import keyring
from registry.case import CASE_MODELS, Case
from registry.fields import EncryptedTextField
from registry.models import CLINICAL_MODELS, AuditEvent, ClinicalRow, Identity, Patient
from registry.selectors.own_centre import is_own_centre
from registry.selectors.stored_values import column_value
from registry.services.identity_looks import Place, record_look

_MODELS: Mapping[str, type[ClinicalRow]] = {
    model._meta.db_table: model for model in CLINICAL_MODELS
}
_ALONG_WITH: Mapping[str, tuple[str, ...]] = {"ProtocolVersion": ("study",)}
"""What is read with a row outside of the case, so that no page asks for it one by one."""

RowKey = tuple[str, int]
Rows = dict[type[ClinicalRow], list[ClinicalRow]]


@dataclass(frozen=True)
class PastState:
    """What was on file: the case with its voided rows, and the identity as it was encrypted."""

    case: Case
    sealed_identity: Identity | None


def state_at(patient_id: int, moment: dt.datetime) -> PastState | None:
    """The patient at that moment (UTC), in a fixed number of queries; None before the first event.

    Whoever asks has read the patient within the scope. What a transaction wrote counts from when
    it wrote it, by the clock of the database.
    """
    rows = _linked(_rows_at(patient_id, moment))
    if not rows.get(Patient):
        return None
    patient = cast(Patient, rows[Patient][0])
    case = Case(patient, {model: rows[model] for model in CASE_MODELS if model in rows})
    identity = next(iter(rows.get(Identity, ())), None)
    return PastState(case, cast("Identity | None", identity))


def identity_then(state: PastState, patient: Patient) -> Identity | None:
    """Who the patient was on file as: only in the centre that has the patient now.

    Recorded as a look. Where no key of the keyring opens a text any more, that is said instead.
    """
    identity = state.sealed_identity
    if identity is None or identity.is_void or not is_own_centre(patient):
        return None
    record_look(patient, place=Place.PAST)
    for field in identity._meta.concrete_fields:
        if isinstance(field, EncryptedTextField):
            setattr(identity, field.attname, _opened(getattr(identity, field.attname)))
    return identity


def _opened(token: str) -> str:
    try:
        return keyring.decrypt(token)
    except InvalidToken:
        return _("(no key of the keyring opens it any more)")


def _rows_at(patient_id: int, moment: dt.datetime) -> Rows:
    """The last event of every row until then, as rows in the order of their keys."""
    # SQLite compares times as texts, and "12:00:00.000" comes after "12:00:00": so not "until".
    before = moment + dt.timedelta(microseconds=1)
    events = AuditEvent.objects.filter(at__lt=before, table__in=_MODELS).order_by("id")
    columns = ("table", "row_id", "id", "new")
    last: dict[RowKey, tuple[int, Any]] = {}
    for table, row_id, event_id, new in events.filter(patient_id=patient_id).values_list(*columns):
        last[table, row_id] = event_id, new
    # A row that was given to another patient or to none (a screening) says so in an event that is
    # not this patient's.
    elsewhere = events.filter(_any_of(last)).exclude(patient_id=patient_id)
    for table, row_id, event_id, _new in elsewhere.values_list(*columns) if last else ():
        if event_id > last[table, row_id][0]:
            last[table, row_id] = event_id, None
    rows: Rows = defaultdict(list)
    for (table, _row_id), (_event_id, new) in sorted(last.items(), key=lambda item: item[0]):
        if new is not None:
            rows[_MODELS[table]].append(_row(_MODELS[table], new))
    return rows


def _any_of(keys: Mapping[RowKey, Any]) -> Q:
    by_table: dict[str, list[int]] = defaultdict(list)
    for table, row_id in keys:
        by_table[table].append(row_id)
    condition = Q()
    for table, row_ids in by_table.items():
        condition |= Q(table=table, row_id__in=row_ids)
    return condition


def _row(model: type[ClinicalRow], stored: Mapping[str, Any]) -> ClinicalRow:
    """A row with the recorded values; columns that came later have what new rows begin with."""
    row = model(
        **{
            field.attname: column_value(field, stored[str(field.column)])
            for field in model._meta.concrete_fields
            if field.column in stored
        }
    )
    row._state.adding = False
    return row


def _linked(rows: Rows) -> Rows:
    """The rows pointing to each other, as those of :func:`registry.case.load_case` do."""
    seen: dict[tuple[type[models.Model], Any], models.Model] = {
        (model, row.pk): row for model, held in rows.items() for row in held
    }
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for model, held in rows.items():
        for field in _relations(model):
            if field.related_model not in CLINICAL_MODELS:
                wanted[field.related_model] |= {getattr(row, field.attname) for row in held}
    for related, keys in wanted.items():
        known = related._default_manager.select_related(*_ALONG_WITH.get(related.__name__, ()))
        seen |= {(related, row.pk): row for row in known.filter(pk__in=keys - {None})}
    for model, held in rows.items():
        for field in _relations(model):
            for row in held:
                other = seen.get((field.related_model, getattr(row, field.attname)))
                if other is not None:
                    setattr(row, field.name, other)
    return rows


def _relations(model: type[ClinicalRow]) -> list[models.ForeignKey[Any, Any]]:
    return [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
