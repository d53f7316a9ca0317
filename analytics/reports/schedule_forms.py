"""The form in which a coordinator says what is reported, to whom and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import ReportSchedule, Rhythm
from analytics.models.report import MOST_ENROLMENTS
from analytics.reports.blocks import BLOCKS
from analytics.reports.goals import Goal
from analytics.reports.words import sight_words
from analytics.services.report_schedules import LONGEST_TITLE, Plan, possible_readers
from registry.models import Study, User


class ScheduleForm(forms.Form):
    """A plan, as it is typed."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("As readers see it, such as “Quarterly report”."),
        max_length=LONGEST_TITLE,
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("When"), choices=Rhythm.choices, widget=forms.RadioSelect
    )
    every = forms.IntegerField(
        label=gettext_lazy("How many"),
        help_text=gettext_lazy(
            "Patients more each time, or days before a meeting. Not needed for the others."
        ),
        required=False,
        min_value=0,
        max_value=MOST_ENROLMENTS,
    )
    meetings = forms.CharField(
        label=gettext_lazy("Days of meetings"),
        help_text=gettext_lazy("YYYY-MM-DD, one on each line. Only for reports before meetings."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    blocks = forms.MultipleChoiceField(
        label=gettext_lazy("Contents"),
        choices=[(key, kind.title) for key, kind in BLOCKS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    goals = forms.CharField(
        label=gettext_lazy("Goals of the study"),
        help_text=gettext_lazy(
            "Endpoint, months and percent, such as LC@24>=85; several with commas."
        ),
        required=False,
    )
    readers = forms.MultipleChoiceField(
        label=gettext_lazy("Readers"),
        help_text=gettext_lazy("Each gets a copy of what they may read."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one reader.")},
    )
    sends_file = forms.BooleanField(
        label=gettext_lazy("The mail carries the report as PDF"),
        help_text=gettext_lazy(
            "Otherwise it carries a link that needs a login. What it carries tells nothing of "
            "single patients."
        ),
        required=False,
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sights = possible_readers(study)
        self._people = {str(user.pk): user for user in sights}
        self.fields["readers"].choices = [  # type: ignore[attr-defined]
            (str(user.pk), f"{user} – {sight_words(sight)}") for user, sight in sights.items()
        ]

    @staticmethod
    def initial_of(schedule: ReportSchedule) -> dict[str, Any]:
        """What the form shows of a schedule that is to be replaced."""
        return {
            "title": schedule.title,
            "rhythm": schedule.rhythm,
            "every": schedule.every,
            "meetings": "\n".join(schedule.meetings),
            "blocks": schedule.blocks or list(BLOCKS),
            "goals": ", ".join(schedule.goals),
            "readers": [str(pk) for pk in schedule.readers.values_list("pk", flat=True)],
            "sends_file": schedule.sends_file,
        }

    def clean_meetings(self) -> list[dt.date]:
        """The days, in order."""
        days = []
        for text in self.cleaned_data["meetings"].replace(",", " ").split():
            try:
                days.append(dt.date.fromisoformat(text))
            except ValueError:
                message = _("%(text)s is no day; type it as YYYY-MM-DD.") % {"text": text}
                raise forms.ValidationError(message) from None
        return sorted(set(days))

    def clean_goals(self) -> list[Goal]:
        """The goals; whether the protocol has their endpoints is the service's to say."""
        texts = [text.strip() for text in self.cleaned_data["goals"].split(",")]
        try:
            return [Goal.read(text) for text in texts if text]
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_readers(self) -> list[User]:
        """The people."""
        return [self._people[pk] for pk in self.cleaned_data["readers"]]

    def plan(self) -> Plan:
        """What was typed."""
        return Plan(**self.cleaned_data)
