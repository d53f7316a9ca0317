"""After how many days without imaging or contact the end of a row becomes doubtful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from registry.protocols.schedule import Clock, Schedule
from registry.protocols.vocabulary import Item

FACTOR = 1.5
"""One missed visit may be late; half an interval more is no slip of the calendar."""

WITHOUT_SCHEDULE_DAYS = 365
"""Where the protocol asks for no imaging or no visits."""


@dataclass(frozen=True, slots=True)
class AuditLimits:
    """Limits in days.

    Attributes:
        imaging_days: 1.5 times the longest interval between local imaging that the protocol
            states, else 365.
        contact_days: the same of its visits of any kind.
        ends_after_days: the protocol asks for no visit later than that; None where it is open.
    """

    imaging_days: float
    contact_days: float
    ends_after_days: float | None

    @classmethod
    def of(cls, schedule: Schedule | None) -> AuditLimits:
        """The limits of a schedule."""
        clocks = schedule.clocks if schedule is not None else ()
        local = [clock for clock in clocks if Item.LOCAL_IMAGING in clock.items]
        is_open = not clocks or any(clock.is_open_ended for clock in clocks)
        return cls(_limit(local), _limit(clocks), None if is_open else max(_targets(clocks)))

    def has_ended(self, days: int) -> bool:
        """True for somebody followed so many days to whom no later visit was due."""
        half_an_interval = self.contact_days / FACTOR / 2
        return self.ends_after_days is not None and days >= self.ends_after_days - half_an_interval


def _limit(clocks: Sequence[Clock]) -> float:
    """1.5 times the longest interval between targets of the clocks together, from the anchor on."""
    if not clocks:
        return WITHOUT_SCHEDULE_DAYS
    days = [0.0, *_targets(clocks)]
    longest = max(later - earlier for earlier, later in pairwise(days))
    return FACTOR * longest


def _targets(clocks: Sequence[Clock]) -> list[float]:
    """Days of all targets from their anchors; an open end is followed over two intervals."""
    return sorted(
        offset.nominal_days
        for clock in clocks
        for segment in clock.segments
        for offset in segment.offsets(segment.first + 2 * segment.every)
    )
