"""Forms of the pages of the safety watch."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import AttributionWanted, RuleKind
from analytics.models.safety import LEAST_PATIENTS, OF_KIND
from analytics.safety.rate_rules import local_endpoints
from registry.protocols.types import Protocol
from registry.services.no_names import LONGEST

GRADES = [(grade, str(grade)) for grade in range(1, 6)]
INITIAL_GRADE = {RuleKind.SEVERE_TOXICITY: 4, RuleKind.LATE_TOXICITY_RATE: 3}


class RuleForm(forms.Form):
    """What exactly a rule of a kind looks for: the fields of that kind."""

    grade = forms.TypedChoiceField(
        label=gettext_lazy("Lowest CTCAE grade"), choices=GRADES, coerce=int
    )
    attribution = forms.ChoiceField(
        label=gettext_lazy("Attribution to radiotherapy"),
        choices=AttributionWanted.choices,
        initial=AttributionWanted.POSSIBLE,
    )
    within_days = forms.IntegerField(
        label=gettext_lazy("Days after radiotherapy"),
        help_text=gettext_lazy(
            "A death of whatever cause within so many days counts too; 30 and 90 are usual. Empty: "
            "by the cause only."
        ),
        required=False,
    )
    limit_percent = forms.DecimalField(
        label=gettext_lazy("Limit (%)"),
        help_text=gettext_lazy("The rate that must not be exceeded."),
        max_digits=4,
        decimal_places=1,
    )
    endpoint_code = forms.ChoiceField(label=gettext_lazy("Endpoint"))
    months = forms.DecimalField(
        label=gettext_lazy("Months from the time origin"),
        max_digits=5,
        decimal_places=1,
        initial=Decimal(24),
    )
    planned_percent = forms.DecimalField(
        label=gettext_lazy("Planned control at that time (%)"), max_digits=4, decimal_places=1
    )
    least_patients = forms.IntegerField(
        label=gettext_lazy("Least number of patients"),
        help_text=gettext_lazy("With fewer nothing is judged."),
        initial=2 * LEAST_PATIENTS,
    )

    def __init__(self, data: Any = None, *, kind: RuleKind, protocol: Protocol) -> None:
        super().__init__(data)
        self.kind = kind
        for name in [name for name in self.fields if name not in OF_KIND[kind]]:
            del self.fields[name]
        if kind in INITIAL_GRADE:
            self.fields["grade"].initial = INITIAL_GRADE[kind]
        if kind is RuleKind.LOCAL_FAILURE:
            endpoints = local_endpoints(protocol).values()
            self.fields["endpoint_code"].choices = [  # type: ignore[attr-defined]
                (one.code, f"{one.code}: {_(one.label)}") for one in endpoints
            ]


class NoteForm(forms.Form):
    """What was decided about an alert."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy(
            "What was decided, or why nothing is to be done. It cannot be changed later; no names."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
