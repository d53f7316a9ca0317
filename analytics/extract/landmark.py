"""The time from which a landmark analysis counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registry.protocols.calendar import MEAN_MONTH_DAYS

MOST_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class LandmarkTime:
    """So long after the time origin: those still under observation go on, time counts anew.

    They are compared by what was known by then, so that nobody owes a group to having lived long
    (Anderson, Cain and Gelber, J Clin Oncol 1983;1:710-719).

    Attributes:
        months: months of 30.4375 days after the time origin.
        least_said: of fewer who were left out for a reason it is not said how many they were.
    """

    months: float
    least_said: int = 1

    @property
    def day(self) -> int:
        """The last whole day within the months: 365 for 12, 730 for 24.

        Time is whole days, so whoever is observed beyond this day is observed beyond the months:
        as many go on as a curve says to be at risk at this time.
        """
        return math.floor(self.months * MEAN_MONTH_DAYS)

    @property
    def months_text(self) -> str:
        """The months as they are typed: "12", "1.5"."""
        return f"{self.months:g}"


def months_of_landmark(text: str) -> float:
    """The months that a text says.

    Raises:
        ValueError: it is no number above 0, up to 1200.
    """
    try:
        months = float(text)
    except ValueError:
        months = math.nan
    if not 0 < months <= MOST_MONTHS:
        raise ValueError(
            _("Landmark: %(text)s is no number of months above 0, up to %(most)d.")
            % {"text": text, "most": MOST_MONTHS}
        )
    return months
