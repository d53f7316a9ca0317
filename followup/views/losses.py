"""Loss to follow-up: who may be lost, who is, and who was found again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from followup.selectors.losses import as_proposals, proposals_by_centre, proposed_patients
from followup.selectors.losses import losses as losses_that
from registry.selectors.studies import visible_centres, visible_studies

PAGE_SIZE = 50
PROPOSED, LOST, FOUND = "proposed", "lost", "found"


class LossesForm(forms.Form):
    """What the lists are cut to; studies and centres are the reader's own."""

    study = forms.ChoiceField(label=gettext_lazy("Study"), required=False)
    centre = forms.ChoiceField(label=gettext_lazy("Centre"), required=False)
    show = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[(name, name) for name in (PROPOSED, LOST, FOUND)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("study", _("All studies"), visible_studies().values_list("key", "title"))
        self._offer("centre", _("All centres"), visible_centres().values_list("code", "name"))

    def _offer(self, field: str, whatever: str, choices: Any) -> None:
        self.fields[field].choices = [("", whatever), *choices]  # type: ignore[attr-defined]

    def cut(self) -> dict[str, str]:
        """Study and centre that hold; one with an error is named at its field and left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("study", "centre")}


@require_safe
def losses(request: HttpRequest) -> HttpResponse:
    """Proposals, losses that hold, or losses undone, a page at a time."""
    form = LossesForm(request.GET)
    cut = form.cut()
    shown = form.cleaned_data.get("show") or PROPOSED
    today = timezone.localdate()
    proposed = proposed_patients(today, **cut)
    counts = {
        PROPOSED: proposed.count(),
        LOST: losses_that(found_again=False, **cut).count(),
        FOUND: losses_that(found_again=True, **cut).count(),
    }
    rows: Any = proposed if shown == PROPOSED else losses_that(found_again=shown == FOUND, **cut)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    words = {PROPOSED: _("Lost?"), LOST: _("Lost"), FOUND: _("Found again")}
    context = {
        "form": form,
        "page": page,
        "shown": shown,
        "tabs": [(name, words[name], counts[name]) for name in words],
        "proposals": as_proposals(page, today) if shown == PROPOSED else [],
        "centres": proposals_by_centre(today) if shown == PROPOSED else [],
        "today": today,
    }
    return render(request, "followup/losses.html", context)
