"""Pages are read and sent, nothing else: other methods are refused before anybody looks further."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

OF_PAGES = ("GET", "HEAD", "POST")
INTERFACE = "/api/"


class PageMethodsMiddleware:
    """Refuses other methods than browsers use for pages.

    Views made of classes take PUT for POST, and answer methods that nobody has thought about; the
    programming interface declares its methods itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """405, or on."""
        if request.method not in OF_PAGES and not request.path.startswith(INTERFACE):
            return HttpResponseNotAllowed(OF_PAGES)
        return self.get_response(request)
