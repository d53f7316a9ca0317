"""The studies, and one study with its curves. Views read; nothing is stored here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analytics.selectors import shown_first, study_curves
from registry.selectors.accrual import accrual
from registry.selectors.studies import sees_whole_study, visible_studies


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
    chosen = request.GET.get("endpoint", "")
    try:
        curves = study_curves(row, [chosen] if chosen else None)
    except LookupError:
        raise Http404 from None
    return render(
        request,
        "analytics/study.html",
        {
            "study": row,
            "version": version,
            "protocol": version.protocol,
            "accrual": accrual(row),
            "curves": curves,
            "chosen": chosen,
            "shown_first": shown_first(row),
            "whole_study": sees_whole_study(row),
        },
    )
