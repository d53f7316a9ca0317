"""Outcome: progression, death, loss to follow-up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.fields import PartialDateField
from registry.models.base import ClinicalRow, PatientRow
from registry.models.choices import Basis, DeathCause, FieldRelation, LossReason, ProgressionKind
from registry.models.lesion import Lesion
from registry.models.patient import Patient
from registry.models.rules import RowRules, numbered

PROGRESSION_RULES = RowRules(
    table="progression",
    dates=["occurred_on"],
    codes={"kind": ProgressionKind, "field_relation": FieldRelation, "basis": Basis},
)


class Progression(PatientRow):
    """A local, regional or distant failure."""

    rules = PROGRESSION_RULES

    occurred_on = PartialDateField(_("found on"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ProgressionKind.choices)
    lesion = models.ForeignKey(
        Lesion,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("lesion"),
        help_text=_("The treated lesion that failed; empty for new disease elsewhere."),
    )
    field_relation = models.CharField(
        _("relation to the field"), max_length=12, choices=FieldRelation.choices, blank=True
    )
    site = models.CharField(_("site"), max_length=60, blank=True)
    is_new_lesion = models.BooleanField(_("new lesion"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, blank=True)
    comment = models.CharField(_("comment"), max_length=200, blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("progression")
        default_related_name = "progressions"
        constraints = [
            numbered("progression"),
            *PROGRESSION_RULES.constraints(),
        ]


DEATH_RULES = RowRules(table="death", dates=["died_on"], codes={"cause": DeathCause})


class Death(ClinicalRow):
    """Death of the patient: at most one that is not voided."""

    rules = DEATH_RULES

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    died_on = PartialDateField(_("died on"), null=True, blank=True)
    cause = models.CharField(
        _("cause"), max_length=10, choices=DeathCause.choices, default=DeathCause.UNKNOWN
    )
    cause_text = models.CharField(_("cause in words"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("death")
        ordering = ["patient"]
        default_related_name = "deaths"
        constraints = [
            *DEATH_RULES.constraints(),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(voided_at__isnull=True), name="death_only_one"
            ),
        ]

    def __str__(self) -> str:
        return f"death {self.died_on or ''}".strip()


LOSS_TO_FOLLOW_UP_RULES = RowRules(
    table="losstofollowup",
    dates=[
        "last_known_alive_on",
        "declared_on",
        "phoned_on",
        "wrote_on",
        "asked_registry_on",
        "found_again_on",
    ],
    order=[("last_known_alive_on", "declared_on"), ("declared_on", "found_again_on")],
    codes={"reason": LossReason},
)


class LossToFollowUp(PatientRow):
    """A person decided that the patient is lost; finding the patient again ends it."""

    rules = LOSS_TO_FOLLOW_UP_RULES

    last_known_alive_on = PartialDateField(_("last known alive on"), null=True, blank=True)
    declared_on = PartialDateField(_("declared on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=LossReason.choices, blank=True)
    phoned_on = PartialDateField(_("last telephoned on"), null=True, blank=True)
    wrote_on = PartialDateField(_("last wrote on"), null=True, blank=True)
    asked_registry_on = PartialDateField(
        _("asked a registry of residents or deaths on"), null=True, blank=True
    )
    attempts = models.TextField(_("attempts made"), blank=True)
    found_again_on = PartialDateField(_("found again on"), null=True, blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("loss to follow-up")
        verbose_name_plural = _("losses to follow-up")
        default_related_name = "losses"
        constraints = [
            numbered("losstofollowup"),
            *LOSS_TO_FOLLOW_UP_RULES.constraints(),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(found_again_on__isnull=True, voided_at__isnull=True),
                name="losstofollowup_one_open",
            ),
        ]
