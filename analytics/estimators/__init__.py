"""Statistics for time-to-event data: arrays in, frozen results out.

Nothing here reads a database, a clock or settings, and nothing is random. Time is whole days.
"""

from analytics.estimators.clustered_logrank import ClusteredLogRank, clustered_logrank
from analytics.estimators.contingency import ChiSquare, FisherExact, chi_square, fisher_exact
from analytics.estimators.cox import cox
from analytics.estimators.cox_model import CoxModel
from analytics.estimators.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from analytics.estimators.fine_gray import fine_gray
from analytics.estimators.gray import GrayTest, gray_test
from analytics.estimators.kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from analytics.estimators.landmark import Landmark, landmark
from analytics.estimators.logrank import LogRank, logrank
from analytics.estimators.median_range import MedianRange, median_range
from analytics.estimators.nested_cox import NestedCox, nested_cox
from analytics.estimators.proportion import Proportion, proportion
from analytics.estimators.rank_test import RankTest, rank_test
from analytics.estimators.rmst import (
    RestrictedMean,
    RestrictedMeanDifference,
    rmst,
    rmst_difference,
)
from analytics.estimators.stepwise_cox import StepwiseCox, stepwise_cox

__all__ = [
    "ChiSquare",
    "ClusteredLogRank",
    "CoxModel",
    "CumulativeIncidence",
    "FisherExact",
    "GrayTest",
    "KaplanMeier",
    "Landmark",
    "LogRank",
    "MedianRange",
    "NestedCox",
    "Proportion",
    "RankTest",
    "RestrictedMean",
    "RestrictedMeanDifference",
    "StepwiseCox",
    "chi_square",
    "clustered_logrank",
    "cox",
    "cumulative_incidence",
    "fine_gray",
    "fisher_exact",
    "gray_test",
    "kaplan_meier",
    "landmark",
    "logrank",
    "median_range",
    "nested_cox",
    "proportion",
    "rank_test",
    "reverse_kaplan_meier",
    "rmst",
    "rmst_difference",
    "stepwise_cox",
]
