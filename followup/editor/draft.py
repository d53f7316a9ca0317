"""A schedule while it is edited: its forms, what is wrong with them, and the schedule they make."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from followup.editor.forms import (
    ENDS,
    EVENTS,
    THINS,
    AmendmentForm,
    ClockForm,
    EditorForm,
    EventForm,
    GeneralForm,
    RemindersForm,
    RowForm,
)
from followup.editor.typed import clocks_of, rows_of
from registry.errors import Refused
from registry.models.choices import AmendmentReach
from registry.protocols.schedule import Schedule
from registry.protocols.schedule_reader import read_schedule
from registry.protocols.section import ProtocolError, Section
from registry.protocols.types import Protocol, ReminderPolicy
from registry.protocols.vocabulary import EndKind, label
from registry.services.amendments import Amendment

_IN_CLOCK = re.compile(r"clocks\.(c\d+)(?:\.segments\[(\d+)\])?\.?(.*)")
_IN_ROW = {
    "months": "numbers",
    "days": "numbers",
    "every_months": "every",
    "first_month": "first",
    "last_month": "last",
    "window": "before",
    "window.before_days": "before",
    "window.before_months": "before",
    "window.after_days": "after",
    "window.after_months": "after",
}
"""Key of a segment in the protocol's file → the field of the row that it is typed in."""


@dataclass(frozen=True)
class ClockPart:
    """The form of a clock with those of its rows."""

    form: ClockForm
    rows: list[RowForm]

    @property
    def is_read(self) -> bool:
        """True when every field holds what it may hold."""
        return _are_read([self.form, *self.rows])


@dataclass(frozen=True)
class EventPart:
    """The form of an event."""

    kind: EndKind
    form: EventForm

    @property
    def title(self) -> str:
        """The event in words."""
        return capfirst(_("after: %(event)s") % {"event": _(label(self.kind))})


@dataclass(frozen=True)
class Told:
    """One thing that is wrong: the id of its field ("" for none), where it is, and what."""

    target: str
    place: str
    text: str


