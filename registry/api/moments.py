"""Points in time as the programming interface writes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers


class Moment(serializers.DateTimeField):
    """A point in time, always in UTC: programs get the same answer whoever asks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **kwargs)
