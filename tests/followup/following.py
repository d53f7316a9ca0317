"""Changes of what is expected, as calendars and webhooks see them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from followup.models import ExpectedVisit
from registry.scope import system_scope


def change(visit: ExpectedVisit, **columns: Any) -> ExpectedVisit:
    """The visit as a recomputation at this moment would store it with these columns."""
    values = {"revision": visit.revision + 1, "changed_at": timezone.now()} | columns
    with system_scope():
        ExpectedVisit.objects.filter(pk=visit.pk).update(**values)
        return ExpectedVisit.objects.get(pk=visit.pk)
