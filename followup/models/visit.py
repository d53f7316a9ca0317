"""What the schedule engine expects of each enrolment, as last computed from the facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from followup.schedules import Note, NoteCode, OverrideKind, VisitStatus
from followup.schedules.targets import course_of
from registry.models import Enrolment, User
from registry.partial_date import PartialDate
from registry.protocols.calendar import OffsetUnit
from registry.protocols.vocabulary import EndKind, Item, TimePoint, label
from registry.scope import ScopedModel


class VisitState(models.TextChoices):
    """The part of a visit's status that does not depend on today.

    An open visit is planned, due or overdue by its window: see :meth:`ExpectedVisit.status_on`.
    """

    WAITING = "waiting", _("Waiting for a date")
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")
    SUPERSEDED = "superseded", _("Not in the schedule any more")


class ExpectedVisit(ScopedModel):
    """One visit or treatment step that the protocol expects of an enrolment.

    ``key`` is the engine's and stays the same over recomputations. Rows are never deleted:
    what the schedule does not ask for any more is ``superseded`` and shown nowhere.
    """

    patient_path = "enrolment__patient"

    # Without an index of its own: the unique one with the key begins with it.
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="expected_visits", db_index=False
    )
    key = models.CharField(_("key"), max_length=60)
    anchor = models.CharField(_("counted from"), max_length=20)
    offset_count = models.PositiveSmallIntegerField(_("offset"), null=True)
    offset_unit = models.CharField(_("unit of the offset"), max_length=6, blank=True)
    target = models.DateField(_("target date"), null=True)
    window_start = models.DateField(_("window opens"), null=True)
    window_end = models.DateField(_("window closes"), null=True)
    requirements = models.JSONField(_("required"), default=list)
    outstanding = models.JSONField(_("not provided yet"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=VisitState.choices)
    why = models.JSONField(_("reasons"), default=list, help_text=_("Notes of the engine."))
    done_on = models.DateField(_("done on"), null=True)
    provided_by = models.JSONField(
        _("assessments that count for it"), default=list, help_text=_("Their keys.")
    )
    revision = models.PositiveIntegerField(
        _("revision"),
        default=0,
        help_text=_("Counts the changes of what is expected, for calendars that follow them."),
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    class Meta:
        verbose_name = _("expected visit")
        ordering = ["target", "key"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "key"], name="expectedvisit_unique"),
            models.CheckConstraint(
                condition=Q(state__in=VisitState.values), name="expectedvisit_state_is_a_code"
            ),
            models.CheckConstraint(
                condition=~Q(state="open")
                | Q(target__isnull=False, window_start__isnull=False, window_end__isnull=False),
                name="expectedvisit_open_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(window_start__isnull=True)
                | Q(window_start__lte=models.F("window_end")),
                name="expectedvisit_window_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["window_start"], condition=Q(state="open"), name="expectedvisit_opening"
            ),
            models.Index(
                fields=["window_end"], condition=Q(state="open"), name="expectedvisit_closing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.key}"

    @property
    def label(self) -> str:
        """Short name in the reader's language: "Month 6", "Day 14", or the step that is awaited."""
        return visit_label(self.key, self.offset_count, self.offset_unit, self.requirements)

    @property
    def requirements_text(self) -> str:
        """What is required, in the reader's language."""
        return items_text(self.requirements)

    @property
    def outstanding_text(self) -> str:
        """What of it nothing has provided yet, in the reader's language."""
        return items_text(self.outstanding)

    @property
    def notes(self) -> list[Note]:
        """The engine's reasons; ``note.text(gettext, show_date)`` puts them into words."""
        return [_read_note(stored) for stored in self.why]

    @property
    def is_spoken_of(self) -> bool:
        """True while a person's word decides on the visit."""
        said = {NoteCode.MISSED, NoteCode.POSTPONED, NoteCode.NOT_APPLICABLE}
        return any(note.code in said for note in self.notes)

    def status_on(self, today: dt.date) -> VisitStatus:
        """The status on a day: planned, due or overdue by the window while the visit is open.

        Raises:
            ValueError: for a superseded visit, which has no status.
        """
        if self.state != VisitState.OPEN:
            return VisitStatus(self.state)
        assert self.window_start is not None
        assert self.window_end is not None
        if today < self.window_start:
            return VisitStatus.PLANNED
        return VisitStatus.DUE if today <= self.window_end else VisitStatus.OVERDUE


