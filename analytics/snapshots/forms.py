"""Forms of the pages of snapshots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from analytics.known import NOW, THEN
from analytics.models import Snapshot
from analytics.services.snapshots import LONGEST_NOTE
from registry.models import Study
from registry.views.people_forms import day_field


class FreezeForm(forms.Form):
    """What is to be frozen."""

    data_cut = day_field(
        gettext_lazy("Data cut"), gettext_lazy("Last day whose facts count. Empty: today.")
    )
    known = forms.ChoiceField(
        label=gettext_lazy("What was on file"),
        help_text=gettext_lazy(
            "For a data cut in the past: corrections and late entries since then are left out, "
            "or they count."
        ),
        choices=[
            (THEN, gettext_lazy("at the end of that day")),
            (NOW, gettext_lazy("now, about the time up to that day")),
        ],
        initial=THEN,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if study.dates_are_relative:
            del self.fields["data_cut"], self.fields["known"]

    def known_at(self) -> dt.datetime | None:
        """The moment that is meant; None for that of the data cut."""
        return timezone.now() if self.cleaned_data.get("known") == NOW else None


class PairForm(forms.Form):
    """Which two snapshots are compared."""

    old = forms.TypedChoiceField(label=gettext_lazy("Older"), coerce=int)
    new = forms.TypedChoiceField(label=gettext_lazy("Newer"), coerce=int)

    def __init__(self, *args: Any, snapshots: list[Snapshot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.number, str(one.number)) for one in snapshots]
        for name in ("old", "new"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
