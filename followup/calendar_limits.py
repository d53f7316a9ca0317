"""How often a calendar may be read."""

from __future__ import annotations

import math

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle

from followup.models import CalendarFeed


class FeedRate(SimpleRateThrottle):
    """At most 60 readings of one feed an hour; calendar programs ask a few times a day."""

    rate = "60/hour"

    def __init__(self, feed: CalendarFeed) -> None:
        super().__init__()
        self.feed = feed

    def get_cache_key(self, request: object, view: object) -> str:
        """One count per feed; the key itself is not in it."""
        return f"calendar-rate-{self.feed.pk}"

    def seconds_to_wait(self, request: HttpRequest) -> int | None:
        """Count this reading; the seconds until the next one is answered, None for at once."""
        if self.allow_request(request, None):  # type: ignore[arg-type]
            return None
        return math.ceil(self.wait() or 1)
