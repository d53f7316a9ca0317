"""The form for a new patient, opened empty or on a screening that was not enrolled."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from registry.case import Case
from registry.entry.entry import Entry
from registry.entry.pages import next_page
from registry.entry.pages.new_patient import NEW_PATIENT, screening_of
from registry.models import Centre, Patient, Screening, User
from registry.models.choices import ScreeningOutcome
from registry.permissions import centres_of_entry
from registry.selectors.studies import studies_of_centre
from registry.views.entry import serve, serve_live
from registry.views.sign_in import keeps_typed


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def new_patient(request: HttpRequest) -> HttpResponse:
    """The form: shown with the person's draft if there is one, or saved."""
    return serve(request, lambda data: open_new(request, data), _after)


@require_POST
def new_patient_live(request: HttpRequest) -> HttpResponse:
    """The figures beside the form."""
    return serve_live(request, open_new(request, request.POST))


def open_new(request: HttpRequest, data: QueryDict | None) -> Entry:
    """The page on a new screening, or on the one that the address names (?screening=…).

    Raises:
        PermissionDenied: the person enters cases at no centre that takes part in a study.
        Http404: no such screening at the person's centres, or it led to an enrolment.
    """
    user = cast(User, request.user)
    centres = centres_of_entry(user)
    if not studies_of_centre(*centres).exists():
        raise PermissionDenied(_("You enter cases at no centre that takes part in a study."))
    screening = _named(request.GET["screening"], centres) if "screening" in request.GET else None
    if screening is None:
        studies = {study.key: study for study in studies_of_centre(*centres)}
        only = next(iter(studies.values())) if len(studies) == 1 else None
        study = studies.get(request.GET.get("study", ""), only)
        screening = Screening(outcome=ScreeningOutcome.ENROLLED, centre=centres[0])
        if study is not None:
            screening.study = study
    case = Case(Patient(centre=screening.centre))
    return Entry(NEW_PATIENT, case, user=user, root=screening, data=data, query=request.GET)


def _named(key: str, centres: QuerySet[Centre]) -> Screening:
    """A screening of these centres that led to no enrolment."""
    held = Screening.objects.live().filter(centre__in=centres, patient=None)
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise Http404
    screening: Screening = get_object_or_404(held.select_related("study", "centre"), pk=int(key))
    return screening


def _after(entry: Entry, then: str) -> str:
    """The next form of the patient, the patient, or the list for a person not enrolled."""
    if screening_of(entry).outcome != ScreeningOutcome.ENROLLED:
        return reverse("registry:screenings")
    pseudonym = entry.patient.pseudonym
    following = next_page(entry.page.key)
    if then == "next" and following is not None:
        return reverse("registry:enter", args=[following.key, following.first_key, pseudonym])
    return reverse("registry:patient", args=[pseudonym])
