"""The studies, and one study with its curves. Views read; nothing is stored here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.selectors.accrual import accrual
from registry.selectors.studies import visible_studies


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """The studies that the reader takes part in."""
    return render(request, "analytics/studies.html", {"studies": visible_studies()})


@require_safe
def study(request: HttpRequest, key: str) -> HttpResponse:
    """One study: its protocol and the patients enrolled per centre."""
    row = get_object_or_404(visible_studies(), key=key)
    version = row.protocol_version()
    return render(
        request,
        "analytics/study.html",
        {
            "study": row,
            "version": version,
            "protocol": version.protocol,
            "accrual": accrual(row),
        },
    )
