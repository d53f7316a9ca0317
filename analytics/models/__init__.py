"""What the answers keep: covariates of a study, tables, snapshots, reports, dashboards."""

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
from analytics.models.snapshot import Snapshot

__all__ = [
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
    "Snapshot",
    "StudyCovariate",
    "StudyState",
]
