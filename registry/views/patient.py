"""One patient, and the patient's history of changes."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.models import Patient
from registry.selectors.history import changes_of, readable
from registry.selectors.own_centre import age_shown, is_own_centre
from registry.selectors.patient_file import patient_file

LATEST_CHANGES = 10
CHANGES_PER_PAGE = 50


@require_safe
def patient(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Everything on one patient; 404 for a patient that is not visible to the reader."""
    try:
        file = patient_file(pseudonym)
    except Patient.DoesNotExist:
        raise Http404 from None
    died_on = file.death.died_on if file.death else None
    relative = any(row.study.dates_are_relative for row in file.enrolments)
    own_centre = is_own_centre(file.patient)
    changes = changes_of(file.patient)[:LATEST_CHANGES]
    return render(
        request,
        "registry/patient.html",
        {
            "file": file,
            "patient": file.patient,
            "age": age_shown(file.patient, died_on, dates_are_relative=relative),
            "own_centre": own_centre,
            "changes": readable(changes, own_centre=own_centre),
        },
    )


@require_safe
def history(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """All changes to one patient's rows, newest first; 404 as for the patient."""
    row = get_object_or_404(Patient.objects.live(), pseudonym=pseudonym)
    page = Paginator(changes_of(row), CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    changes = readable(page.object_list, own_centre=is_own_centre(row))
    return render(
        request,
        "registry/history.html",
        {"patient": row, "page": page, "changes": changes},
    )
