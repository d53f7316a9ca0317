"""Who of the 54 patients of the carbon-ion study fails, progresses and dies, and when."""

from __future__ import annotations

from random import Random

from registry.demo.draw import CohortError, Intervals, days, ramp, some_of, within
from registry.demo.fit import Count, Curve, FollowUp, fit
from registry.demo.lives import (
    Life,
    distant_only,
    local_by_lesion,
    local_until_seen,
    overall,
)
from registry.demo.moves import move_distant, move_end, move_local, workday

LAST_FRACTION = 24
"""Day of the sixteenth fraction, four a week from a Monday on."""

_LC: dict[float, float] = {12: 84.8, 24: 67.4, 36: 67.4}
_EARLIEST_FAILURE = LAST_FRACTION + days(3)
# The two failures after the second year. They leave the three-year rate at that of two years, as
# published, only where the published 35 months count from the end of treatment: see the note.
_LATE_FAILURES = (1099, 1102)


def _failed_before(months: float, life: Life) -> bool:
    failed = life.local[0]
    return failed is not None and failed - LAST_FRACTION < days(months)


SURVIVAL = (
    Curve("OS", overall, {12: 87.1, 24: 75.4, 36: 64.0}),
    Count("deaths in three years", 15, lambda life: life.died and life.end < days(36) - 4),
    FollowUp(24.0),
)
CONTROL = (
    Curve("LC", local_by_lesion, _LC),
    Curve("LC, censored at the last contact", local_until_seen, _LC),
    Count("local failures", 15, lambda life: life.local[0] is not None),
    # The eighth of fifteen is the median.
    Count("local failures up to the median", 8, lambda life: _failed_before(13.4, life)),
    Count("local failures before the median", 7, lambda life: _failed_before(12.6, life)),
)
DISTANT = (
    Curve("DPFS", distant_only, {12: 97.5, 24: 92.2, 36: 92.2}),
    Count("distant progressions", 12, lambda life: life.distant is not None),
)

_DEATHS: Intervals = {(4.3, 12): 7, (12, 24): 5, (24, 35.5): 3}
_LOCAL: Intervals = {(4, 12): 7, (13, 24): 6}
_DISTANT_EARLY: Intervals = {(6, 12): 1, (13, 23): 2}
_DISTANT_LATE = 9


def cnao_lives(rng: Random) -> list[Life]:
    """The 54 lives, one target each.

    Raises:
        CohortError: the published figures are not met.
    """
    lives = [Life(day, died=True) for day in within(_DEATHS, rng)]
    lives += [Life(days(months)) for months in ramp(37, 6, 58, rng, decimals=1)]
    # The shortest and the longest published follow-up.
    lives += [Life(days(4) + 1, tags={"fixed"}), Life(days(61), tags={"fixed"})]
    rng.shuffle(lives)
    fit(lives, SURVIVAL, [move_end(days(4) + 2, days(60), deaths_vary=False)], rng)
    for life in lives:
        life.gap = rng.randint(3, 24) if life.died else 0
    long = [life for life in lives if not life.died and life.end > days(37.5)]
    if len(long) < _DISTANT_LATE:
        raise CohortError(f"only {len(long)} patients are followed for more than three years")
    for life, day in zip(some_of(long, len(_LATE_FAILURES), rng), _LATE_FAILURES, strict=True):
        life.local[0] = day
        life.tags.add("fixed local")
    for day in within(_LOCAL, rng):
        life = rng.choice([one for one in lives if one.local[0] is None and one.seen > day])
        life.local[0] = workday(day, life)
    fit(lives, CONTROL, [move_local(_EARLIEST_FAILURE)], rng)
    for day in within(_DISTANT_EARLY, rng):
        early = [one for one in lives if one.distant is None and day < one.seen < days(36)]
        (life,) = some_of(early, 1, rng)
        life.distant = workday(day, life)
    for life in some_of(long, _DISTANT_LATE, rng):
        life.distant = workday(rng.randint(days(36.6), life.end), life)
    fit(lives, DISTANT, [move_distant(_EARLIEST_FAILURE)], rng)
    return lives
