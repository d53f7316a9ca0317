"""How many requests a token may make, so that one program does not slow everybody down."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from registry.models import ApiToken


class TokenRateThrottle(SimpleRateThrottle):
    """Requests per token (per person, for requests from a session) and minute."""

    scope = "token"

    def get_rate(self) -> str:
        """The limit of this installation."""
        return f"{settings.API_REQUESTS_PER_MINUTE}/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """One count per token; strangers are refused before anything is counted."""
        if isinstance(request.auth, ApiToken):
            return f"api-rate-token-{request.auth.pk}"
        return f"api-rate-person-{request.user.pk}" if request.user.is_authenticated else None
