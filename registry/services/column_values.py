"""Values of many rows as the database driver takes them, column by column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from registry.fields import PartialDateField

# Columns whose texts, numbers and yes or no go to the driver as they are.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
    models.ForeignKey,
    models.OneToOneField,
)
_AS_IS = frozenset({int, str, bool, type(None)})


def adapted(
    fields: Sequence[Any], columns: Iterable[Sequence[Any]], connection: BaseDatabaseWrapper
) -> list[Sequence[Any]]:
    """The columns, each of one field, with every value as the driver takes it.

    The same as ``field.get_db_prep_save`` for each value, in fewer calls.
    """
    return [
        _adapter(field, connection.vendor)(values, connection)
        for field, values in zip(fields, columns, strict=True)
    ]


Adapt = Callable[[Sequence[Any], BaseDatabaseWrapper], Sequence[Any]]


@cache
def _adapter(field: models.Field[Any, Any], vendor: str) -> Adapt:
    """How the values of a column go to the driver."""
    slow = field.get_db_prep_save

    def plain(values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
        return [value if type(value) in _AS_IS else slow(value, connection) for value in values]

    def texts(values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
        return [None if value is None else str(value) for value in values]

    def as_they_are(values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
        return values

    def documents(values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
        # Most are empty lists, and rows made together may share one document.
        shared = {id(value): value for value in values}
        texts = {
            key: "[]" if value == [] else None if value is None else json.dumps(value)
            for key, value in shared.items()
        }
        return [texts[id(value)] for value in values]

    def unless_none(values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
        return [None if value is None else slow(value, connection) for value in values]

    def seldom_new(values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
        known = {value: None if value is None else slow(value, connection) for value in set(values)}
        return [known[value] for value in values]

    if type(field) in _PLAIN or isinstance(field, models.AutoField | models.IntegerField):
        return plain
    if isinstance(field, PartialDateField):
        return texts
    if isinstance(field, models.DateTimeField):
        return seldom_new
    if isinstance(field, models.DateField):
        return texts if vendor == "sqlite" else as_they_are
    if isinstance(field, models.DecimalField):
        return unless_none
    if type(field) is models.JSONField and field.encoder is None:
        return documents
    return lambda values, connection: [slow(value, connection) for value in values]
