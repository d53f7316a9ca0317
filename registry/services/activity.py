"""The last day on which a person did something, in the browser or by a token."""

from __future__ import annotations

from django.db.models import Q

from registry.models import User
from registry.time_zones import installation_day


def seen_today(user: User) -> None:
    """Write the day, at most once a day; no reason is asked, since a machine writes it."""
    today = installation_day()
    if user.last_active_on == today:
        return
    earlier = Q(last_active_on__isnull=True) | Q(last_active_on__lt=today)
    User.objects.filter(earlier, pk=user.pk).update(last_active_on=today)
    user.last_active_on = today
