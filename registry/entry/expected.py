"""The expected visit that a form is opened for. The duties know it; the facts may not import them.

The function that answers is named in the settings (``EXPECTED_VISIT``), where all rooms meet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import QueryDict
from django.utils.module_loading import import_string

from registry.models import Patient
from registry.protocols.vocabulary import Item


@dataclass(frozen=True)
class AskedVisit:
    """What the protocol asks for at a visit, and when; ``label`` is its short name ("Month 6")."""

    label: str
    items: frozenset[Item]
    target: dt.date
    window_start: dt.date
    window_end: dt.date


FindVisit = Callable[[Patient, str], AskedVisit | None]


def asked_visit(patient: Patient, query: QueryDict) -> AskedVisit | None:
    """The visit that the address names (``?visit=last_rt_day-m06``); None for none or another."""
    key = query.get("visit", "")
    return cast(FindVisit, import_string(settings.EXPECTED_VISIT))(patient, key) if key else None
