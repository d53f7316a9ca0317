"""Rules of the safety watch of a study, and the alerts that they have raised."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from analytics.models.whole_studies import OfWholeStudies
from registry.models import Patient, Study, ToxicityEvent, User

LEAST_PATIENTS = 5
"""A rate of fewer patients is not judged by any rule: one of them would decide it."""


class RuleKind(models.TextChoices):
    """What a rule looks for."""

    SEVERE_TOXICITY = "severe_toxicity", _("Severe toxicity")
    TREATMENT_DEATH = "treatment_death", _("Death possibly by treatment")
    LATE_TOXICITY_RATE = "late_toxicity_rate", _("Rate of late toxicity above a limit")
    LOCAL_FAILURE = "local_failure", _("Local failure above plan")


class AttributionWanted(models.TextChoices):
    """Which adverse events a rule of severe toxicity counts."""

    ANY = "any", _("Whatever the attribution")
    POSSIBLE = "possible", _("Possibly of radiotherapy: not judged unrelated or unlikely")


OF_KIND: dict[RuleKind, tuple[str, ...]] = {
    RuleKind.SEVERE_TOXICITY: ("grade", "attribution"),
    RuleKind.TREATMENT_DEATH: ("within_days",),
    RuleKind.LATE_TOXICITY_RATE: ("grade", "limit_percent", "least_patients"),
    RuleKind.LOCAL_FAILURE: ("endpoint_code", "months", "planned_percent", "least_patients"),
}
"""Kind → the columns that say what exactly a rule of it looks for; all others are empty."""

PARAMETERS = tuple(dict.fromkeys(name for names in OF_KIND.values() for name in names))
_TEXTS = ("attribution", "endpoint_code")
_MAY_BE_EMPTY = ("within_days",)


def _has_what_its_kind_asks_for() -> Q:
    """Condition: of the parameters those of the kind are there, and no others."""
    whole = Q()
    for kind, names in OF_KIND.items():
        condition = Q(kind=kind.value)
        for name in PARAMETERS:
            is_empty = Q(**{name: ""}) if name in _TEXTS else Q(**{f"{name}__isnull": True})
            if name not in names:
                condition &= is_empty
            elif name not in _MAY_BE_EMPTY:
                condition &= ~is_empty
        whole |= condition
    return whole


def _texts_and_numbers() -> list[Any]:
    """The parameters as they are compared: an empty number is like another one."""
    return [
        F(name) if name in _TEXTS else Coalesce(F(name), Value(Decimal(0))) for name in PARAMETERS
    ]


class SafetyRule(models.Model):
    """Something that the coordinators of a study want to be told of.

    It never changes, for alerts were raised by it: it is ended, and another one is made. Who may
    read and what the parameters mean is in docs/users/safety.md.
    """

    study = models.ForeignKey(Study, models.PROTECT, verbose_name=_("study"))
    kind = models.CharField(_("kind"), max_length=20, choices=RuleKind.choices)
    grade = models.PositiveSmallIntegerField(_("lowest CTCAE grade"), null=True, blank=True)
    attribution = models.CharField(
        _("attribution to radiotherapy"),
        max_length=10,
        choices=AttributionWanted.choices,
        blank=True,
    )
    within_days = models.PositiveSmallIntegerField(
        _("days after radiotherapy"),
        null=True,
        blank=True,
        help_text=_("A death within so many days counts whatever its cause; empty: by cause only."),
    )
    limit_percent = models.DecimalField(
        _("limit (%)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    endpoint_code = models.CharField(_("endpoint"), max_length=20, blank=True)
    months = models.DecimalField(
        _("months from the time origin"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    planned_percent = models.DecimalField(
        _("planned control (%)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    least_patients = models.PositiveSmallIntegerField(
        _("least number of patients"), null=True, blank=True
    )
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        help_text=_("Empty: by the installation."),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
        help_text=_("Empty: by the installation."),
    )

    objects = OfWholeStudies(with_cases=True)

    class Meta:
        verbose_name = _("safety rule")
        verbose_name_plural = _("safety rules")
        ordering = ["study", "pk"]
        default_related_name = "safety_rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RuleKind.values), name="safetyrule_kind_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(attribution__in=["", *AttributionWanted.values]),
                name="safetyrule_attribution_is_a_code",
            ),
            models.CheckConstraint(
                condition=_has_what_its_kind_asks_for(), name="safetyrule_parameters_of_its_kind"
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 5)),
                name="safetyrule_grade_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(within_days__isnull=True) | Q(within_days__range=(1, 365)),
                name="safetyrule_days_1_to_365",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True})
                    | Q(**{f"{name}__gt": 0, f"{name}__lt": 100}),
                    name=f"safetyrule_{name}_0_to_100",
                )
                for name in ("limit_percent", "planned_percent")
            ),
            models.CheckConstraint(
                condition=Q(months__isnull=True) | Q(months__gt=0, months__lte=600),
                name="safetyrule_months_to_600",
            ),
            models.CheckConstraint(
                condition=Q(least_patients__isnull=True) | Q(least_patients__gte=LEAST_PATIENTS),
                name="safetyrule_patients_not_too_few",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_at__gte=F("made_at")),
                name="safetyrule_ended_after_made",
            ),
            # Two people at once, or one who clicked twice, would be told everything twice.
            models.UniqueConstraint(
                "study",
                "kind",
                *_texts_and_numbers(),
                condition=Q(ended_at__isnull=True),
                name="safetyrule_active_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} {self.kind} {self.pk}"

    @property
    def is_active(self) -> bool:
        """True until it is ended."""
        return self.ended_at is None


class SafetyAlert(models.Model):
    """A rule was met, once: by an adverse event, a death, or a rate that crossed its limit.

    A rate crosses its limit anew when it has fallen back in between, hence the number of the
    crossing. ``look`` counts the looks of the rule that raised something: what one look has raised
    is told in one mail. ``figures`` are what the rule saw then.
    """

    rule = models.ForeignKey(SafetyRule, models.PROTECT, verbose_name=_("rule"))
    patient = models.ForeignKey(
        Patient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("patient"),
    )
    toxicity = models.ForeignKey(
        ToxicityEvent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("adverse event"),
    )
    crossing = models.PositiveIntegerField(_("number of the crossing"), null=True, blank=True)
    look = models.PositiveIntegerField(_("number of the look"))
    raised_at = models.DateTimeField(_("raised at"))
    figures = models.JSONField(_("figures"))
    lapsed_at = models.DateTimeField(
        _("no longer so since"),
        null=True,
        blank=True,
        help_text=_("When a look found that the facts do not meet the rule any more."),
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    note = models.TextField(_("note"), blank=True)

    objects = OfWholeStudies("rule__study", with_cases=True)

    class Meta:
        verbose_name = _("safety alert")
        verbose_name_plural = _("safety alerts")
        ordering = ["-raised_at", "-pk"]
        default_related_name = "safety_alerts"
        constraints = [
            models.UniqueConstraint(fields=["rule", "toxicity"], name="safetyalert_toxicity_once"),
            models.UniqueConstraint(
                fields=["rule", "patient"],
                condition=Q(toxicity__isnull=True),
                name="safetyalert_death_once",
            ),
            models.UniqueConstraint(fields=["rule", "crossing"], name="safetyalert_crossing_once"),
            models.UniqueConstraint(
                fields=["rule"],
                condition=Q(crossing__isnull=False, lapsed_at__isnull=True),
                name="safetyalert_one_crossing_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(crossing__isnull=True, patient__isnull=False)
                | Q(
                    crossing__isnull=False,
                    crossing__gte=1,
                    patient__isnull=True,
                    toxicity__isnull=True,
                ),
                name="safetyalert_of_a_case_or_a_crossing",
            ),
            models.CheckConstraint(condition=Q(look__gte=1), name="safetyalert_look_from_1"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True, note="")
                | (Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False) & ~Q(note="")),
                name="safetyalert_acknowledged_in_full",
            ),
        ]
        indexes = [
            models.Index(
                fields=["rule"],
                condition=Q(acknowledged_at__isnull=True),
                name="safetyalert_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} of rule {self.rule_id}"


class WatchState(models.Model):
    """How far the safety watch of a study has seen its facts.

    ``figures`` holds, by key of the rule, what every rule found at the last look: a rule that is
    not in it has not looked yet.
    """

    study = models.OneToOneField(
        Study,
        models.PROTECT,
        primary_key=True,
        related_name="watch_state",
        verbose_name=_("study"),
    )
    stale_since = models.DateTimeField(_("first change that no look knows"), null=True, blank=True)
    asked_at = models.DateTimeField(
        _("look asked for at"),
        null=True,
        blank=True,
        help_text=_("While it is queued or running."),
    )
    seen_number = models.PositiveBigIntegerField(
        _("number of the last change seen"), null=True, blank=True
    )
    seen_version = models.PositiveIntegerField(_("protocol version seen"), null=True, blank=True)
    seen_at = models.DateTimeField(_("facts read at"), null=True, blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)

    class Meta:
        verbose_name = _("state of the safety watch of a study")
        verbose_name_plural = _("states of the safety watch of studies")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    seen_number__isnull=True, seen_version__isnull=True, seen_at__isnull=True
                )
                | Q(seen_number__isnull=False, seen_version__isnull=False, seen_at__isnull=False),
                name="watchstate_seen_in_full",
            ),
        ]

    def __str__(self) -> str:
        return f"study {self.study_id}: seen {self.seen_number}"
