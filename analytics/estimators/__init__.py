"""Statistics for time-to-event data: arrays in, frozen results out.

Nothing here reads a database, a clock or settings, and nothing is random. Time is whole days.
"""

from analytics.estimators.cox import cox
from analytics.estimators.cox_model import CoxModel
from analytics.estimators.fine_gray import fine_gray
from analytics.estimators.kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from analytics.estimators.nested_cox import NestedCox, nested_cox
from analytics.estimators.stepwise_cox import StepwiseCox, stepwise_cox

__all__ = [
    "CoxModel",
    "KaplanMeier",
    "NestedCox",
    "StepwiseCox",
    "cox",
    "fine_gray",
    "kaplan_meier",
    "nested_cox",
    "reverse_kaplan_meier",
    "stepwise_cox",
]
