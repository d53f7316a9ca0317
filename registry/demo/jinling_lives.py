"""Who of the 37 patients of the SBRT study fails, progresses and dies, and when."""

from __future__ import annotations

from random import Random

from registry.demo.draw import Intervals, days, deal, within
from registry.demo.fit import Count, Curve, FollowUp, fit
from registry.demo.lives import (
    Life,
    local_by_lesion,
    local_until_seen,
    overall,
    progression_or_death,
)
from registry.demo.moves import move_distant, move_end, move_local, workday

G1, HIGHER = "G1", "G2-3"

_LC: dict[float, float] = {12: 80.2, 24: 58.3, 36: 46.6}


def _is_followed(life: Life) -> bool:
    return not life.died and life.first_progression is None


SURVIVAL = (
    Curve("OS", overall, {12: 71.5, 24: 40.0, 36: 29.1}, median=24.0),
    Curve("OS of G1", overall, {12: 92.9, 36: 61.1}, median=75, tag=G1),
    # Not within the usual tolerance together with the curve of all patients: see the note.
    Curve("OS of G2-3 at 1 year", overall, {12: 57.9}, tag=HIGHER, tolerance=2.5),
    Curve("OS of G2-3", overall, {36: 6.0}, median=13, tag=HIGHER),
    FollowUp(21.0),
)
CONTROL = (
    Curve("LC", local_by_lesion, _LC, median=25.0),
    Curve("LC, censored at the last contact", local_until_seen, _LC, median=25.0),
    Curve("LC of G1", local_by_lesion, {}, median=45, tag=G1, median_tolerance=1),
    Curve("LC of G2-3", local_by_lesion, {}, median=20, tag=HIGHER, median_tolerance=1),
    Curve("PFS", progression_or_death, {12: 43.6, 24: 26.8, 36: 18.4}, median=10.0),
    # Visits end with progression: so many patients still have some before them.
    Count("alive without progression", 5, _is_followed),
)

# Deaths per interval of months, and months of last contact of the living: where the search starts.
_DEATHS: dict[str, Intervals] = {
    G1: {(8, 11.5): 1, (17, 23): 4, (34, 37): 1, (50, 60): 1, (74.6, 75.4): 1, (82, 88): 2},
    HIGHER: {(4, 12): 8, (13, 14): 2, (17, 23): 2, (23.6, 23.88): 3, (30, 35): 2},
}
_ALIVE = {G1: (4, 5.5, 6.5, 63, 84, 106, 115), HIGHER: (34,)}
_LESIONS = {1: 24, 2: 5, 3: 8}
_LOCAL: Intervals = {(3, 12): 10, (12, 23): 7, (24.6, 25.4): 1, (26, 35): 1, (44.6, 45.4): 1}
_DISTANT: Intervals = {(2.5, 10): 14, (10, 11.5): 2, (12.5, 23): 4, (24.5, 35): 2}
_FIRST_FAILURE = 80


def jinling_lives(rng: Random) -> list[Life]:
    """The 37 lives with their 58 lesions.

    Raises:
        CohortError: the published figures are not met.
    """
    lives = [
        # The shortest and the longest published follow-up.
        Life(days(3) + 1, tags={G1, "fixed"}),
        Life(days(125), tags={G1, "fixed"}),
    ]
    for grade in (G1, HIGHER):
        lives += [Life(day, died=True, tags={grade}) for day in within(_DEATHS[grade], rng)]
        lives += [Life(days(months), tags={grade}) for months in _ALIVE[grade]]
    rng.shuffle(lives)
    fit(lives, SURVIVAL, [move_end(days(3) + 2, days(124))], rng)
    for life, lesions in zip(lives, deal(_LESIONS, rng), strict=True):
        life.gap = rng.randint(3, 24) if life.died else 0
        life.starts, life.local = [0] * lesions, [None] * lesions
    for day in within(_LOCAL, rng):
        free = [
            (life, lesion)
            for life in lives
            for lesion, failed in enumerate(life.local)
            if failed is None and life.seen >= day
        ]
        life, lesion = rng.choice(free)
        life.local[lesion] = workday(day, life)
    for day in within(_DISTANT, rng):
        life = rng.choice([one for one in lives if one.distant is None and one.seen >= day])
        life.distant = workday(day, life)
    fit(lives, CONTROL, [move_local(_FIRST_FAILURE), move_distant(60)], rng)
    return lives
