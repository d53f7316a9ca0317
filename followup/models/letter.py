"""Letters: mails that do not wait for a digest."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from followup.models.posted import PostedMail, site_host
from registry.models import Study, User


class LetterKind(models.TextChoices):
    """What a letter is about; each kind is written by one module."""

    REPORT = "report", _("Outcome report")
    SAFETY = "safety", _("Safety alert")


class Letter(PostedMail):
    """One mail to one person about one occasion of a study.

    ``occasion`` is a key that the writer of the kind can read: of an issue, an alert. The same
    person is never written to twice about it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="letters")
    study = models.ForeignKey(Study, models.PROTECT, related_name="letters")
    kind = models.CharField(_("kind"), max_length=8, choices=LetterKind.choices)
    occasion = models.CharField(_("occasion"), max_length=60)
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("letter")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "occasion"], name="letter_one_per_person_and_occasion"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LetterKind.values), name="letter_kind_is_a_code"
            ),
            models.CheckConstraint(condition=~Q(occasion=""), name="letter_has_an_occasion"),
            *PostedMail.Meta.constraints,
        ]
        indexes = PostedMail.Meta.indexes

    def __str__(self) -> str:
        return f"{self.kind} {self.occasion} {self.user_id}"

    @classmethod
    def next_day_of(cls, now: dt.datetime) -> dt.datetime | None:
        """A day later, since no other letter takes its place."""
        return now + dt.timedelta(days=1)


def letter_id(kind: str, occasion: str, user_id: int) -> str:
    """The Message-ID of a letter: the same on every try and after a restore."""
    # Hashed, since an occasion may hold what is none of a mail relay's business.
    mark = hashlib.sha256(f"{kind} {occasion}".encode()).hexdigest()[:24]
    return f"<{kind}-{mark}-{user_id}@{site_host()}>"
