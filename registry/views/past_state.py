"""A patient as the registry held it at a moment in the past."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.models import Patient, Screening, User
from registry.permissions import require_with_patient
from registry.roles import Action
from registry.selectors.marks import PatientMarks
from registry.selectors.own_centre import age_shown, is_own_centre
from registry.selectors.past_state import PastState, identity_then, state_at
from registry.selectors.patient_file import PatientFile, file_of
from registry.selectors.patient_sections import plain_sections
from registry.selectors.patient_state import state_of
from registry.services.marks import MayMark
from registry.views.audit_forms import MomentForm


@require_safe
def past(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """The case as it stood at ?at=…, to read; 404 for a patient not visible to the reader."""
    patient = get_object_or_404(Patient.objects.live(), pseudonym=pseudonym)
    require_with_patient(cast(User, request.user), Action.READ_AUDIT, patient)
    form = MomentForm(request.GET if "at" in request.GET else None)
    context: dict[str, Any] = {"pseudonym": patient.pseudonym, "form": form}
    if form.is_valid():
        moment = form.cleaned_data["at"]
        context |= {"moment": moment, **_shown(state_at(patient.pk, moment), patient, moment)}
    return render(request, "registry/past/page.html", context)


def _shown(state: PastState | None, patient: Patient, moment: dt.datetime) -> dict[str, Any]:
    """What the sections need; nothing where there was no patient yet."""
    if state is None:
        return {}
    own_centre = is_own_centre(patient)
    file = file_of(
        state.case,
        identity=identity_then(state, patient),
        screenings=state.case.of(Screening),
    )
    return {
        "patient": file.patient,
        "file": file,
        "what_became": state_of(
            died=file.death is not None,
            withdrew=any(row.withdrawn_on for row in file.enrolments),
            lost=any(row.found_again_on is None for row in file.losses),
        ),
        "age": _age(file, moment.date(), own_centre=own_centre),
        "own_centre": own_centre,
        "may_enter": False,
        "marks": PatientMarks(),
        "may_mark": MayMark(),
        "sections": plain_sections(file),
    }


def _age(file: PatientFile, on: dt.date, *, own_centre: bool) -> str:
    return age_shown(
        file.patient,
        file.death.died_on if file.death is not None else None,
        dates_are_relative=any(row.study.dates_are_relative for row in file.enrolments),
        own_centre=own_centre,
        today=on,
    )
