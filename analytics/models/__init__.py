"""What the answers keep: own covariates, time-to-event tables, snapshots, reports, alerts."""

from analytics.models.covariate import StudyCovariate
from analytics.models.kept import Ending, KeptExclusion, KeptRow, StudyState
from analytics.models.report import (
    ReportCopy,
    ReportEdition,
    ReportIssue,
    ReportSchedule,
    Rhythm,
)
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
    "ReportCopy",
    "ReportEdition",
    "ReportIssue",
    "ReportSchedule",
    "Rhythm",
    "RuleKind",
    "SafetyAlert",
    "SafetyRule",
    "Snapshot",
    "StudyCovariate",
    "StudyState",
    "WatchState",
]
