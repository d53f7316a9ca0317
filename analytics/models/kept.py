"""Time-to-event tables that are kept, so that a page need not compute them from all facts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Study
from registry.scope import ScopeError, current_scope


class StudyState(models.Model):
    """How far the kept tables of a study know its facts.

    ``change_number`` counts up whenever facts of the study have changed. The tables are stale while
    it is ahead of ``kept_number``, and absent while that is empty.
    """

    study = models.OneToOneField(
        Study,
        models.PROTECT,
        primary_key=True,
        related_name="curve_state",
        verbose_name=_("study"),
    )
    change_number = models.PositiveBigIntegerField(_("number of the last change"), default=0)
    stale_since = models.DateTimeField(
        _("first change that the tables do not know"), null=True, blank=True
    )
    asked_at = models.DateTimeField(
        _("refresh asked for at"),
        null=True,
        blank=True,
        help_text=_("While it is queued or running."),
    )
    kept_number = models.PositiveBigIntegerField(
        _("number of the last change in the tables"), null=True, blank=True
    )
    kept_version = models.PositiveIntegerField(
        _("protocol version of the tables"), null=True, blank=True
    )
    kept_at = models.DateTimeField(_("facts read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("state of the curves of a study")
        verbose_name_plural = _("states of the curves of studies")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kept_number__isnull=True, kept_version__isnull=True, kept_at__isnull=True
                )
                | Q(kept_number__isnull=False, kept_version__isnull=False, kept_at__isnull=False),
                name="studystate_kept_in_full",
            ),
            models.CheckConstraint(
                condition=Q(kept_number__isnull=True) | Q(kept_number__lte=F("change_number")),
                name="studystate_kept_not_ahead",
            ),
        ]

    def __str__(self) -> str:
        return f"study {self.pk}: change {self.change_number}, kept {self.kept_number}"

    @property
    def is_stale(self) -> bool:
        """True when facts have changed since the tables were made, or when there are none."""
        return self.kept_number is None or self.kept_number < self.change_number


class Ending(models.IntegerChoices):
    """What ended the time of a kept row; 0 to 2 as CNSR of CDISC ADTTE, 3 is a censoring too."""

    EVENT = 0, _("event of the endpoint")
    CENSORED = 1, _("censored at the end of follow-up")
    COMPETING = 2, _("competing event")
    CENSORED_AT_DEATH = 3, _("censored at a death that is no event of the endpoint")


class WholeStudyManager(models.Manager[Any]):
    """Fails closed: the rows are of the patients of every centre."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """All rows, for the system only.

        Raises:
            ScopeError: in the scope of a person or outside of any.
        """
        scope = current_scope()
        if scope is None or not scope.everything:
            raise ScopeError(
                f"{self.model.__name__} holds whole studies: read it by analytics.kept.reading, "
                "which cuts it to what the reader may see"
            )
        return super().get_queryset()


class OfEndpoint(models.Model):
    """What is kept of one patient or lesion for one endpoint of a study.

    Pseudonyms, days and outcomes, as in the clinical tables they are made of, from which they can
    be made again at any time. All rows of a study are replaced together.
    """

    # The indexes of the tables begin with it.
    state = models.ForeignKey(
        StudyState, models.PROTECT, related_name="+", verbose_name=_("state"), db_index=False
    )
    endpoint_code = models.CharField(_("endpoint"), max_length=8)
    pseudonym = models.CharField(_("pseudonym"), max_length=40)

    objects = WholeStudyManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.endpoint_code} of {self.pseudonym}"


class KeptRow(OfEndpoint):
    """The time from the origin to the event or the end of observation."""

    centre = models.CharField(_("code of the centre"), max_length=20)
    days = models.PositiveIntegerField(_("days from the time origin"))
    ending = models.PositiveSmallIntegerField(_("ending"), choices=Ending)
    ended_on = models.DateField(_("last day of observation"))

    class Meta:
        verbose_name = _("kept time to an event")
        verbose_name_plural = _("kept times to events")
        indexes = [
            # Counts by day, ending and centre are made from this index alone.
            models.Index(
                fields=["state", "endpoint_code", "days", "ending", "centre"],
                name="keptrow_counts",
            ),
            models.Index(fields=["state", "endpoint_code", "ended_on"], name="keptrow_latest_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ending__in=Ending.values), name="keptrow_ending_is_a_code"
            ),
        ]


class KeptExclusion(OfEndpoint):
    """Why there is no row: the reason is one of :class:`analytics.extract.Reason`."""

    reason = models.CharField(_("reason"), max_length=30)

    class Meta:
        verbose_name = _("kept exclusion from an endpoint")
        verbose_name_plural = _("kept exclusions from endpoints")
        indexes = [
            models.Index(fields=["state", "endpoint_code", "reason"], name="keptexclusion_counts"),
        ]
