"""Every request runs in the scope of its person; every writing request is recorded as theirs."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from registry.audit import recorded
from registry.scope import Scope, use_scope

LONGEST_ORIGIN = 80
"""Characters of a request in the trail."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class RequestScopeMiddleware:
    """Scope for reading; for writing methods also one transaction and the audit context."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the scope; a writing request that fails with 5xx leaves nothing behind."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404  # the database holds no such sign: there is nothing at this address
        with use_scope(Scope.of(request.user)):
            if request.method in SAFE_METHODS:
                return self.get_response(request)
            person = request.user if request.user.is_authenticated else None
            origin = f"{request.method} {request.path}"[:LONGEST_ORIGIN]
            with recorded(by=person, origin=origin):
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                return response
