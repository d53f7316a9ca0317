"""Forms of words on visits: what is the matter, why, and until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from followup.models import ExpectedVisit
from followup.schedules import OverrideKind
from followup.services.words import LONGEST
from registry.templatetags.values import day_text
from registry.views.people_forms import day_field

REASONS = (
    gettext_lazy("The patient could not be reached"),
    gettext_lazy("The patient did not come"),
    gettext_lazy("The patient declined"),
    gettext_lazy("The patient was too ill"),
    gettext_lazy("The patient was away"),
    gettext_lazy("Seen at another hospital, no report to be had"),
    gettext_lazy("No appointment was free"),
    gettext_lazy("The examination is not possible for this patient"),
    gettext_lazy("Another treatment goes on"),
)
"""What is often given as the reason; any other is written in words."""

KINDS = (
    (OverrideKind.MISSED.value, gettext_lazy("It was missed")),
    (OverrideKind.POSTPONED.value, gettext_lazy("The treating doctor postponed it")),
    (OverrideKind.NOT_APPLICABLE.value, gettext_lazy("It does not apply to this patient")),
)

_IN_WORDS = {"rows": 3}


class Radios(forms.RadioSelect):
    """Radio buttons whose first one an error of the field leads to."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The button of that number, the first one for the field as a whole."""
        return str(super().id_for_label(id_, index or "0"))


class ReasonsForm(forms.Form):
    """Why a visit is not as expected: a usual reason, or words of one's own, or both."""

    use_required_attribute = False

    usual = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("In words"),
        help_text=gettext_lazy("Any other reason, or more about the one chosen. No names."),
        required=False,
        max_length=LONGEST - 100,
        widget=forms.Textarea(attrs=_IN_WORDS),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(str(number), reason) for number, reason in enumerate(REASONS, start=1)]
        self.fields["usual"].choices = [("", _("Another: in words")), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two has to be there."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("usual") == "" and not cleaned.get("reason", "").strip():
            self.add_error("usual", _("Choose a reason, or write it in words."))
        return cleaned

    def reason_given(self) -> str:
        """The reason of a valid form as it is kept: "The patient was away: in hospital"."""
        chosen, words = self.cleaned_data["usual"], self.cleaned_data["reason"].strip()
        usual = str(REASONS[int(chosen) - 1]) if chosen else ""
        return ": ".join(text for text in (usual, words) if text)


class WordForm(ReasonsForm):
    """What a person says about one visit; of one whose date is not known, only one thing."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What became of the visit"),
        widget=Radios,
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    postponed_to = day_field(gettext_lazy("New date"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("kind", "postponed_to", "usual", "reason", "seen")

    def __init__(self, *args: Any, visit: ExpectedVisit, seen: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = seen
        if visit.target is None:
            only = OverrideKind.NOT_APPLICABLE
            self.fields["kind"].choices = [pair for pair in KINDS if pair[0] == only]  # type: ignore[attr-defined]
            self.initial["kind"] = only.value
            del self.fields["postponed_to"]
            return
        self.fields["kind"].choices = list(KINDS)  # type: ignore[attr-defined]
        told = _("Only of a visit that is postponed. Now it is asked for on {day}.")
        self.fields["postponed_to"].help_text = told.format(day=day_text(visit.target))

    def said(self) -> dict[str, Any]:
        """The arguments of the service, from a valid form."""
        data = self.cleaned_data
        return {
            "kind": OverrideKind(data["kind"]),
            "reason": self.reason_given(),
            "postponed_to": data.get("postponed_to"),
            "seen": data["seen"],
        }


class WithdrawForm(forms.Form):
    """Why a word is taken back."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why it is taken back"),
        help_text=gettext_lazy("No names."),
        max_length=LONGEST,
        widget=forms.TextInput,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seen: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = seen


class MissedForm(ReasonsForm):
    """Several visits, missed for one reason; which of them is ticked in the table beside it."""

    visits = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Visits"),
        queryset=ExpectedVisit._base_manager.none(),
        error_messages={
            "required": gettext_lazy("Tick at least one visit."),
            "invalid_choice": gettext_lazy("A visit that was ticked is not overdue any more."),
            "invalid_pk_value": gettext_lazy("A visit that was ticked is not overdue any more."),
        },
    )
    field_order = ("visits", "usual", "reason")

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visits"].queryset = offered  # type: ignore[attr-defined]
