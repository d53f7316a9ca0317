"""Whatever goes wrong under /api/ before or beside a view of it is answered as a problem, too."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from registry.api.problems import MEDIA_TYPE, kind_of, problem

ROOT = "/api/"


class ProblemMiddleware:
    """Puts a problem in place of an error page: unknown hosts, failures, refused addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; errors under /api/ that are no problems yet become some."""
        response = self.get_response(request)
        is_error = request.path.startswith(ROOT) and response.status_code >= 400
        if not is_error or response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return problem_response(request, response.status_code)


def problem_response(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """A problem outside of the views of the interface."""
    kind = kind_of(status)
    members = problem(kind, detail or _("Nothing was written."), instance=request.path)
    return HttpResponse(
        json.dumps(members, ensure_ascii=False), status=kind.status, content_type=MEDIA_TYPE
    )
