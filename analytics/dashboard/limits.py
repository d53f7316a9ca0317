"""How often public dashboards may be read."""

from __future__ import annotations

from django.http import HttpRequest

from registry.accounts.lockout import address_of
from registry.page_rate import PageRate


class DashboardRate(PageRate):
    """At most 60 readings a minute from one address, of whatever dashboards, real or not."""

    rate = "60/minute"

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        """One count per address of the network; it is kept for a minute."""
        return f"dashboard-rate-{address_of(request)}"
