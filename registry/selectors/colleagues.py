"""Who works at a centre."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from registry.models import Centre, Membership


@dataclass(frozen=True)
class Colleague:
    """A person with a role at a centre; ``last_active_on`` is None for who never signed in."""

    user_id: int
    name: str
    role: str
    last_active_on: dt.date | None


def people_of(centre: Centre, today: dt.date) -> list[Colleague]:
    """The people with a role at the centre on that day, by role and name."""
    held = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), centre=centre, user__is_active=True
    ).select_related("user")
    found = [
        Colleague(one.user_id, str(one.user), one.get_role_display(), one.user.last_active_on)
        for one in held
    ]
    return sorted(found, key=lambda one: (one.role, one.name))
