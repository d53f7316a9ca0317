"""What the programming interface keeps: tokens, and answers to requests that may be repeated."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken
from knox.settings import CONSTANTS

from registry.models.centre import User


class ApiToken(AbstractAuthToken):
    """A person's key to the API; only its digest is kept. Never gives more than the person has."""

    id = models.BigAutoField(primary_key=True)
    # Not the key of the row, as in knox: the audit trail names rows by number.
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, unique=True)
    user = models.ForeignKey(
        User, models.PROTECT, related_name="auth_token_set", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("What it is used for."))
    may_write = models.BooleanField(_("may write"), default=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("When it was last confirmed.")
    )
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )

    class Meta:
        verbose_name = _("API token")
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expiry__isnull=False), name="apitoken_has_an_end"
            )
        ]

    def __str__(self) -> str:
        return f"token {self.pk} of user {self.user_id}"


class IdempotentRequest(models.Model):
    """A creating request that was answered: sent again with its key, it is answered the same."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    key = models.CharField(_("key"), max_length=255, help_text=_("Idempotency-Key of the request."))
    fingerprint = models.CharField(_("SHA-256 of method, address and body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status of the answer"))
    location = models.CharField(_("address of what was created"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("repeatable request")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotentrequest_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"

    @classmethod
    def answered(cls, user: Any, key: str) -> IdempotentRequest | None:
        """The answer that this person's key was given, if any."""
        return cls.objects.filter(user=user, key=key).first()
