"""Writes new values into many rows of one table in one call.

``bulk_update`` of Django builds a CASE over all rows for every column, and spends more time on its
text than the database on the rows. Constraints and triggers work as for any other write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from registry.services.column_values import adapted


def update_values(
    model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set some columns of rows that are there; rows that are gone are passed over.

    Args:
        names: fields of the model; a link is given by the key of its row.
        rows: new values in that order, and as the last one the key of the row.

    Raises:
        django.db.IntegrityError: the database refuses one of the rows; none is to be kept.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    key = model._meta.pk
    assert key is not None  # every model has one
    fields: list[Any] = [*(model._meta.get_field(name) for name in names), key]
    *columns, keys = (connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    places = ", ".join(f"{column} = %s" for column in columns)
    values = zip(*adapted(fields, zip(*rows, strict=True), connection), strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {places} WHERE {keys} = %s", list(values))  # noqa: S608
