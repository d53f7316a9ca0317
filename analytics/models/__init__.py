"""What the answers keep: a study's own covariates, time-to-event tables, snapshots."""

from analytics.models.covariate import StudyCovariate
from analytics.models.kept import Ending, KeptExclusion, KeptRow, StudyState
from analytics.models.snapshot import Snapshot

__all__ = ["Ending", "KeptExclusion", "KeptRow", "Snapshot", "StudyCovariate", "StudyState"]
