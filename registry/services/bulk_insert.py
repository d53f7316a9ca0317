"""Writes many new rows of one table: the fast way in for imports.

``bulk_create`` asks every field for its value through five calls and cuts the rows into statements
of some dozen. Here keys are taken first, so that nothing has to come back, and the values go to the
database in one call. Constraints and triggers work as for any other write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from registry.services.column_values import adapted

Values = tuple[Any, ...]
"""The values of a row in the order of its columns."""


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
    fields = model._meta.concrete_fields
    columns = [[get(row) for row in rows] for get in (attrgetter(f.attname) for f in fields)]
    _write(model, fields, columns, connection)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def insert_values(model: type[models.Model], names: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert new rows of one table that nobody needs as objects: the fastest way.

    Args:
        names: fields of the model, all but the key; a link is given by the key of its row.
        rows: their values in that order.

    Raises:
        django.db.IntegrityError: the database refuses one of the rows; none is written.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    key = model._meta.pk
    assert key is not None  # every model has one
    fields = [key, *(model._meta.get_field(name) for name in names)]
    columns = [list(_keys(model, len(rows), connection)), *zip(*rows, strict=True)]
    _write(model, fields, columns, connection)


def _write(
    model: type[models.Model],
    fields: Sequence[Any],
    columns: Sequence[Sequence[Any]],
    connection: BaseDatabaseWrapper,
) -> None:
    """Write rows given column by column."""
    rows = zip(*adapted(fields, columns, connection), strict=True)
    quoted = connection.ops.quote_name
    table = quoted(model._meta.db_table)
    into = f"{table} ({', '.join(quoted(field.column) for field in fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Not the cursor's own method, whose errors would be the driver's.
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", list(rows))  # noqa: S608


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
