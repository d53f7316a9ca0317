"""What the audit trail, the looks at identities and the past are asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import AuditEvent
from registry.selectors.audit_trail import AuditReach, TrailFilter
from registry.selectors.history import table_words


class Day(forms.DateField):
    """A day as browsers send it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)


class DaysForm(forms.Form):
    """A first and a last day, both included and none of them needed."""

    first_day = Day(label=gettext_lazy("From (UTC)"), required=False)
    last_day = Day(label=gettext_lazy("To (UTC)"), required=False)

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        cleaned: dict[str, Any] = self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first is not None and last is not None and last < first:
            self.add_error("last_day", _("Choose a day that is not before the first one."))
        return cleaned

    def clean_last_day(self) -> dt.date | None:
        """A day after which there is another one."""
        day: dt.date | None = self.cleaned_data["last_day"]
        if day == dt.date.max:
            raise ValidationError(_("Choose an earlier day."))
        return day


class LooksForm(DaysForm):
    """Patient, person and days."""

    field_order = ("patient", "person", "first_day", "last_day")

    patient = forms.CharField(
        label=gettext_lazy("Pseudonym"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    person = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "people"}),
    )

    def cut(self) -> TrailFilter | None:
        """What to cut to; None while a field has an error, which is named there."""
        return TrailFilter(**self.cleaned_data) if self.is_valid() else None


class TrailForm(LooksForm):
    """Also the table and what was done."""

    table = forms.ChoiceField(label=gettext_lazy("Table"), required=False)
    operation = forms.ChoiceField(
        label=gettext_lazy("Done"),
        required=False,
        choices=[("", gettext_lazy("Anything")), *AuditEvent.Operation.choices],
    )

    def __init__(self, *args: Any, reach: AuditReach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = sorted((table_words(table), table) for table in reach.tables)
        self.fields["table"].choices = [  # type: ignore[attr-defined]
            ("", _("All tables")),
            *((table, words.capitalize()) for words, table in tables),
        ]


class UtcMoment(forms.DateTimeField):
    """A point in time that is typed in UTC, whatever the reader's zone."""

    def to_python(self, value: Any) -> dt.datetime | None:
        """Without an offset the time is one of UTC."""
        with timezone.override(dt.UTC):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """A time given by the program is shown in UTC."""
        with timezone.override(dt.UTC):
            return super().prepare_value(value)


class MomentForm(forms.Form):
    """A moment in the past, in UTC."""

    at = UtcMoment(
        label=gettext_lazy("As of (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "any"}),
        error_messages={"invalid": gettext_lazy("Enter a date and a time: 2024-03-14T09:30.")},
    )

    def clean_at(self) -> dt.datetime:
        """A moment that has been."""
        moment: dt.datetime = self.cleaned_data["at"]
        if moment > timezone.now():
            raise ValidationError(_("Choose a moment in the past."))
        try:
            return moment.astimezone(dt.UTC)
        except OverflowError:
            raise ValidationError(_("Choose a later moment.")) from None
