"""Statistics for time-to-event data: arrays in, frozen results out.

Nothing here reads a database, a clock or settings, and nothing is random. Time is whole days.
"""

from analytics.estimators.clustered_logrank import ClusteredLogRank, clustered_logrank
from analytics.estimators.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from analytics.estimators.gray import GrayTest, gray_test
from analytics.estimators.kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from analytics.estimators.logrank import LogRank, logrank

__all__ = [
    "ClusteredLogRank",
    "CumulativeIncidence",
    "GrayTest",
    "KaplanMeier",
    "LogRank",
    "clustered_logrank",
    "cumulative_incidence",
    "gray_test",
    "kaplan_meier",
    "logrank",
    "reverse_kaplan_meier",
]
