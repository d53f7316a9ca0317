"""Writes many new rows of one table: the fast way in for imports.

``bulk_create`` asks every field for its value through five calls and cuts the rows into statements
of some dozen. Here keys are taken first, so that nothing has to come back, and the values go to the
database in one call. Constraints and triggers work as for any other write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
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


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one table, each with a key of its own.

    The rows that they point to must be saved. No signals are sent.

    Raises:
        django.db.IntegrityError: the database refuses one of the rows; none is written.
    """
    if not rows:
        return
    model = type(rows[0])
    # Not the proxy, which looks for the connection at every touch.
    connection = connections[DEFAULT_DB_ALIAS]
    for row, key in zip(rows, _keys(model, len(rows), connection), strict=True):
        row.pk = key
        for name, attname in _parents(model):
            other = row._state.fields_cache.get(name)
            if other is not None:
                # Its key came after it was put here. Past the descriptor, which would forget it.
                row.__dict__[attname] = other.pk
    values = _values(model)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in model._meta.concrete_fields)
    places = ", ".join(["%s"] * len(model._meta.concrete_fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values(rows, connection))
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _keys(model: type[models.Model], number: int, connection: BaseDatabaseWrapper) -> Iterable[int]:
    """As many keys as asked for, used by nobody else."""
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None  # every model has one,
    assert key.column is not None  # and it is a column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, key.column, number],
            )
            return [row[0] for row in cursor.fetchall()]
        # One writer at a time: until the end of the transaction nobody else takes a key.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + number)


@cache
def _parents(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    """Name and column of the links of a table."""
    return tuple(
        (field.name, field.attname) for field in model._meta.concrete_fields if field.is_relation
    )


Adapt = Callable[[Any, BaseDatabaseWrapper], Any]


@cache
def _values(
    model: type[models.Model],
) -> Callable[[Sequence[models.Model], BaseDatabaseWrapper], list[tuple[Any, ...]]]:
    """A function from rows to what the driver takes, column by column."""
    columns = [
        (attrgetter(field.attname), _adapter(field)) for field in model._meta.concrete_fields
    ]

    def values(
        rows: Sequence[models.Model], connection: BaseDatabaseWrapper
    ) -> list[tuple[Any, ...]]:
        return list(
            zip(
                *([adapt(get(row), connection) for row in rows] for get, adapt in columns),
                strict=True,
            )
        )

    return values


def _adapter(field: models.Field[Any, Any]) -> Adapt:
    """How a value of this column goes to the driver."""
    slow: Adapt = field.get_db_prep_save

    def plain(value: Any, connection: BaseDatabaseWrapper) -> Any:
        return value if type(value) in _AS_IS else slow(value, connection)

    def date(value: Any, connection: BaseDatabaseWrapper) -> Any:
        return None if value is None else str(value)

    def unless_none(value: Any, connection: BaseDatabaseWrapper) -> Any:
        return None if value is None else slow(value, connection)

    if type(field) in _PLAIN or isinstance(field, models.AutoField | models.IntegerField):
        return plain
    if isinstance(field, PartialDateField):
        return date
    if isinstance(field, models.DecimalField | models.DateField):
        return unless_none
    return slow
