"""Pages and files of a study's tables. Views read; the address is the whole state."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.artefacts.study_set import Section
from analytics.tables.files import file_of
from analytics.tables.page import contents_page, section_page
from analytics.tables.state import State, state_of
from registry.selectors.studies import visible_studies


@require_safe
def tables(request: HttpRequest, key: str) -> HttpResponse:
    """Contents: which tables and figures there are, and of whom; 404 for another's study."""
    state = _state(request, key)
    return _answer(request, "contents", state, contents_page(state))


@require_safe
def tables_section(request: HttpRequest, key: str, section: str) -> HttpResponse:
    """One section with its tables and figures."""
    if section not in set(Section):
        raise Http404
    state = _state(request, key)
    return _answer(request, "section", state, section_page(state, Section(section)))


@require_safe
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """The study beside the paper of its protocol and published series."""
    return tables_section(request, key, Section.PAPER.value)


@require_safe
def tables_file(request: HttpRequest, key: str, name: str, extension: str) -> HttpResponse:
    """A table or figure as CSV, SVG or PNG; an artefact or a section as a document.

    Where nothing may be shown of so few patients, the page that says so.
    """
    state = _state(request, key)
    if state.reason:
        return redirect(f"{reverse('analytics:tables', args=[key])}?{state.query}")
    return file_of(state, name, extension, request.GET.get("part", ""))


def _state(request: HttpRequest, key: str) -> State:
    return state_of(get_object_or_404(visible_studies(), key=key), request.GET)


def _answer(request: HttpRequest, page: str, state: State, context: dict[str, Any]) -> HttpResponse:
    if request.GET.get("is") and not state.problems:
        # The address that the reader keeps or sends on holds the condition, not its controls.
        return redirect(f"{context['address']}?{state.query}")
    return render(request, f"analytics/tables/{page}.html", context)
