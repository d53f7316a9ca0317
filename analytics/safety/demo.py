"""Rules of the safety watch in the demo, so that its pages have something to show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from analytics.models import AttributionWanted, RuleKind, SafetyRule
from analytics.safety import watching
from analytics.services.safety import add_rule
from registry.models import Study, User
from registry.models.choices import Role
from registry.scope import system_scope

STUDY = "cams"

RULES: tuple[tuple[RuleKind, dict[str, Any]], ...] = (
    (
        RuleKind.SEVERE_TOXICITY,
        {"grade": 4, "attribution": AttributionWanted.POSSIBLE},
    ),
    (RuleKind.TREATMENT_DEATH, {"within_days": 30}),
    (
        RuleKind.LATE_TOXICITY_RATE,
        {"grade": 2, "limit_percent": Decimal(5), "least_patients": 20},
    ),
    (
        RuleKind.LOCAL_FAILURE,
        {
            "endpoint_code": "LC",
            "months": Decimal(24),
            "planned_percent": Decimal(85),
            "least_patients": 20,
        },
    ),
)
"""One of each kind: the synthetic cohort meets the first and the third."""


def set_demo_rules() -> None:
    """Set the rules as the coordinator of the demo, and look at once; where rules are, nothing."""
    study = Study.objects.get(key=STUDY, is_synthetic=True)
    with system_scope():
        if SafetyRule.objects.filter(study=study).exists():
            return
    coordinator = User.objects.get(username=Role.COORDINATOR.value)
    for kind, parameters in RULES:
        add_rule(study=study, kind=kind, parameters=parameters, by=coordinator)
    watching.watch(study.pk, clock=timezone.now)
