"""The status grid: patients by forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from followup.selectors.form_place import SECTIONS, entry_place
from followup.selectors.grid import DEFAULT_ORDER, GridFilter, grid_page
from followup.templatetags.grid import MARK_STATES, form_name
from registry.models import Patient
from registry.models.status import FORMS
from registry.selectors.patient_state import PatientState
from registry.selectors.studies import scope_in_force, visible_centres, visible_studies
from registry.templatetags.ui import STATES

PAGE_SIZE = 50
MOST_INDEXES = 20


class PlainSelect(forms.Select):
    """A select written in one go: forty options in a template each take a tenth of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The element with its options."""
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, mark_safe(" selected") if str(key) == value else "", label)
                for key, label in self.choices
            ),
        )
        given = flatatt({**self.attrs, **(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", given, options)


class GridForm(forms.Form):
    """What the grid can be cut to; studies and centres are the reader's own."""

    search = forms.CharField(
        label=gettext_lazy("Pseudonym"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )
    study = forms.ChoiceField(widget=PlainSelect, label=gettext_lazy("Study"), required=False)
    centre = forms.ChoiceField(widget=PlainSelect, label=gettext_lazy("Centre"), required=False)
    state = forms.ChoiceField(widget=PlainSelect, label=gettext_lazy("Patient"), required=False)
    work = forms.ChoiceField(widget=PlainSelect, label=gettext_lazy("To do"), required=False)
    form = forms.ChoiceField(widget=PlainSelect, label=gettext_lazy("Form"), required=False)
    form_state = forms.ChoiceField(
        widget=PlainSelect, label=gettext_lazy("State of the form"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("study", _("All studies"), visible_studies().values_list("key", "title"))
        self._offer("centre", _("All centres"), visible_centres().values_list("code", "name"))
        self._offer("state", _("Any status"), PatientState.choices)
        work = {
            "open": _("Missing or to confirm"),
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
    shown = grid_page(
        form.cut(found),
        order,
        request.GET.get("page"),
        today,
        per_page=PAGE_SIZE,
        after=request.GET.get("after", ""),
    )
    return render(
        request,
        "followup/grid.html",
        {
            "form": form,
            "found": found,
            "page": shown.page,
            "last": shown.last,
            "lines": shown.lines,
            "sort": order,
            "today": today,
            "enters_cases": bool(scope_in_force().centre_ids),
        },
    )


@require_safe
def open_form(request: HttpRequest, form: str, pseudonym: str) -> HttpResponse:
    """Sends on from a mark of the grid to the one form it means, or to the patient's page."""
    patient = get_object_or_404(Patient.objects.live(), pseudonym=pseudonym)
    if form not in SECTIONS:
        raise Http404
    place = entry_place(patient, form)
    if place is None:
        address = reverse("registry:patient", args=[pseudonym])
        return HttpResponseRedirect(f"{address}#{SECTIONS[form]}")
    query = {"visit": place.visit} if place.visit else None
    address = reverse("registry:enter", args=[place.form, place.key, pseudonym], query=query)
    return HttpResponseRedirect(address)
