"""What the answers keep: a study's own covariates, time-to-event tables, snapshots, dashboards."""

from analytics.models.covariate import StudyCovariate
from analytics.models.dashboard import Audience, DashboardSetting
from analytics.models.kept import Ending, KeptExclusion, KeptRow, StudyState
from analytics.models.snapshot import Snapshot

__all__ = [
    "Audience",
    "DashboardSetting",
    "Ending",
    "KeptExclusion",
    "KeptRow",
    "Snapshot",
    "StudyCovariate",
    "StudyState",
]
