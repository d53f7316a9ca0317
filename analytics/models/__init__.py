"""What the answers keep: a study's own covariates, and time-to-event tables."""

from analytics.models.covariate import StudyCovariate
from analytics.models.kept import KeptTable, StudyState

__all__ = ["KeptTable", "StudyCovariate", "StudyState"]
