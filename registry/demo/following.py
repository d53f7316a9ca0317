"""The follow-up of one patient under a protocol: what took place, and where it stands today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from registry.demo.lives import Life
from registry.demo.placing import days_lived
from registry.demo.visits import Visit, next_planned, visits_of
from registry.protocols import preset
from registry.protocols.vocabulary import TimePoint


@dataclass(frozen=True)
class FollowUpCourse:
    """Visits that took place, and days from the time origin to the Monday of this week."""

    visits: list[Visit]
    lived: int


def follow(
    life: Life,
    protocol: str,
    anchors: Mapping[TimePoint, int],
    standing: Iterator[str],
    rng: Random,
    *,
    accrual_months: int,
    is_lost: bool = False,
) -> FollowUpCourse:
    """Follow a patient from the anchors (days from the time origin) to the last contact.

    The living miss next to nothing: a missed visit stays on the worklist until somebody settles it.
    """
    schedule = preset(protocol).schedule
    if schedule is None:
        raise ValueError(f"protocol {protocol} has no schedule")
    following = None if life.died else next_planned(life, schedule, anchors)
    goes_on = following is not None and not is_lost
    missed, partial = (0.03, 0.04) if life.died or is_lost else (0.002, 0.003)
    visits = visits_of(life, schedule, anchors, rng, missed=missed, partial=partial)
    place = next(standing) if goes_on else "lost"
    lived = days_lived(life, following, place, rng, accrual_months=accrual_months)
    return FollowUpCourse(visits, lived)
