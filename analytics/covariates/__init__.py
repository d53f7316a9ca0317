"""What patients and lesions are compared, adjusted and chosen by."""

from analytics.covariates.catalogue import catalogue, values
from analytics.covariates.conditions import Condition
from analytics.covariates.covariate import Covariate, CovariateError
from analytics.covariates.subset import subset

__all__ = ["Condition", "Covariate", "CovariateError", "catalogue", "subset", "values"]
