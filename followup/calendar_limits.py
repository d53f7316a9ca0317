"""How often a calendar may be read."""

from __future__ import annotations

from followup.models import CalendarFeed
from registry.page_rate import PageRate


class FeedRate(PageRate):
    """At most 60 readings of one feed an hour; calendar programs ask a few times a day."""

    rate = "60/hour"

    def __init__(self, feed: CalendarFeed) -> None:
        super().__init__()
        self.feed = feed

    def get_cache_key(self, request: object, view: object) -> str:
        """One count per feed; the key itself is not in it."""
        return f"calendar-rate-{self.feed.pk}"
