"""Encrypts anew, under the first key of the keyring, what older keys have encrypted.

In small transactions over rows in the order of their keys: it may be stopped and begun again, and
people may work meanwhile. What the first key has made is passed over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, TextField, Value

from registry import keyring, sealed_files
from registry.audit import recorded
from registry.fields import EncryptedTextField
from registry.models import Identity
from registry.services.identity_index import index_identity

BATCH = 200
"""Rows that are locked and written at once."""

ORIGIN = "rotate_identity_key"

SECRETS_OF_FACTORS = frozenset({"secret", "seed", "migrated_codes"})
"""What allauth encrypts in the data of a second factor."""


@dataclass(frozen=True)
class Place:
    """Columns of one table that hold tokens of the keyring."""

    model: type[models.Model]
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.model._meta.db_table


@dataclass
class Count:
    """Rows of a place: renewed now, still under an older key, of no key of the keyring."""

    renewed: int = 0
    old: int = 0
    unreadable: int = 0


def places() -> list[Place]:
    """Every encrypted column of every table, and the second factors."""
    found = []
    for model in apps.get_models():
        columns = tuple(
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, EncryptedTextField)
        )
        if columns:
            found.append(Place(model, columns))
    return [*found, Place(Authenticator, ("data",))]


def renew(place: Place, *, reason: str) -> Iterator[Count]:
    """Encrypt the rows of a place anew; gives the count of each batch when it is committed.

    Rows that no key of the keyring opens stay as they are, and are counted.
    """
    last = 0
    while True:
        count = Count()
        with transaction.atomic(), recorded(by=None, reason=reason, origin=ORIGIN):
            # Locked, so that what a person saves meanwhile comes before or after, never between.
            rows = list(_rows(place).filter(pk__gt=last).select_for_update(of=("self",))[:BATCH])
            for row in rows:
                _renew_row(place, row, count)
        if not rows:
            return
        last = rows[-1].pk
        yield count


def count_left(place: Place) -> Count:
    """How many rows of a place wait for the first key, or are of no key at all."""
    counted = Count()
    for row in _rows(place).iterator(chunk_size=BATCH):
        try:
            counted.old += _renewed(place, row) != _tokens(place, row)
        except InvalidToken:
            counted.unreadable += 1
    return counted


def files_of_older_keys() -> int:
    """Uploaded files that wait for their import and are not of the first key.

    They are not written anew: an import ends within days, and its files go with it.
    """
    names = sealed_files.names_older_than(0, now=time.time() + 1)
    return sum(not sealed_files.is_of_current_key(name) for name in names)


def rebuild_indexes(*, reason: str) -> Iterator[int]:
    """Make the blind indexes of all identities anew, under the present IDENTITY_INDEX_KEY.

    Gives how many of each batch were changed. Until the end, some people are not found by name or
    number.
    """
    last = 0
    while True:
        changed = 0
        with transaction.atomic(), recorded(by=None, reason=reason, origin=ORIGIN):
            rows = list(
                Identity._base_manager.filter(pk__gt=last)
                .select_related("patient__centre")
                .select_for_update(of=("self",))
                .order_by("pk")[:BATCH]
            )
            for row in rows:
                before = row.record_number_index, row.family_name_index
                index_identity(row)
                after = row.record_number_index, row.family_name_index
                if before != after:
                    Identity._base_manager.filter(pk=row.pk).update(
                        record_number_index=after[0], family_name_index=after[1]
                    )
                    changed += 1
        if not rows:
            return
        last = rows[-1].pk
        yield changed


def _rows(place: Place) -> models.QuerySet[Any]:
    """The rows with their tokens as they are stored, as ``token_<column>``."""
    tokens = {
        f"token_{name}": ExpressionWrapper(F(name), output_field=TextField())
        for name in place.columns
        if _is_text(place, name)
    }
    rows: models.QuerySet[Any] = place.model._base_manager.annotate(**tokens)
    return rows.only("pk", *_json(place)).order_by("pk")


def _is_text(place: Place, name: str) -> bool:
    return isinstance(place.model._meta.get_field(name), EncryptedTextField)


def _json(place: Place) -> list[str]:
    return [name for name in place.columns if not _is_text(place, name)]


def _tokens(place: Place, row: Any) -> dict[str, Any]:
    return {
        name: getattr(row, f"token_{name}" if _is_text(place, name) else name)
        for name in place.columns
    }


def _renewed(place: Place, row: Any) -> dict[str, Any]:
    return {
        name: keyring.renew(value) if _is_text(place, name) else _renew_within(value)
        for name, value in _tokens(place, row).items()
    }


def _renew_row(place: Place, row: Any, count: Count) -> None:
    try:
        new = _renewed(place, row)
    except InvalidToken:
        count.unreadable += 1
        return
    if new == _tokens(place, row):
        return
    values = {
        # As an expression, or the column would encrypt the token once more.
        name: Value(value, output_field=TextField()) if _is_text(place, name) else value
        for name, value in new.items()
    }
    place.model._base_manager.filter(pk=row.pk).update(**values)
    count.renewed += 1


def _renew_within(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a second factor with its secrets renewed; passkeys have none."""
    renewed = dict(data)
    for name in SECRETS_OF_FACTORS & data.keys():
        value = data[name]
        renewed[name] = (
            [keyring.renew(one) for one in value]
            if isinstance(value, list)
            else keyring.renew(value)
        )
    return renewed
