"""What the answers keep: a study's own covariates, and time-to-event tables."""

from analytics.models.covariate import StudyCovariate
from analytics.models.kept import Ending, KeptExclusion, KeptRow, StudyState

__all__ = ["Ending", "KeptExclusion", "KeptRow", "StudyCovariate", "StudyState"]