def visit_label(key: str, count: int | None, unit: str, items: list[str]) -> str:
    """Short name of a visit in the reader's language; "" while it waits for its anchor."""
    if key.startswith("step-"):
        return items_text(items)
    if count is None:
        return ""
    words = gettext("Month %(count)d") if unit == OffsetUnit.MONTHS else gettext("Day %(count)d")
    name = words % {"count": count}
    course = course_of(key)
    if course == 1:
        return name
    return gettext("%(visit)s, course %(course)d") % {"visit": name, "course": course}


def items_text(items: list[str]) -> str:
    """Items of a visit in the reader's language, in the order of the vocabulary."""
    text = ", ".join(gettext(label(item)) for item in Item if item in items)
    return text[:1].upper() + text[1:]


def stored_note(note: Note) -> dict[str, Any]:
    """A note as JSON."""
    return {
        "code": str(note.code),
        "about": [str(word) for word in note.about],
        "on": None if note.on is None else str(note.on),
        "reason": note.reason,
    }


def _read_note(stored: dict[str, Any]) -> Note:
    code = NoteCode(stored["code"])
    words = {
        NoteCode.ENDED: EndKind,
        NoteCode.THINNED: EndKind,
        NoteCode.NOT_ASKED: EndKind,
        NoteCode.PARTIAL: Item,
    }.get(code, TimePoint)
    return Note(
        code,
        about=tuple(words(word) for word in stored["about"]),
        on=None if stored["on"] is None else PartialDate.parse(stored["on"]),
        reason=stored["reason"],
    )


class VisitOverride(ScopedModel):
    """A person's word on one expected visit: missed, postponed, not applicable; with a reason.

    A later word on the same visit replaces the earlier one, and a word can be taken back; either
    stays on record.
    """

    patient_path = "visit__enrolment__patient"

    visit = models.ForeignKey(ExpectedVisit, models.PROTECT, related_name="overrides")
    kind = models.CharField(
        _("kind"),
        max_length=14,
        choices=[
            (OverrideKind.MISSED.value, _("Missed")),
            (OverrideKind.POSTPONED.value, _("Postponed by the treating doctor")),
            (OverrideKind.NOT_APPLICABLE.value, _("Does not apply")),
        ],
    )
    reason = models.TextField(_("reason"))
    postponed_to = models.DateField(_("new target date"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("said at"))
    replaced_at = models.DateTimeField(
        _("replaced at"),
        null=True,
        blank=True,
        help_text=_("When it went out of force: by a later word, or taken back."),
    )
    withdrawn_reason = models.TextField(_("taken back because"), blank=True)
    withdrawn_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken back by"),
    )

    class Meta:
        verbose_name = _("word on a visit")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(replaced_at__isnull=True),
                name="visitoverride_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OverrideKind]),
                name="visitoverride_kind_is_a_code",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="visitoverride_has_reason"),
            models.CheckConstraint(
                condition=Q(kind="postponed", postponed_to__isnull=False)
                | (~Q(kind="postponed") & Q(postponed_to__isnull=True)),
                name="visitoverride_date_when_postponed",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_reason="", withdrawn_by__isnull=True)
                | (~Q(withdrawn_reason="") & Q(replaced_at__isnull=False)),
                name="visitoverride_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.visit_id})"

    @property
    def is_in_force(self) -> bool:
        """True until another word replaces it or it is taken back."""
        return self.replaced_at is None


class Recomputation(models.Model):
    """A day on which the schedules of all patients were computed anew."""

    day = models.DateField(_("day"), unique=True)
    finished_at = models.DateTimeField(_("finished at"), auto_now_add=True)

    class Meta:
        verbose_name = _("recomputation of all schedules")
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)
