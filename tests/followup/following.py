"""Changes of what is expected, as calendars and webhooks see them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from followup.models import ExpectedVisit
from registry.models import Enrolment
from registry.scope import system_scope
from tests.followup.factories import expected, stored

SEEN = ("target", "window_start", "window_end", "requirements", "state")
"""Columns whose change counts as a revision of a visit."""


def change(visit: ExpectedVisit, **columns: Any) -> ExpectedVisit:
    """The visit as a recomputation at this moment would store it with these columns."""
    values = {"revision": visit.revision + 1, "changed_at": timezone.now()} | columns
    with system_scope():
        ExpectedVisit.objects.filter(pk=visit.pk).update(**values)
        return ExpectedVisit.objects.get(pk=visit.pk)


def recomputed(enrolment: Enrolment, today: dt.date) -> dict[str, ExpectedVisit]:
    """Recompute; every visit that is another one now has a higher revision than before."""
    before = stored(enrolment)
    after = expected(enrolment, today)
    for key, old in before.items():
        new = after[key]
        differs = any(getattr(old, name) != getattr(new, name) for name in SEEN)
        if differs and new.revision == old.revision:
            after[key] = change(new)
    return after
