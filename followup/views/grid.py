"""The status grid: patients by forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from followup.selectors.grid import DEFAULT_ORDER, GridFilter, grid_listing
from followup.selectors.grid_lines import grid_lines
from followup.selectors.listing import ListingPaginator
from followup.templatetags.grid import MARK_STATES, form_name
from registry.models.status import FORMS
from registry.selectors.patient_state import PatientState
from registry.selectors.studies import visible_centres, visible_studies
from registry.templatetags.ui import STATES

PAGE_SIZE = 50
MOST_INDEXES = 20


class GridForm(forms.Form):
    """What the grid can be cut to; studies and centres are the reader's own."""

    search = forms.CharField(
        label=gettext_lazy("Pseudonym"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )
    study = forms.ChoiceField(label=gettext_lazy("Study"), required=False)
    centre = forms.ChoiceField(label=gettext_lazy("Centre"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Patient"), required=False)
    work = forms.ChoiceField(label=gettext_lazy("To do"), required=False)
    form = forms.ChoiceField(label=gettext_lazy("Form"), required=False)
    form_state = forms.ChoiceField(label=gettext_lazy("is"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("study", _("All studies"), visible_studies().values_list("key", "title"))
        self._offer("centre", _("All centres"), visible_centres().values_list("code", "name"))
        self._offer("state", _("Any status"), PatientState.choices)
        work = {
            "missing": _("Anything missing"),
            "unlikely": _("Unlikely, to confirm"),
            "overdue": _("Overdue visits"),
        }
        self._offer("work", _("Anything"), work.items())
        self._offer("form", _("Any form"), [(form, form_name(form)) for form in FORMS])
        self._offer("form_state", _("Any state"), [(key, STATES[key]) for key in MARK_STATES])

    def _offer(self, field: str, whatever: str, choices: Any) -> None:
        self.fields[field].choices = [("", whatever), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A form without a state, or the other way round, says nothing."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("form") and not cleaned.get("form_state") and "form_state" in cleaned:
            self.add_error("form_state", _("Choose the state that the form is in."))
        if cleaned.get("form_state") and not cleaned.get("form") and "form" in cleaned:
            self.add_error("form", _("Choose the form that is in this state."))
        return cleaned

    def cut(self, found: list[str]) -> GridFilter:
        """The filters that hold; one with an error is named at its field and left out."""
        cleaned = dict(self.cleaned_data)
        if not (cleaned.get("form") and cleaned.get("form_state")):
            cleaned |= {"form": "", "form_state": ""}
        return GridFilter(**cleaned, found=found)


@require_safe
def grid(request: HttpRequest) -> HttpResponse:
    """Patients that the reader may see with the state of their forms, a page at a time."""
    form = GridForm(request.GET)
    form.is_valid()
    order = request.GET.get("sort", DEFAULT_ORDER)
    today = timezone.localdate()
    found = request.GET.getlist("found")[:MOST_INDEXES]
    listing = grid_listing(form.cut(found), order, today)
    page = ListingPaginator(listing, PAGE_SIZE).page_of(request.GET.get("page"))
    lines = grid_lines(page.object_list, today)
    return render(
        request,
        "followup/grid.html",
        {
            "form": form,
            "found": found,
            "page": page,
            "lines": lines,
            "sort": order,
            "today": today,
        },
    )
