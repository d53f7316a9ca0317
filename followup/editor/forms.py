"""The forms that the editor of a schedule is made of; each speaks of one row or one part."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from registry.models.choices import AmendmentReach
from registry.partial_date import FIRST_YEAR, LAST_YEAR
from registry.protocols.calendar import OffsetUnit
from registry.protocols.section import LARGEST
from registry.protocols.vocabulary import (
    ALWAYS_END,
    EndKind,
    Item,
    SecondCourse,
    TimePoint,
    WorkingDays,
    label,
)
from registry.services.amendments import LONGEST_REASON

VISIT_ITEMS = (
    Item.CLINIC,
    Item.TOXICITY,
    Item.LOCAL_IMAGING,
    Item.SYSTEMIC_IMAGING,
    Item.VITAL_STATUS,
)
"""What a visit can be asked for, in the order in which it is offered."""

EVENTS = tuple(kind for kind in EndKind if kind not in ALWAYS_END)
"""Events of which the protocol says what they do to the visits after them."""

SINGLE_MONTHS, SINGLE_DAYS, EVERY = OffsetUnit.MONTHS.value, OffsetUnit.DAYS.value, "every"
GOES_ON, ENDS, THINS = "goes_on", "ends", "thins"

_UNITS = [
    (OffsetUnit.DAYS.value, gettext_lazy("days")),
    (OffsetUnit.MONTHS.value, gettext_lazy("months")),
]
_SEPARATORS = re.compile(r"[\s,;]+")


def _words(words: Any) -> list[tuple[str, Any]]:
    return [(str(word), capfirst(gettext_lazy(label(word)))) for word in words]


def _whole(text: Any, least: int, *, is_needed: bool = True, **about: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=text, required=is_needed, min_value=least, max_value=LARGEST, **about
    )


def _items(text: Any, *, is_needed: bool = True) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=text,
        required=is_needed,
        choices=_words(VISIT_ITEMS),
        widget=forms.CheckboxSelectMultiple,
    )


def _day(text: Any, *, is_needed: bool = True, **about: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    in_range = [
        MinValueValidator(dt.date(FIRST_YEAR, 1, 1)),
        MaxValueValidator(dt.date(LAST_YEAR, 12, 31)),
    ]
    return forms.DateField(
        label=text, required=is_needed, widget=widget, validators=in_range, **about
    )


class Numbers(forms.CharField):
    """Rising whole numbers in one line: "3, 6, 12"."""

    def to_python(self, value: Any) -> Any:
        """The numbers."""
        text = str(super().to_python(value) or "").strip()
        numbers = []
        for part in _SEPARATORS.split(text) if text else ():
            if not (part.isascii() and part.isdigit()) or len(part) > 5:
                message = _("“%(part)s” is no whole number: write 3, 6, 12.")
                raise forms.ValidationError(message % {"part": part[:20]})
            numbers.append(int(part))
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            raise forms.ValidationError(_("Write the numbers in rising order."))
        return numbers


class EditorForm(forms.Form):
    """A part of the editor; the browser leaves all checking to the server."""

    use_required_attribute = False


class ClockForm(EditorForm):
    """Items that fall due together, and the day that they count from."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    anchor = forms.ChoiceField(label=gettext_lazy("Counted from"), choices=_words(TimePoint))
    items = _items(gettext_lazy("Asked for at each visit"))


class RowForm(EditorForm):
    """When visits of a clock are expected: single months or days, or a run; and their window."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (SINGLE_MONTHS, gettext_lazy("Single months")),
            (SINGLE_DAYS, gettext_lazy("Single days")),
            (EVERY, gettext_lazy("At intervals")),
        ],
    )
    numbers = Numbers(
        label=gettext_lazy("Months or days"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    every = _whole(gettext_lazy("Every"), 1, is_needed=False)
    first = _whole(gettext_lazy("From month"), 1, is_needed=False)
    last = _whole(gettext_lazy("Until month"), 1, is_needed=False)
    before = _whole(gettext_lazy("Before"), 0)
    before_unit = forms.ChoiceField(label=gettext_lazy("Unit of before"), choices=_UNITS)
    after = _whole(gettext_lazy("After"), 0)
    after_unit = forms.ChoiceField(label=gettext_lazy("Unit of after"), choices=_UNITS)

    def clean(self) -> dict[str, Any]:
        """What the kind of the row needs."""
        cleaned: dict[str, Any] = self.cleaned_data
        kind = cleaned.get("kind")
        needed = {EVERY: ("every", "first")}.get(str(kind), ("numbers",))
        for name in needed:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed."))
        # What the kind does not use may hold anything: it is not looked at.
        for name in {"numbers", "every", "first", "last"} - {*needed, "last"}:
            self.errors.pop(name, None)
        if kind != EVERY:
            self.errors.pop("last", None)
        elif not self.errors and cleaned["last"] is not None:
            self._check_run(cleaned["every"], cleaned["first"], cleaned["last"])
        return cleaned

    def _check_run(self, every: int, first: int, last: int) -> None:
        """The last month of a run is one of its months."""
        if last < first:
            self.add_error("last", _("Not before the first month."))
        elif (last - first) % every:
            message = _("%(last)d is not reached from %(first)d in steps of %(every)d.")
            values = {"last": last, "first": first, "every": every}
            self.add_error("last", message % values)

    @property
    def has_no_end(self) -> bool:
        """True for a run that goes on as long as the patient is followed."""
        typed = self.cleaned_data
        return bool(typed["kind"] == EVERY and typed["last"] is None)

    def table(self) -> dict[str, Any]:
        """The row as a table of the protocol's file."""
        typed = self.cleaned_data
        window = {f"{side}_{typed[f'{side}_unit']}": typed[side] for side in ("before", "after")}
        if typed["kind"] != EVERY:
            return {typed["kind"]: typed["numbers"], "window": window}
        run = {"every_months": typed["every"], "first_month": typed["first"]}
        if typed["last"] is not None:
            run["last_month"] = typed["last"]
        return {**run, "window": window}


