"""Queries over the rows of many keys, with all of them in one parameter."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def among(keys: Iterable[int]) -> RawSQL:
    """What stands behind ``__in`` in place of the keys themselves.

    A list would have a placeholder for every key: Django adapts each of them in each query, and
    SQLite limits their number.
    """
    listed = list(keys)
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [listed])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(listed)])
