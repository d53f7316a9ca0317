"""Entry in progress: drafts of forms, and which submissions were taken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.fields import EncryptedTextField
from registry.models.centre import User


class Draft(models.Model):
    """What a person has typed into a form and not saved yet. Seen by that person only.

    Kept encrypted, since the form may be the one of names and record numbers. Not a fact: a draft
    is removed when the form is saved or the draft is thrown away.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts", verbose_name=_("person"))
    address = models.CharField(_("form"), max_length=300, help_text=_("Path of the form's page."))
    fields = EncryptedTextField(_("fields as typed"), help_text=_("Form-encoded."))
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft")
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="draft_one_per_form")
        ]

    def __str__(self) -> str:
        return f"draft of user {self.user_id}"


class Submission(models.Model):
    """A form that was saved, by the key it was sent with: the same key is not taken twice."""

    key = models.UUIDField(_("key"), primary_key=True, help_text=_("Made when the form is shown."))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    answer = models.CharField(
        _("answer"), max_length=300, help_text=_("Where the person was sent after saving.")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("submission")
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.key)
