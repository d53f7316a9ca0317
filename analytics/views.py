"""The studies, and one study with its curves. Views read; nothing is stored here."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.dashboard.reading import is_open
from analytics.selectors import curves_mark, shown_curves, shown_first
from registry.models import Study, User
from registry.permissions import may_in_study
from registry.roles import Action
from registry.selectors.accrual import accrual
from registry.selectors.studies import reads_cases_of, sees_whole_study, visible_studies

NO_CONTENT = 204

ASK_FOR_CHANGES_SECONDS = 4
"""So often an open page asks whether its curves have changed."""

ASK_FOR_FRESH_SECONDS = 2
"""So often while fresh curves are being made."""


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """The studies that the reader takes part in."""
    return render(request, "analytics/studies.html", {"studies": visible_studies()})


@require_safe
def study(request: HttpRequest, key: str) -> HttpResponse:
    """One study: curves, accrual, protocol.

    ``?endpoint=DPFS`` shows another endpoint than local control and overall survival; 404 for a
    study that is not the reader's and for an endpoint that its protocol does not have.
    """
    row = get_object_or_404(visible_studies(), key=key)
    version = row.protocol_version()
    user = cast(User, request.user)
    return render(
        request,
        "analytics/study.html",
        {
            **_curves(request, row),
            "version": version,
            "protocol": version.protocol,
            "accrual": accrual(row),
            "shown_first": shown_first(row),
            "whole_study": sees_whole_study(row),
            "reads_cases": reads_cases_of(row),
            "has_dashboard": is_open(row) or may_in_study(user, Action.STEER_STUDY, row),
        },
    )


@require_safe
def study_curves(request: HttpRequest, key: str) -> HttpResponse:
    """The curves of an open study page, which asks for them by itself; 204 when it has them.

    ``?seen=`` is the mark of the curves that the page shows; the rest as for :func:`study`.
    """
    row = get_object_or_404(visible_studies(), key=key)
    if request.GET.get("seen") == curves_mark(row, now=timezone.now()):
        return HttpResponse(status=NO_CONTENT)
    return render(request, "analytics/_curves.html", _curves(request, row))


def _curves(request: HttpRequest, study: Study) -> dict[str, Any]:
    chosen = request.GET.get("endpoint", "")
    try:
        shown = shown_curves(study, [chosen] if chosen else None, now=timezone.now())
    except LookupError:
        raise Http404 from None
    wait = ASK_FOR_FRESH_SECONDS if shown.standing.is_stale else ASK_FOR_CHANGES_SECONDS
    return {"study": study, "shown": shown, "chosen": chosen, "ask_again_seconds": wait}
