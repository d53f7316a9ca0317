"""Headers that keep pages to the browser of their reader; the others are settings of Django."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class OwnSiteMiddleware:
    """Answers are for pages of this site only, and those to signed-in people are not stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set what the view has not decided itself."""
        answer = self.get_response(request)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            # A shared computer must not show a patient after signing out.
            answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer
