"""The list of patients."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from registry.selectors.patient_list import (
    DEFAULT_ORDER,
    PatientState,
    patient_lines,
    patient_list,
    with_list_details,
)
from registry.selectors.studies import visible_centres, visible_studies

PAGE_SIZE = 50


class PatientFilter(forms.Form):
    """What the list can be cut to; the choices are the reader's own studies and centres."""

    search = forms.CharField(
        label=gettext_lazy("Pseudonym or record number"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )
    study = forms.ChoiceField(label=gettext_lazy("Study"), required=False)
    centre = forms.ChoiceField(label=gettext_lazy("Centre"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        studies = visible_studies().values_list("key", "title")
        centres = visible_centres().values_list("code", "name")
        self.fields["study"].choices = [("", _("All studies")), *studies]  # type: ignore[attr-defined]
        self.fields["centre"].choices = [("", _("All centres")), *centres]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("Any status")), *PatientState.choices]  # type: ignore[attr-defined]


@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    """Patients that the reader may see: filtered, sorted and paged by the database."""
    form = PatientFilter(request.GET)
    order = request.GET.get("sort", DEFAULT_ORDER)
    # A filter with an error is named at its field; the others still hold.
    form.is_valid()
    found = patient_list(**form.cleaned_data, order=order)
    page = Paginator(with_list_details(found), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "registry/patients.html",
        {
            "form": form,
            "page": page,
            "rows": patient_lines(page.object_list),
            "sort": order,
        },
    )
