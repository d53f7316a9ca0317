"""The ledger of reminders: what somebody must be told, and the digest that tells them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from followup.models.posted import MailState, PostedMail, site_host
from followup.models.visit import ExpectedVisit
from registry.models import User
from registry.scope import ScopedModel


class ReminderKind(models.TextChoices):
    """Why somebody is told about a visit."""

    AHEAD = "ahead", _("Opens soon")
    DUE = "due", _("Due")
    OVERDUE = "overdue", _("Overdue")
    ESCALATION = "escalation", _("Long overdue")


class HeldReason(models.TextChoices):
    """Why a reminder was not sent: its need had gone."""

    DONE = "done", _("The visit is done.")
    NOT_EXPECTED = "not_expected", _("The visit is not expected any more.")
    MOVED = "moved", _("The visit has moved to another date.")
    LATER_STAGE = "later_stage", _("A later reminder takes its place.")
    NOT_RESPONSIBLE = "not_responsible", _("The person is not responsible any more.")
    ON_LEAVE = "on_leave", _("The person is on leave; the stand-in is told.")
    NOT_WANTED = "not_wanted", _("The person does not want mails of this kind.")


class Digest(PostedMail):
    """The one mail of a person and day. Its Message-ID is fixed before the first try."""

    user = models.ForeignKey(User, models.PROTECT, related_name="digests")
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("digest")
        ordering = ["day", "user"]
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="digest_one_per_person_and_day"),
            *PostedMail.Meta.constraints,
        ]
        indexes = PostedMail.Meta.indexes

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"


def message_id(user_id: int, day: dt.date) -> str:
    """The Message-ID of a person's digest of a day: the same on every try and after a restore."""
    return f"<followup-{day:%Y%m%d}-{user_id}@{site_host()}>"


class Reminder(ScopedModel):
    """Somebody must be told once about a visit at one stage: opening soon, due, overdue round n.

    ``target`` is the date that the reminder speaks of, so that a visit that moves is reminded of
    anew. Without a digest it is pending; in a digest it shares the digest's fate unless held.
    """

    patient_path = "visit__enrolment__patient"

    visit = models.ForeignKey(ExpectedVisit, models.PROTECT, related_name="reminders")
    target = models.DateField(_("target date of the visit"))
    kind = models.CharField(_("kind"), max_length=10, choices=ReminderKind.choices)
    round = models.PositiveSmallIntegerField(_("round"))
    recipient = models.ForeignKey(User, models.PROTECT, related_name="reminders")
    digest = models.ForeignKey(Digest, models.PROTECT, null=True, related_name="reminders")
    held = models.CharField(_("held back"), max_length=16, choices=HeldReason.choices, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("reminder")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "target", "kind", "round", "recipient"], name="reminder_unique"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReminderKind.values), name="reminder_kind_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(held__in=["", *HeldReason.values]), name="reminder_held_is_a_code"
            ),
            models.CheckConstraint(condition=Q(round__gte=1), name="reminder_round_from_one"),
        ]
        indexes = [
            models.Index(
                fields=["recipient"],
                condition=Q(digest__isnull=True, held=""),
                name="reminder_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind} {self.round}"

    @property
    def state(self) -> str:
        """Where the reminder is on its way: a code of :class:`MailState`."""
        if self.held:
            return MailState.HELD
        return self.digest.state if self.digest is not None else MailState.PENDING
