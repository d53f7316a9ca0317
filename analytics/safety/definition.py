"""A rule as it is stored, and what it does."""

from __future__ import annotations

from typing import TypeVar

from analytics.models import AttributionWanted, RuleKind, SafetyRule
from analytics.safety.case_rules import SevereToxicity, TreatmentDeath
from analytics.safety.rate_rules import LateToxicityRate, LocalFailure

T = TypeVar("T")

Rule = SevereToxicity | TreatmentDeath | LateToxicityRate | LocalFailure


def rule_of(stored: SafetyRule) -> Rule:
    """What looks at the facts for a stored rule."""
    kind = RuleKind(stored.kind)
    if kind is RuleKind.SEVERE_TOXICITY:
        return SevereToxicity(
            _set(stored.grade), possible_only=stored.attribution == AttributionWanted.POSSIBLE
        )
    if kind is RuleKind.TREATMENT_DEATH:
        return TreatmentDeath(stored.within_days)
    if kind is RuleKind.LATE_TOXICITY_RATE:
        return LateToxicityRate(
            grade=_set(stored.grade),
            limit=float(_set(stored.limit_percent)) / 100,
            least_patients=_set(stored.least_patients),
        )
    return LocalFailure(
        endpoint_code=stored.endpoint_code,
        months=float(_set(stored.months)),
        planned=float(_set(stored.planned_percent)) / 100,
        least_patients=_set(stored.least_patients),
    )


def _set(value: T | None) -> T:
    """A parameter that the kind of the rule has: the database sees to it."""
    assert value is not None
    return value
