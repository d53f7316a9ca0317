"""What the answers keep: a study's own covariates, time-to-event tables, snapshots, reports."""

from analytics.models.covariate import StudyCovariate
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
