"""How long a session lasts: 30 minutes without a request, 12 hours in all.

What an open page asks by itself is no request of a person.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from registry.models import User
from registry.services.activity import seen_today

IDLE_SECONDS = 30 * 60
WHOLE_SECONDS = 12 * 60 * 60
WRITTEN_EVERY_SECONDS = 60
"""A session is written once a minute at most; it may end that much earlier than said."""

BEGAN, SEEN = "began_at", "seen_at"
"""Seconds since the epoch in the session: of the sign-in, and of the last request."""

ASKS_BY_ITSELF = "X-Asks-By-Itself"
"""Header of the requests of an open page that nobody has asked for: nobody need be there."""


def begin(*, request: HttpRequest, user: User, **_signal: object) -> None:
    """Somebody has signed in, by whatever way: the limits count from now."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())
    seen_today(user)


def seconds_since_sign_in(request: HttpRequest) -> float:
    """How long ago the person signed in."""
    return time.time() - float(request.session.get(BEGAN, 0))


class SessionLimitsMiddleware:
    """Ends sessions that have lasted too long: the request goes on as a stranger's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out who was away for too long, note the others as seen."""
        if request.user.is_authenticated:
            if _is_over(request):
                logout(request)
            elif ASKS_BY_ITSELF not in request.headers:
                _note(request)
        return self.get_response(request)


def _is_over(request: HttpRequest) -> bool:
    now = time.time()
    return bool(
        now - request.session.get(SEEN, now) > IDLE_SECONDS
        or now - request.session.get(BEGAN, now) > WHOLE_SECONDS
    )


def _note(request: HttpRequest) -> None:
    """Write that the person is there, once a minute; the list of sessions shows it."""
    now = int(time.time())
    session = request.session
    if BEGAN in session and now - session[SEEN] < WRITTEN_EVERY_SECONDS:
        return
    session[BEGAN], session[SEEN] = session.get(BEGAN, now), now
    UserSession.objects.create_from_request(request)
    seen_today(cast(User, request.user))
