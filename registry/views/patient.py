"""One patient, and the patient's history of changes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from registry.models import Patient, User
from registry.permissions import may_enter_cases, may_with_patient
from registry.roles import Action
from registry.selectors.history import changes_of, shown_changes
from registry.selectors.marks import marks_of
from registry.selectors.own_centre import age_shown, is_own_centre
from registry.selectors.patient_file import patient_file
from registry.selectors.patient_sections import BY_IDENT, KINDS, patient_sections
from registry.selectors.temporary_access import guest_access
from registry.selectors.transfers import moved_away
from registry.services.identity_looks import Place
from registry.services.marks import may_mark

LATEST_CHANGES = 10
CHANGES_PER_PAGE = 50
GONE = 410


@require_safe
def patient(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Everything on one patient; 404 for a patient that is not visible to the reader.

    410 for a patient who went from the reader's centre to another one.
    """
    try:
        file = patient_file(pseudonym)
    except Patient.DoesNotExist:
        return _moved_away(request, pseudonym)
    died_on = file.death.died_on if file.death else None
    relative = any(row.study.dates_are_relative for row in file.enrolments)
    own_centre, today = is_own_centre(file.patient), timezone.localdate()
    may_enter = may_enter_cases(cast(User, request.user), file.patient.centre_id)
    changes = changes_of(file.patient)[:LATEST_CHANGES]
    return render(
        request,
        "registry/patient.html",
        {
            "file": file,
            "patient": file.patient,
            "age": age_shown(
                file.patient,
                died_on,
                dates_are_relative=relative,
                own_centre=own_centre,
                today=today,
            ),
            "own_centre": own_centre,
            "guest_access": guest_access(file.patient),
            "may_enter": may_enter,
            "marks": marks_of(file.patient),
            "may_mark": may_mark(cast(User, request.user), file.patient),
            "sections": patient_sections(file, today=today, may_enter=may_enter),
            "changes": shown_changes(file.patient, changes, place=Place.PATIENT),
        },
    )


def _moved_away(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Where and when the patient went, to the centre that was left, and nothing else of the case.

    Raises:
        Http404: to everybody else.
    """
    left = moved_away(pseudonym)
    if left is None:
        raise Http404
    context = {"pseudonym": pseudonym, "transfer": left}
    return render(request, "registry/patient_moved.html", context, status=GONE)


class HistoryFilter(forms.Form):
    """The section of the patient's page whose changes are shown."""

    section = forms.ChoiceField(label=gettext_lazy("Section"), required=False)

    def __init__(self, *args: Any, own_centre: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = [
            (kind.ident, kind.title) for kind in KINDS if own_centre or kind.ident != "identity"
        ]
        self.fields["section"].choices = [("", _("All sections")), *sections]  # type: ignore[attr-defined]


@require_safe
def history(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Changes to a patient's rows or those of one section, newest first; 404 as for the patient."""
    row = get_object_or_404(Patient.objects.live(), pseudonym=pseudonym)
    own_centre = is_own_centre(row)
    form = HistoryFilter(request.GET, own_centre=own_centre)
    form.is_valid()  # a section that there is not is named at the field; all changes are shown
    section = BY_IDENT.get(form.cleaned_data.get("section", ""))
    events = changes_of(row, section.models if section is not None else ())
    page = Paginator(events, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    changes = shown_changes(row, page.object_list, place=Place.HISTORY)
    reads_audit = may_with_patient(cast(User, request.user), Action.READ_AUDIT, row)
    return render(
        request,
        "registry/history.html",
        {
            "patient": row,
            "page": page,
            "changes": changes,
            "form": form,
            "past_of": row.pseudonym if reads_audit else "",
        },
    )