class ScheduleDraft:
    """What is typed in the editor.

    Args:
        data: the fields, typed or filled from a schedule.
        protocol: that of the version which is amended; its treatment steps stay.
        check: whether errors are told; not while rows are added and taken out.
    """

    def __init__(self, data: QueryDict, protocol: Protocol, *, check: bool) -> None:
        self.data = data
        self.protocol = protocol
        self._check = check
        self.general = self._form(GeneralForm, "general")
        self.clocks = [
            ClockPart(
                self._form(ClockForm, clock),
                [self._form(RowForm, row) for row in rows_of(data, clock)],
            )
            for clock in clocks_of(data)
        ]
        self.events = [EventPart(kind, self._form(EventForm, kind)) for kind in EVENTS]
        self.reminders = self._form(RemindersForm, "reminders")
        self.amendment = self._form(AmendmentForm, "amendment")
        self.problems: list[str] = []
        """What is wrong with the whole, and belongs to no field."""

    def _form(self, kind: type[Any], prefix: str) -> Any:
        if self._check:
            return kind(self.data, prefix=prefix)
        given = {}
        for name, field in kind.base_fields.items():
            key = f"{prefix}-{name}"
            if key in self.data:
                many = isinstance(field, forms.MultipleChoiceField)
                given[name] = self.data.getlist(key) if many else self.data[key]
        return kind(initial=given, prefix=prefix)

    def schedule(self) -> Schedule | None:
        """The schedule as typed; None with errors at the fields where there is none.

        Treatment steps are those of the version that is amended.
        """
        if not self.clocks:
            self.problems.append(_("A schedule has at least one clock."))
        names = [str(part.form.cleaned_data["name"]) for part in self.clocks if part.is_read]
        for part in self.clocks:
            if part.is_read and names.count(part.form.cleaned_data["name"]) > 1:
                part.form.add_error("name", _("Two clocks have this name."))
        if _are_read([self.general, *(event.form for event in self.events)]):
            for part in self.clocks:
                if part.is_read:
                    self._check_clock(part)
        if self.problems or not _are_read(self._schedule_forms()):
            return None
        read = self._read(self.clocks)
        if read is None:
            return None
        clocks = tuple(
            dataclasses.replace(clock, name=name)
            for clock, name in zip(read.clocks, names, strict=True)
        )
        steps = self.protocol.schedule.steps if self.protocol.schedule else ()
        return dataclasses.replace(read, clocks=clocks, steps=steps)

    def _check_clock(self, part: ClockPart) -> None:
        """What is wrong with one clock: in words of the table where they are better."""
        if not part.rows:
            part.form.add_error(None, _("Add a row: this clock never asks for a visit."))
            return
        for before, row in pairwise(part.rows):
            if before.has_no_end:
                row.add_error("kind", _("The row above has no end: give it one."))
                return
        self._read([part])

    def amended(self) -> Amendment | None:
        """The whole amendment; None with errors at the fields where it is none."""
        schedule = self.schedule()
        if not _are_read([self.reminders, self.amendment]) or schedule is None:
            return None
        told = self.reminders.cleaned_data
        return Amendment(
            schedule=schedule,
            reminders=ReminderPolicy(
                ahead_days=told["ahead_days"],
                overdue_rounds_days=tuple(told["overdue_rounds_days"]),
                escalate_after_days=told["escalate_after_days"],
                lost_after_days=told["lost_after_days"],
            ),
            effective_on=self.amendment.cleaned_data["effective_on"],
            applies_to=AmendmentReach(self.amendment.cleaned_data["applies_to"]),
        )

    @property
    def reason(self) -> str:
        """Why the schedule changes."""
        return str(self.amendment.cleaned_data["reason"])

    @property
    def has_errors(self) -> bool:
        """True when something is told to be wrong."""
        return bool(self.problems) or any(form.errors for form in self.forms())

    def forms(self) -> Iterator[EditorForm]:
        """All forms, in the order of the page."""
        yield from self._schedule_forms()
        yield self.reminders
        yield self.amendment

    def _schedule_forms(self) -> Iterator[EditorForm]:
        for part in self.clocks:
            yield part.form
            yield from part.rows
        yield self.general
        for event in self.events:
            yield event.form

    def told(self, *, whole: bool = True) -> list[Told]:
        """What is wrong, in the order of the page: with the whole, or with the schedule alone."""
        found = [Told("", "", problem) for problem in self.problems]
        for part in self.clocks:
            name = part.form["name"].value() or "–"
            found += _told(part.form, _("Clock “%(name)s”") % {"name": name})
            for number, row in enumerate(part.rows, start=1):
                where = _("Clock “%(name)s”, row %(number)d") % {"name": name, "number": number}
                found += _told(row, where)
        found += _told(self.general, "")
        for event in self.events:
            found += _told(event.form, event.title)
        if whole:
            found += [*_told(self.reminders, _("Reminders")), *_told(self.amendment, "")]
        return found

    def tell(self, error: ProtocolError | Refused) -> None:
        """What the protocol's reader or the service refuses, at the field that it is about."""
        if isinstance(error, ProtocolError):
            self._tell(error)
            return
        for finding in error.findings:
            if finding.field in self.amendment.fields:
                self.amendment.add_error(finding.field, finding.message)
            else:
                self.problems.append(finding.message)

    def _read(self, parts: list[ClockPart]) -> Schedule | None:
        ends = [event.kind for event in self.events if event.form.cleaned_data["effect"] == ENDS]
        table = {
            "merge_days": self.general.cleaned_data["merge_days"],
            "working_days": self.general.cleaned_data["working_days"],
            "second_course": self.general.cleaned_data["second_course"],
            "ends_on": [EndKind.DEATH, *ends],
            "thinned": {
                event.kind: event.form.table()
                for event in self.events
                if event.form.cleaned_data["effect"] == THINS
            },
            "clocks": {
                part.form.prefix: {
                    "items": part.form.cleaned_data["items"],
                    "anchor": part.form.cleaned_data["anchor"],
                    "segments": [row.table() for row in part.rows],
                }
                for part in parts
            },
        }
        try:
            return read_schedule(Section(table, name=self.protocol.key))
        except ProtocolError as error:
            self._tell(error)
            return None

    def _tell(self, error: ProtocolError) -> None:
        reason = capfirst(error.reason)
        form, field = self._place(error.path)
        if form is None:
            self.problems.append(reason)
        elif reason not in form.errors.get(field or NON_FIELD_ERRORS, ()):
            form.add_error(field, reason)

    def _place(self, path: str) -> tuple[EditorForm | None, str | None]:
        """The form and the field that a key path of the protocol's file is typed in."""
        path = path.removeprefix("schedule.")
        found = _IN_CLOCK.fullmatch(path)
        if found is None:
            return self._general_place(path)
        part = next(part for part in self.clocks if part.form.prefix == found[1])
        if found[2] is None:
            return part.form, found[3] if found[3] in part.form.fields else None
        row = part.rows[int(found[2]) - 1]
        return row, _IN_ROW.get(found[3], "kind")

    def _general_place(self, path: str) -> tuple[EditorForm | None, str | None]:
        first, _dot, rest = path.partition(".")
        if first == "reminders" and rest in self.reminders.fields:
            return self.reminders, rest
        if first == "thinned":
            kind, _dot, field = rest.partition(".")
            for event in self.events:
                if event.kind == kind:
                    return event.form, field if field in event.form.fields else "effect"
        return (self.general, first) if first in self.general.fields else (None, None)


def _are_read(several: Iterable[EditorForm]) -> bool:
    """True when no form has an error; each of them is read, not only the first that has one."""
    return all([form.is_valid() for form in several])  # noqa: C419


def _told(form: EditorForm, place: str) -> Iterator[Told]:
    """The errors of one form; ``place`` says which of several it is."""
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        where = ", ".join(filter(None, [place, str(bound.label) if bound else ""]))
        target = bound.id_for_label or bound.auto_id if bound else f"{form.prefix}"
        for error in errors:
            yield Told(target, where, str(error))
