"""How often a page that opens without signing in may be read."""

from __future__ import annotations

import math

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class PageRate(SimpleRateThrottle):
    """Counts readings in the cache; ``rate`` and ``get_cache_key`` say how many, and of what."""

    def seconds_to_wait(self, request: HttpRequest) -> int | None:
        """Count this reading; the seconds until the next one is answered, None for at once."""
        if self.allow_request(request, None):  # type: ignore[arg-type]
            return None
        return math.ceil(self.wait() or 1)
