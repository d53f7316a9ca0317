"""Parts of a form for picking a CTCAE term and its grade."""

from __future__ import annotations

import re

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.entry.ctcae import grades_context
from registry.models import Centre
from registry.selectors.ctcae import FoundTerms, recent_terms, search_terms, term_of
from registry.selectors.studies import scope_in_force
from registry.terminology.ctcae import RELEASES

FEWEST_LETTERS = 2

_FIELD_NAME = re.compile(r"[A-Za-z][\w-]{0,60}", re.ASCII)


@require_safe
def ctcae_terms(request: HttpRequest, release: str) -> HttpResponse:
    """Terms of a release as radio buttons: those that ``q`` finds, else the centre's last ones.

    ``name`` is the name of the radio buttons; one that is sent along as chosen stays on top.
    ``centre`` is the code of a centre of the reader: 404 for any other, and for an unknown release.
    """
    _require_release(release)
    name = _field_name(request, "name", "term")
    text = request.GET.get("q", "").strip()
    centre = _own_centre(request.GET.get("centre", ""))
    is_search = len(text) >= FEWEST_LETTERS
    if is_search:
        found = search_terms(release, text)
    else:
        recent = recent_terms(release, centre) if centre else ()
        found = FoundTerms(recent, len(recent))
    chosen = term_of(release, request.GET.get(name, ""))
    return render(
        request,
        "registry/entry/_ctcae_terms.html",
        {
            "name": name,
            "found": found,
            "chosen": chosen,
            "kept": chosen if chosen not in found.terms else None,
            "is_search": is_search,
            "is_answer": True,
        },
    )


@require_safe
def ctcae_grades(request: HttpRequest, release: str) -> HttpResponse:
    """The grades of the chosen term as radio buttons, with what each means.

    ``name`` is the name of the radio buttons, ``of`` that of the field with the term's key. A
    grade that is sent along as chosen stays so where the term has it, and is named where not.
    """
    _require_release(release)
    name = _field_name(request, "name", "grade")
    term = term_of(release, request.GET.get(_field_name(request, "of", "term"), ""))
    context = grades_context(name, term, chosen=request.GET.get(name, ""))
    return render(request, "registry/entry/_ctcae_grades.html", context)


def _require_release(release: str) -> None:
    if release not in RELEASES:
        raise Http404


def _field_name(request: HttpRequest, key: str, usual: str) -> str:
    name = request.GET.get(key, usual)
    if not _FIELD_NAME.fullmatch(name):
        raise BadRequest(f"{key} must be the name of a form field")
    return name


def _own_centre(code: str) -> Centre | None:
    if not code:
        return None
    own = Centre.objects.filter(pk__in=scope_in_force().centre_ids)
    for centre in own:
        if centre.code == code:
            return centre
    raise Http404
