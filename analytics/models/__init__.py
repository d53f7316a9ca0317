"""What the answers keep: a study's own covariates, time-to-event tables, snapshots, alerts."""

from analytics.models.covariate import StudyCovariate
from analytics.models.kept import Ending, KeptExclusion, KeptRow, StudyState
from analytics.models.safety import (
    AttributionWanted,
    RuleKind,
    SafetyAlert,
    SafetyRule,
    WatchState,
)
from analytics.models.snapshot import Snapshot

__all__ = [
    "AttributionWanted",
    "Ending",
    "KeptExclusion",
    "KeptRow",
    "RuleKind",
    "SafetyAlert",
    "SafetyRule",
    "Snapshot",
    "StudyCovariate",
    "StudyState",
    "WatchState",
]
