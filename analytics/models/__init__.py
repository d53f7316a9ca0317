"""What the answers keep of their own."""

from analytics.models.covariate import StudyCovariate

__all__ = ["StudyCovariate"]
