"""Values as the audit trail keeps them, read back as the columns hold them.

The triggers of the two databases write the same row a little differently: a time with or without
its zone, a decimal with or without trailing zeros.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime

from registry.fields import EncryptedTextField


def utc_moment(text: str) -> dt.datetime:
    """A stored point in time; SQLite writes UTC without saying so."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(f"{text!r} is no point in time")
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def column_value(field: models.Field[Any, Any], value: Any) -> Any:
    """The value that a row read from the table would have; encrypted text stays as it is."""
    if value is None or isinstance(field, EncryptedTextField | models.JSONField):
        return value
    if isinstance(field, models.DateTimeField):
        return utc_moment(value)
    if isinstance(field, models.DecimalField):
        places = Decimal(1).scaleb(-field.decimal_places)
        return Decimal(str(value)).quantize(places)
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return field.to_python(value)
