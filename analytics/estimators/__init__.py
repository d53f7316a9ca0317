"""Statistics for time-to-event data: arrays in, frozen results out.

Nothing here reads a database, a clock or settings, and nothing is random. Time is whole days.
"""

from analytics.estimators.kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier

__all__ = ["KaplanMeier", "kaplan_meier", "reverse_kaplan_meier"]
