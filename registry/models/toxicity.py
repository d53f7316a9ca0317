"""Adverse events by CTCAE term and grade."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.fields import PartialDateField
from registry.models.base import PatientRow
from registry.models.choices import Attribution, ToxicityAction
from registry.models.course import Course
from registry.models.lesion import Lesion
from registry.models.rules import RowRules, numbered
from registry.models.terminology import CtcaeTerm

TOXICITY_EVENT_RULES = RowRules(
    table="toxicityevent",
    dates=["onset_on", "resolved_on"],
    order=[("onset_on", "resolved_on")],
    codes={"attribution": Attribution, "action": ToxicityAction},
    ranges={"grade": (1, 5)},
)


class ToxicityEvent(PatientRow):
    """An adverse event at its worst grade. Acute or late is derived by the protocol's rule."""

    rules = TOXICITY_EVENT_RULES

    course = models.ForeignKey(
        Course,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("suspected course"),
        help_text=_("The RT course that may have caused it."),
    )
    lesion = models.ForeignKey(
        Lesion, models.PROTECT, null=True, blank=True, verbose_name=_("at the treated lesion")
    )
    term = models.ForeignKey(CtcaeTerm, models.PROTECT, verbose_name=_("CTCAE term"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    onset_on = PartialDateField(_("onset"), null=True, blank=True)
    resolved_on = PartialDateField(_("resolved on"), null=True, blank=True)
    attribution = models.CharField(
        _("attribution to RT"), max_length=10, choices=Attribution.choices, blank=True
    )
    action = models.CharField(
        _("action taken"), max_length=20, choices=ToxicityAction.choices, blank=True
    )
    is_serious = models.BooleanField(_("serious"), null=True, blank=True)
    present_before_rt = models.BooleanField(
        _("present before RT"), null=True, blank=True, help_text=_("A baseline finding.")
    )
    comment = models.TextField(_("comment"), blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("toxicity event")
        default_related_name = "toxicity_events"
        constraints = [
            numbered("toxicityevent"),
            *TOXICITY_EVENT_RULES.constraints(),
        ]
