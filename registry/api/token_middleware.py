"""Who asks, by the token of a request: before the scope is made, so that all rules hold as ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from hmac import compare_digest

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.crypto import hash_token
from knox.settings import CONSTANTS

from registry.api.problem_middleware import ROOT, problem_response
from registry.models import ApiToken
from registry.services.activity import seen_today

SCHEME = "token"
LONGEST_TOKEN = 200
"""Characters; those that are given out have 64."""

USE_NOTED_EVERY = dt.timedelta(minutes=1)


class TokenMiddleware:
    """``Authorization: Token …`` under /api/ says who asks, and a session then says nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the token's person; 401 for a token that is not good any more."""
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if not request.path.startswith(ROOT) or scheme.lower() != SCHEME:
            return self.get_response(request)
        token = valid_token(key.strip())
        if token is None:
            response = problem_response(
                request, 401, _("The token is unknown, has ended, or its person has left.")
            )
            response.headers["WWW-Authenticate"] = SCHEME.capitalize()
            return response
        request.user = token.user
        request.api_token = token  # type: ignore[attr-defined]
        _note_use(token)
        seen_today(token.user)
        return self.get_response(request)


def valid_token(key: str) -> ApiToken | None:
    """The token of that key; None when there is none, it has ended, or its person has left."""
    if not key or len(key) > LONGEST_TOKEN or not (key.isascii() and key.isalnum()):
        return None
    digest = hash_token(key)
    held = ApiToken.objects.select_related("user").filter(
        token_key=key[: CONSTANTS.TOKEN_KEY_LENGTH],
        expiry__gt=timezone.now(),
        user__is_active=True,
    )
    return next((token for token in held if compare_digest(digest, token.digest)), None)


def _note_use(token: ApiToken) -> None:
    """When the token was last used, to the minute: not one write for every request."""
    now = timezone.now()
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY:
        ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)
