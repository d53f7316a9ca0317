"""What of the reminders waits for the reader, on the pages of the facts."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.utils import timezone

from followup.selectors.doubtful import waiting_for
from followup.selectors.wishes import leave_of_today
from registry.models import User

register = template.Library()


@register.inclusion_tag("followup/reminders/_waiting.html", takes_context=True)
def reminders_waiting(context: template.Context) -> dict[str, Any]:
    """Notices: the reader's own leave, doubtful mails, addresses that refuse mail."""
    user, today = cast(User, context["request"].user), timezone.localdate()
    return {"leave": leave_of_today(user, today), "waiting": waiting_for(user, today)}
