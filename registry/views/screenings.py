"""The list of screenings: who was considered for which study, and what came of it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from registry.models import User
from registry.models.choices import ScreeningOutcome
from registry.permissions import centres_of_entry
from registry.selectors.screenings import ScreeningFilter, screenings
from registry.selectors.studies import visible_centres, visible_studies

PAGE_SIZE = 50


class ScreeningsForm(forms.Form):
    """What the list can be cut to; studies and centres are the reader's own."""

    study = forms.ChoiceField(label=gettext_lazy("Study"), required=False)
    centre = forms.ChoiceField(label=gettext_lazy("Centre"), required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("study", _("All studies"), visible_studies().values_list("key", "title"))
        self._offer("centre", _("All centres"), visible_centres().values_list("code", "name"))
        self._offer("outcome", _("Any outcome"), ScreeningOutcome.choices)

    def _offer(self, field: str, whatever: str, choices: Any) -> None:
        self.fields[field].choices = [("", whatever), *choices]  # type: ignore[attr-defined]

    def cut(self) -> ScreeningFilter:
        """The filters that hold; one with an error is named at its field and left out."""
        self.is_valid()
        return ScreeningFilter(**self.cleaned_data)


@require_safe
def screening_list(request: HttpRequest) -> HttpResponse:
    """Screenings that the reader may see, a page at a time."""
    form = ScreeningsForm(request.GET)
    page = Paginator(screenings(form.cut()), PAGE_SIZE).get_page(request.GET.get("page"))
    own = set(centres_of_entry(cast(User, request.user)).values_list("pk", flat=True))
    return render(
        request,
        "registry/screenings.html",
        {"form": form, "page": page, "own_centres": own},
    )
