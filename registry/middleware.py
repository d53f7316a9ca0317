"""Every request runs in the scope and the time zone of its person; what it writes is theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from registry.audit import recorded
from registry.scope import Scope, use_scope
from registry.time_zones import zone

LONGEST_ORIGIN = 80
"""Characters of a request in the trail."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class RequestScopeMiddleware:
    """Scope and time zone for reading; for writing methods also one transaction and the context.

    Today and all times are those of the person's first centre; without one those of the settings.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the scope; a writing request that fails with 5xx leaves nothing behind."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404  # the database holds no such sign: there is nothing at this address
        scope = Scope.of(request.user)
        with use_scope(scope), timezone.override(zone_of(scope)):
            if request.method in SAFE_METHODS:
                return self.get_response(request)
            person = request.user if request.user.is_authenticated else None
            origin = f"{request.method} {request.path}"[:LONGEST_ORIGIN]
            with recorded(by=person, origin=origin):
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                return response


def zone_of(scope: Scope) -> dt.tzinfo:
    """The time zone of a reader."""
    return zone(scope.time_zone) if scope.time_zone else timezone.get_default_timezone()
