"""Messages to a hospital's own system: where they go, and what became of each of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followup.models.visit import ExpectedVisit
from registry.fields import EncryptedTextField
from registry.models import Centre, User
from registry.scope import ScopedModel

LONGEST_NAME = 80
LONGEST_URL = 500


class DisabledReason(models.TextChoices):
    """Why nothing is sent to a webhook."""

    BY_PERSON = "by_person", _("Switched off")
    GONE = "gone", _("The receiver says that it is gone (410)")


class Webhook(models.Model):
    """An address of a hospital's system that is told of the visits of one centre.

    Never deleted: one that is not wanted any more is disabled.
    """

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="webhooks")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    secret = EncryptedTextField(_("secret"), help_text=_("Signs what is sent."))
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True)
    disabled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("disabled by")
    )
    disabled_reason = models.CharField(
        _("why it is disabled"), max_length=10, choices=DisabledReason.choices, blank=True
    )

    class Meta:
        verbose_name = _("webhook")
        ordering = ["centre", "name"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="webhook_one_of_a_name"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(url="") & ~Q(secret=""), name="webhook_is_complete"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_at__isnull=True, disabled_reason="")
                | (Q(is_active=False, disabled_at__isnull=False) & ~Q(disabled_reason="")),
                name="webhook_active_or_disabled",
            ),
            models.CheckConstraint(
                condition=Q(disabled_reason__in=["", *DisabledReason.values]),
                name="webhook_disabled_reason_is_a_code",
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk} of centre {self.centre_id}"


class CallKind(models.TextChoices):
    """What a receiver is told of a visit."""

    AHEAD = "ahead", _("Opens soon")
    DUE = "due", _("Due")
    OVERDUE = "overdue", _("Overdue")
    MOVED = "moved", _("Moved")
    DONE = "done", _("Done")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")
    PING = "ping", _("Test call")

    @property
    def type(self) -> str:
        """Its name in what is sent: "visit.due"."""
        return "ping" if self is CallKind.PING else f"visit.{self.value}"


ENDINGS = frozenset({CallKind.DONE, CallKind.MISSED, CallKind.CANCELLED})
"""After these nothing more is expected of the visit."""


class CallState(models.TextChoices):
    """Where a call is on its way.

    pending → sending (claimed, with a lease) → delivered, failed (to be tried again) or given_up.
    held: the facts had changed before it was sent.
    """

    PENDING = "pending", pgettext_lazy("call", "Pending")
    SENDING = "sending", pgettext_lazy("call", "Sending")
    DELIVERED = "delivered", pgettext_lazy("call", "Delivered")
    FAILED = "failed", pgettext_lazy("call", "To be tried again")
    GIVEN_UP = "given_up", pgettext_lazy("call", "Given up")
    HELD = "held", pgettext_lazy("call", "Not needed")


UNSETTLED = (CallState.PENDING, CallState.SENDING, CallState.FAILED)
"""States that a call does not stay in."""


class CallError(models.TextChoices):
    """Why a call was not delivered."""

    ADDRESS = "address", _("The address may not be called.")
    NO_HOST = "no_host", _("The host name is not known.")
    NOT_REACHED = "not_reached", _("The receiver was not reached.")
    NOT_TRUSTED = "not_trusted", _("The certificate of the receiver is not trusted.")
    TOO_SLOW = "too_slow", _("The receiver took too long.")
    BROKEN = "broken", _("The connection broke, or the answer was no HTTP.")
    REFUSED = "refused", _("The receiver answered with an error.")
    INTERRUPTED = "interrupted", _("The sending was interrupted.")
    FAULT = "fault", _("The registry could not make the message; its log says why.")


class WebhookCall(ScopedModel):
    """One message to a webhook, with a key that stays the same however often it is sent.

    Calls about one visit are numbered 1, 2, … per webhook. ``is_last`` marks the last of them: what
    it says is compared with the facts to see whether there is something new to tell.
    """

    patient_path = "visit__enrolment__patient"

    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="calls")
    key = models.UUIDField(_("key"), unique=True, default=uuid.uuid4)
    visit = models.ForeignKey(
        ExpectedVisit, models.PROTECT, null=True, blank=True, related_name="webhook_calls"
    )
    number = models.PositiveIntegerField(_("number"), default=1)
    is_last = models.BooleanField(_("last one of its visit"), default=True)
    kind = models.CharField(_("kind"), max_length=10, choices=CallKind.choices)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    target = models.DateField(_("target date of the visit"), null=True, blank=True)
    body = models.TextField(
        _("body"), blank=True, help_text=_("As sent; made at the first attempt, then the same.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=CallState.choices, default=CallState.PENDING
    )
    claim = models.CharField(_("claim"), max_length=32, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    retry_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(_("last HTTP status"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=12, choices=CallError.choices, blank=True)
    created_at = models.DateTimeField(_("created at"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook call")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "visit", "number"], name="webhookcall_number_unique"
            ),
            models.UniqueConstraint(
                fields=["webhook", "visit"],
                condition=Q(is_last=True),
                name="webhookcall_one_last",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CallKind.values), name="webhookcall_kind_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CallState.values), name="webhookcall_state_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(error__in=["", *CallError.values]), name="webhookcall_error_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(kind="ping", visit__isnull=True)
                | (~Q(kind="ping") & Q(visit__isnull=False)),
                name="webhookcall_visit_unless_ping",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, round__gte=1), name="webhookcall_counts_from_one"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | (Q(lease_until__isnull=False) & ~Q(claim="")),
                name="webhookcall_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False),
                name="webhookcall_delivered_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | Q(retry_at__isnull=False),
                name="webhookcall_failed_is_tried_again",
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "state"],
                condition=Q(state__in=["pending", "sending", "failed", "given_up"]),
                name="webhookcall_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.kind} {self.number}"
