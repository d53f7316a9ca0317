"""Statistics for time-to-event data: arrays in, frozen results out.

Nothing here reads a database, a clock or settings, and nothing is random. Time is whole days.
"""

from analytics.estimators.clustered_logrank import ClusteredLogRank, clustered_logrank
from analytics.estimators.cox import cox
from analytics.estimators.cox_model import CoxModel
from analytics.estimators.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from analytics.estimators.fine_gray import fine_gray
from analytics.estimators.gray import GrayTest, gray_test
from analytics.estimators.kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from analytics.estimators.logrank import LogRank, logrank
from analytics.estimators.nested_cox import NestedCox, nested_cox
from analytics.estimators.stepwise_cox import StepwiseCox, stepwise_cox

__all__ = [
    "ClusteredLogRank",
    "CoxModel",
    "CumulativeIncidence",
    "GrayTest",
    "KaplanMeier",
    "LogRank",
    "NestedCox",
    "StepwiseCox",
    "clustered_logrank",
    "cox",
    "cumulative_incidence",
    "fine_gray",
    "gray_test",
    "kaplan_meier",
    "logrank",
    "nested_cox",
    "reverse_kaplan_meier",
    "stepwise_cox",
]
