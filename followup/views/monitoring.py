"""The monitor's round: what is to be verified at which centre, and answers that wait."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.models import Study, User
from registry.permissions import require_anywhere, studies_with
from registry.roles import Action
from registry.selectors.monitoring import (
    cases_to_verify,
    centres_of,
    monitoring_round,
    with_forms,
)

PAGE_SIZE = 25


@require_safe
def monitoring(request: HttpRequest) -> HttpResponse:
    """The centres of the reader's studies with what is to be verified and answered there."""
    user = cast(User, request.user)
    lines = monitoring_round(user, _studies(user))
    return render(request, "followup/monitoring.html", {"lines": lines})


@require_safe
def monitoring_centre(request: HttpRequest, study: str, code: str) -> HttpResponse:
    """The cases of one centre with forms that are not verified, a page at a time."""
    user = cast(User, request.user)
    row = get_object_or_404(Study, pk__in=_studies(user), key=study)
    centre = get_object_or_404(centres_of(row), code=code)
    cases = cases_to_verify(row, centre)
    page = Paginator(cases, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"study": row, "centre": centre, "page": page, "cases": with_forms(user, page)}
    return render(request, "followup/monitoring_centre.html", context)


def _studies(user: User) -> frozenset[int]:
    """Keys of the studies in which the reader verifies source data.

    Raises:
        PermissionDenied: there is none.
    """
    require_anywhere(user, Action.VERIFY_SOURCE)
    return studies_with(user, Action.VERIFY_SOURCE)
