"""Pages and files of the workbench. Views read; the address is the whole state."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.workbench.files import FIGURE_FILES, ROW_FILES, file_of
from analytics.workbench.page import workbench_page
from analytics.workbench.state import state_of
from registry.models import Study
from registry.selectors.studies import reads_cases_of, visible_studies


@require_safe
def workbench(request: HttpRequest, key: str) -> HttpResponse:
    """One endpoint as the address chooses it; 404 for a study that is not the reader's."""
    state = state_of(_study(key), request.GET)
    if (
        not state.problems
        and not state.is_asking
        and request.GET.urlencode() != state.choices.query
    ):
        # The address that the reader keeps or sends on says nothing twice.
        return redirect(f"{reverse('analytics:workbench', args=[key])}?{state.choices.query}")
    return render(request, "analytics/workbench/page.html", workbench_page(state))


@require_safe
def workbench_file(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """A file of the same choices: drawing, picture, rates."""
    return file_of(state_of(_study(key), request.GET), FIGURE_FILES, name)


@require_safe
def workbench_rows(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """A file of the same choices with patients line by line, for whoever reads the cases."""
    study = _study(key)
    if not reads_cases_of(study):
        raise PermissionDenied(_("This file holds patients line by line."))
    return file_of(state_of(study, request.GET), ROW_FILES, name)


def _study(key: str) -> Study:
    return get_object_or_404(visible_studies(), key=key)
