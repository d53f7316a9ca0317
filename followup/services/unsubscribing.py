"""Ends reminder mails of a person; escalations still come."""

from __future__ import annotations

import datetime as dt

from followup.models import ReminderWish
from registry.models import User


def unsubscribe(user: User, *, now: dt.datetime) -> ReminderWish:
    """Note that the person wants no reminder mails any more; a second time changes nothing."""
    wish, _is_new = ReminderWish.objects.get_or_create(user=user)
    on = ReminderWish.objects.filter(pk=wish.pk, unsubscribed_at__isnull=True)
    on.update(unsubscribed_at=now)
    wish.refresh_from_db()
    return wish
