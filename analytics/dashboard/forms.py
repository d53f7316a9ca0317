"""The form that opens a dashboard and chooses what it shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from analytics.models import Audience, DashboardSetting
from analytics.services.dashboard import Choice
from registry.protocols.types import Protocol

ACCRUAL = "accrual"
NUMBERED, NAMED = "numbered", "named"


class DashboardForm(forms.Form):
    """To whom the dashboard is open, and what it shows."""

    audience = forms.ChoiceField(
        label=gettext_lazy("Open to"), choices=Audience.choices, widget=forms.RadioSelect
    )
    shows = forms.MultipleChoiceField(
        label=gettext_lazy("It shows"),
        help_text=gettext_lazy("Beside the number of patients and their median follow-up."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    centres = forms.ChoiceField(
        label=gettext_lazy("Centres"),
        choices=[
            (NUMBERED, gettext_lazy("as “Centre 1”, “Centre 2” and so on, numbered by lot")),
            (NAMED, gettext_lazy("by name")),
        ],
        widget=forms.RadioSelect,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {endpoint.code: endpoint.label for endpoint in protocol.endpoints}
        shows: Any = self.fields["shows"]
        shows.choices = [
            (ACCRUAL, gettext_lazy("Accrual by month and by centre")),
            *((code, gettext_lazy(labels[code])) for code in ("LC", "OS") if code in labels),
        ]

    def choice(self) -> Choice:
        """What was sent, where it is valid."""
        shows = self.cleaned_data["shows"]
        return Choice(
            audience=Audience(self.cleaned_data["audience"]),
            shows_accrual=ACCRUAL in shows,
            shows_lc="LC" in shows,
            shows_os="OS" in shows,
            names_centres=self.cleaned_data["centres"] == NAMED,
        )


def initial_of(setting: DashboardSetting) -> dict[str, Any]:
    """The form as the setting stands."""
    shown = {ACCRUAL: setting.shows_accrual, "LC": setting.shows_lc, "OS": setting.shows_os}
    return {
        "audience": setting.audience,
        "shows": [name for name, is_shown in shown.items() if is_shown],
        "centres": NAMED if setting.names_centres else NUMBERED,
        "seen": setting.number,
    }
