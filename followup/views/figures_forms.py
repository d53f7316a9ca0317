"""What the figures of follow-up are asked for: over which days, and the forecast of which part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from followup.selectors.follow_up import FollowUpLine, Period
from registry.views.audit_forms import Day


class PeriodForm(forms.Form):
    """The days in which windows closed and visits took place; the last twelve months unasked."""

    first_day = Day(label=gettext_lazy("Windows closed from"))
    last_day = Day(label=gettext_lazy("to"))

    def __init__(self, asked: Mapping[str, Any], *, today: dt.date) -> None:
        usual = Period.before(today)
        days = {"first_day": usual.first.isoformat(), "last_day": usual.last.isoformat()}
        super().__init__({name: asked.get(name, day) for name, day in days.items()})
        self.usual = usual

    def clean_last_day(self) -> dt.date:
        """A day whose windows are over."""
        day: dt.date = self.cleaned_data["last_day"]
        if day > self.usual.last:
            raise ValidationError(_("Choose a day before today: the windows of today are open."))
        return day

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        cleaned: dict[str, Any] = self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first is not None and last is not None and last < first:
            self.add_error("last_day", _("Choose a day that is not before the first one."))
        return cleaned

    def period(self) -> Period:
        """The days asked for; the usual ones while a field has an error, which is named there."""
        if not self.is_valid():
            return self.usual
        return Period(self.cleaned_data["first_day"], self.cleaned_data["last_day"])


class PartForm(forms.Form):
    """The studies and centres that the forecast is shown of; only where there are several."""

    study = forms.ChoiceField(label=gettext_lazy("Forecast for the study"), required=False)
    centre = forms.ChoiceField(label=gettext_lazy("Forecast for the centre"), required=False)

    def __init__(self, asked: Mapping[str, Any], *, lines: Sequence[FollowUpLine]) -> None:
        super().__init__(asked)
        self._lines = lines
        self._offer("study", _("All studies"), {s.key: s.title for s in self._of("study")})
        self._offer("centre", _("All centres"), {c.code: c.name for c in self._of("centre")})

    def _of(self, name: str) -> list[Any]:
        return [thing for line in self._lines if (thing := getattr(line, name)) is not None]

    def _offer(self, name: str, all_of_them: str, choices: dict[str, str]) -> None:
        if len(choices) < 2:
            del self.fields[name]
        else:
            self.fields[name].choices = [("", all_of_them), *choices.items()]  # type: ignore[attr-defined]

    def chosen(self) -> list[FollowUpLine]:
        """The lines asked for; all of them while a field has an error, which is named there."""
        if not self.is_valid():
            return list(self._lines)
        study, centre = (self.cleaned_data.get(name) for name in ("study", "centre"))
        return [
            line
            for line in self._lines
            if (not study or (line.study is not None and line.study.key == study))
            and (not centre or (line.centre is not None and line.centre.code == centre))
        ]
