"""Forms of the pages of reminders: wishes, leave, and what the send log is cut to."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from followup.models import ReminderKind, ReminderWish, Rhythm, Weekday
from followup.selectors.send_log import STATE_WORDS, LogFilter
from followup.services.wishes import possible_stand_ins
from registry.models import User
from registry.views.audit_forms import DaysForm
from registry.views.people_forms import day_field


def _either(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    """A question with two answers in words."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )


class WishForm(forms.Form):
    """How a person wants to be reminded."""

    use_required_attribute = False

    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[
            (Rhythm.DAILY.value, gettext_lazy("On every day on which something is new")),
            (Rhythm.WEEKLY.value, gettext_lazy("Once a week")),
        ],
        widget=forms.RadioSelect,
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day of the week"),
        help_text=gettext_lazy("For mails once a week."),
        choices=Weekday.choices,
        coerce=int,
    )
    tells_ahead = _either(
        gettext_lazy("From when on"),
        gettext_lazy("Some days before a window opens, as the protocol says"),
        gettext_lazy("When the window opens"),
    )
    rests_on_days_off = _either(
        gettext_lazy("Weekends and public holidays"),
        gettext_lazy("No mails on them"),
        gettext_lazy("Mails as on other days"),
    )

    language = forms.ChoiceField(
        label=gettext_lazy("Language of reports"),
        help_text=gettext_lazy("Dates and numbers are written as that language does."),
        choices=settings.LANGUAGES,
    )

    @classmethod
    def of(cls, wish: ReminderWish) -> WishForm:
        """The form as it shows these wishes."""
        return cls(
            initial={
                "rhythm": wish.rhythm,
                "weekday": wish.weekday,
                "tells_ahead": "yes" if wish.tells_ahead else "no",
                "rests_on_days_off": "yes" if wish.rests_on_days_off else "no",
                "language": wish.language or settings.LANGUAGE_CODE,
            }
        )


class LeaveForm(forms.Form):
    """Days on which a person is away, and who is told in their place."""

    use_required_attribute = False

    first_day = day_field(gettext_lazy("First day away"), required=True)
    last_day = day_field(gettext_lazy("Last day away"), required=True)
    stand_in = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Stand-in"),
        required=False,
        empty_label=gettext_lazy("Nobody"),
    )

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = possible_stand_ins(user, today)
        cast(forms.ModelChoiceField, self.fields["stand_in"]).queryset = people


class LogForm(DaysForm):
    """What the send log is cut to."""

    field_order = ("patient", "person", "kind", "state", "first_day", "last_day")

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
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("Any kind")), *ReminderKind.choices],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        required=False,
        choices=[
            ("", gettext_lazy("Anything")),
            *((state.value, words) for state, words in STATE_WORDS.items()),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_day"].label = gettext_lazy("From")
        self.fields["last_day"].label = gettext_lazy("To")

    def cut(self) -> LogFilter | None:
        """What to cut to; None while a field has an error, which is named there."""
        return LogFilter(**self.cleaned_data) if self.is_valid() else None
