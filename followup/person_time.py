"""How complete the follow-up is: the time that patients were seen of the time they could be.

Clark's completeness index (Clark TG, Altman DG, De Stavola BL. Quantification of the completeness
of follow-up. Lancet 2002; 359: 1309–1310) is the sum of the observed person-time over the sum of
the potential one. Days are whole numbers: they are added up before anything is divided.
"""

from __future__ import annotations

from dataclasses import dataclass

DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class PersonTime:
    """Person-time of some patients, in days.

    Attributes:
        patients: those whose time is in here.
        left_out: those whose time has no known beginning or end: the day of the protocol's time
            origin, or that of the death, is not on file.
        observed, potential: days that they were seen, and that they could have been seen.
    """

    patients: int = 0
    left_out: int = 0
    observed: int = 0
    potential: int = 0

    def __add__(self, other: PersonTime) -> PersonTime:
        return PersonTime(
            self.patients + other.patients,
            self.left_out + other.left_out,
            self.observed + other.observed,
            self.potential + other.potential,
        )

    @property
    def index(self) -> float | None:
        """Clark's C, from 0 to 1; None without a day in which anybody could have been seen."""
        return self.observed / self.potential if self.potential else None

    @property
    def observed_years(self) -> float:
        """Observed person-years of 365.25 days."""
        return self.observed / DAYS_A_YEAR

    @property
    def potential_years(self) -> float:
        """Potential person-years of 365.25 days."""
        return self.potential / DAYS_A_YEAR


def days_seen(
    *, origin: int | None, last_contact: int | None, died: int | None, is_dead: bool, cut: int
) -> tuple[int, int] | None:
    """Observed and potential days of one patient; None without a known beginning or end.

    Who died is seen to the end, which is the death. Everybody else is seen to the last contact and
    could have been seen to the data cut: also who withdrew or is lost, whose missing time is what
    the index measures. Days are counted from any fixed one (``date.toordinal()``).

    Args:
        origin: the first day; None where not known.
        last_contact: the last day known alive up to the cut; None without any.
        died: the day of death up to the cut; None while alive, or where not known.
        is_dead: the patient had died by the cut.
        cut: the data cut.
    """
    if origin is None or origin > cut or (is_dead and died is None):
        return None
    if died is not None:
        days = max(0, died - origin)
        return days, days
    seen = origin if last_contact is None else max(origin, min(last_contact, cut))
    return seen - origin, cut - origin
