"""Requests for correction: asking the centre, reading and answering, closing."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from registry.case import load_case
from registry.entry.links import row_address
from registry.errors import Refused
from registry.models import ClinicalRow, CorrectionRequest, Patient, User
from registry.models.choices import CorrectionState
from registry.permissions import may_enter_cases
from registry.services import corrections
from registry.views.findings import tell

_TEXT = forms.Textarea(attrs={"rows": 4})


class QuestionForm(forms.Form):
    """What is asked, and about which row of the case."""

    row = forms.ChoiceField(label=gettext_lazy("About"))
    question = forms.CharField(
        label=gettext_lazy("Question"),
        help_text=gettext_lazy("What is to be corrected or checked. No names."),
        max_length=4000,
        widget=_TEXT,
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = load_case(patient).all_rows()
        self.fields["row"].choices = [(row_name(row), row_words(row)) for row in rows]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What the centre says."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        help_text=gettext_lazy("What was corrected, or why the value is right."),
        max_length=4000,
        widget=_TEXT,
    )


def row_name(row: ClinicalRow) -> str:
    """A row in a list of choices: "course.17"."""
    return f"{row.entity()}.{row.pk}"


def row_words(row: ClinicalRow) -> str:
    """A row in words: "Course 1"; the patient as "The patient as a whole"."""
    if isinstance(row, Patient):
        return _("The patient as a whole")
    name = str(row._meta.verbose_name)
    number = getattr(row, "number", None)
    words = name[:1].upper() + name[1:]
    return words if number is None else f"{words} {number}"


@require_http_methods(["GET", "HEAD", "POST"])
def ask_correction(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Ask the patient's centre; only for those who watch one of the patient's studies."""
    patient = get_object_or_404(Patient.objects.live(), pseudonym=pseudonym)
    user = cast(User, request.user)
    if not corrections.may_ask(user, patient):
        raise PermissionDenied(_("You do not ask for corrections of this patient."))
    initial = {"row": request.GET.get("row", "")}
    form = QuestionForm(request.POST or None, patient=patient, initial=initial)
    if request.method == "POST" and form.is_valid():
        entity, _dot, row_id = form.cleaned_data["row"].partition(".")
        try:
            asked = corrections.ask(
                patient=patient,
                entity=entity,
                row_id=int(row_id),
                question=form.cleaned_data["question"],
                by=user,
            )
        except Refused as error:
            tell(form, error)
        else:
            return HttpResponseRedirect(reverse("registry:correction", args=[asked.pk]))
    status = 422 if form.errors else 200
    context = {"form": form, "patient": patient}
    return render(request, "registry/correction_ask.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its answer; the centre answers here, the person who asked closes."""
    asked = get_object_or_404(
        CorrectionRequest.objects.select_related("patient__centre", "asked_by", "answered_by"),
        pk=pk,
        patient__voided_at__isnull=True,
    )
    user = cast(User, request.user)
    form = AnswerForm(request.POST if request.POST.get("do") == "answer" else None)
    refusal = ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "close":
                corrections.close(asked, by=user)
                return HttpResponseRedirect(reverse("registry:home"))
            if form.is_valid():
                corrections.answer(asked, text=form.cleaned_data["answer"], by=user)
                return HttpResponseRedirect(request.path)
        except Refused as error:
            if form.is_bound:
                tell(form, error)
            else:
                refusal = " ".join(finding.message for finding in error.findings)
    row = next((r for r in load_case(asked.patient).all_rows() if _is_asked(r, asked)), None)
    may_enter = may_enter_cases(user, asked.patient.centre_id)
    page = {
        "asked": asked,
        "form": form,
        "refusal": refusal,
        "about": row_words(row) if row is not None else asked.entity,
        "address": row_address(row, asked.patient, asked.field) if row and may_enter else "",
        "may_answer": may_enter and asked.state == CorrectionState.OPEN,
        "may_close": asked.asked_by_id == user.pk and asked.state == CorrectionState.ANSWERED,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "registry/correction.html", page, status=status)


def _is_asked(row: ClinicalRow, asked: CorrectionRequest) -> bool:
    return (row.entity(), row.pk) == (asked.entity, asked.row_id)
