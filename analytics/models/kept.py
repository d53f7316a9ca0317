"""Time-to-event tables that are kept, so that a page need not compute them from all facts."""

from __future__ import annotations

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


class WholeStudyManager(models.Manager["KeptTable"]):
    """Fails closed: the tables hold the patients of every centre."""

    def get_queryset(self) -> models.QuerySet[KeptTable]:
        """All tables, for the system only.

        Raises:
            ScopeError: in the scope of a person or outside of any.
        """
        scope = current_scope()
        if scope is None or not scope.everything:
            raise ScopeError(
                "KeptTable holds whole studies: read it by analytics.kept.reading, which cuts it "
                "to what the reader may see"
            )
        return super().get_queryset()


class KeptTable(models.Model):
    """The time-to-event table of one endpoint over a whole study, as columns of plain values.

    Pseudonyms, days and outcomes, as in the clinical tables it is made of, from which it can be
    made again at any time. All tables of a study are replaced together. ``columns`` and
    ``excluded`` are written and read by :mod:`analytics.kept.columns`.
    """

    state = models.ForeignKey(
        StudyState, models.PROTECT, related_name="tables", verbose_name=_("state")
    )
    endpoint_code = models.CharField(_("endpoint"), max_length=8)
    columns = models.JSONField(_("columns"))
    excluded = models.JSONField(_("not in the table"))

    objects = WholeStudyManager()

    class Meta:
        verbose_name = _("kept time-to-event table")
        constraints = [
            models.UniqueConstraint(
                fields=["state", "endpoint_code"], name="kepttable_one_of_an_endpoint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_code} of study {self.state_id}"
