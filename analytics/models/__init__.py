"""What the answers keep: covariates, tables, snapshots, reports, dashboards, alerts."""

from analytics.models.covariate import StudyCovariate
from analytics.models.dashboard import Audience, DashboardSetting
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
    "Audience",
    "DashboardSetting",
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