class GeneralForm(EditorForm):
    """What holds for all clocks."""

    merge_days = _whole(
        gettext_lazy("Merge visits within (days)"),
        0,
        help_text=gettext_lazy("What falls due at most this far apart becomes one visit."),
    )
    working_days = forms.ChoiceField(
        label=gettext_lazy("On weekends and public holidays"),
        choices=[
            (WorkingDays.OFF.value, gettext_lazy("Target dates stay")),
            (WorkingDays.NEXT.value, gettext_lazy("To the next working day")),
            (WorkingDays.NEAREST.value, gettext_lazy("To the nearest working day")),
        ],
    )
    second_course = forms.ChoiceField(
        label=gettext_lazy("After a second course of radiotherapy"),
        choices=[
            (SecondCourse.CONTINUE.value, gettext_lazy("Visits count from the first")),
            (SecondCourse.RESTART.value, gettext_lazy("Visits count from the second")),
            (SecondCourse.BOTH.value, gettext_lazy("Visits count from both")),
        ],
    )


class EventForm(EditorForm):
    """What an event does to the visits after it."""

    effect = forms.ChoiceField(
        label=gettext_lazy("Visits after it"),
        choices=[
            (GOES_ON, pgettext_lazy("visits after an event", "Go on")),
            (ENDS, pgettext_lazy("visits after an event", "End")),
            (THINS, pgettext_lazy("visits after an event", "Ask for less")),
        ],
    )
    items = _items(gettext_lazy("Still asked for"), is_needed=False)
    every_months = _whole(gettext_lazy("Only every … months"), 1, is_needed=False)

    def clean(self) -> dict[str, Any]:
        """Who asks for less says for what."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("effect") == THINS:
            if not cleaned.get("items") and "items" not in self.errors:
                self.add_error("items", _("Choose what is still asked for."))
        else:
            for name in ("items", "every_months"):
                self.errors.pop(name, None)
        return cleaned

    def table(self) -> dict[str, Any]:
        """The thinning as a table of the protocol's file."""
        every = self.cleaned_data["every_months"]
        months = {} if every is None else {"every_months": every}
        return {"items": self.cleaned_data["items"], **months}


class RemindersForm(EditorForm):
    """When people are told."""

    ahead_days = _whole(gettext_lazy("Ahead of the window (days)"), 0)
    overdue_rounds_days = Numbers(
        label=gettext_lazy("Overdue, days after the window"),
        max_length=100,
        help_text=gettext_lazy("One round each, such as 7, 30, 60."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    escalate_after_days = _whole(gettext_lazy("Coordinator told after (days)"), 1)
    lost_after_days = forms.IntegerField(
        label=gettext_lazy("Loss proposed after (days)"), min_value=1, max_value=LARGEST
    )

    def clean(self) -> dict[str, Any]:
        """The coordinator is told before a loss is proposed."""
        cleaned: dict[str, Any] = self.cleaned_data
        if not self.errors and cleaned["lost_after_days"] <= cleaned["escalate_after_days"]:
            self.add_error("lost_after_days", _("Later than the coordinator is told."))
        return cleaned


class AmendmentForm(EditorForm):
    """From when the schedule holds, for whom, and why it changes."""

    effective_on = _day(gettext_lazy("Effective from"))
    applies_to = forms.ChoiceField(
        label=gettext_lazy("Applies to"),
        choices=AmendmentReach.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Kept with the version, and read by all who see the study."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExampleForm(EditorForm):
    """The days from which the visits of the example patient count."""

    first_rt_day = _day(gettext_lazy("First day of radiotherapy"), is_needed=False)
    last_rt_day = _day(gettext_lazy("Last day of radiotherapy"), is_needed=False)
    surgery = _day(gettext_lazy("Surgery"), is_needed=False)
    diagnosis = _day(gettext_lazy("Initial diagnosis"), is_needed=False)
    enrolment = _day(gettext_lazy("Enrolment"), is_needed=False)
    country = forms.ChoiceField(label=gettext_lazy("Holidays of"), required=False)

    def __init__(self, *args: Any, countries: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(code, code) for code in countries]
        if not offered:
            offered = [("", _("weekends only"))]
        self.fields["country"].choices = offered  # type: ignore[attr-defined]
