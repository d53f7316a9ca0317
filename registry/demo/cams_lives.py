"""Who of the 80 patients of the post-operative study recurs and dies, and when (from surgery)."""

from __future__ import annotations

from random import Random

from registry.demo.draw import Intervals, days, deal, ramp, some_of, within
from registry.demo.fit import Count, Curve, FollowUp, fit
from registry.demo.lives import (
    Life,
    distant_or_death,
    local_by_lesion,
    local_until_seen,
    overall,
    progression_or_death,
)
from registry.demo.moves import (
    move_distant,
    move_end,
    move_local,
    pass_on_metastasis,
    swap_tags,
    workday,
)

SMALL, LARGE = "up to 5 cm", "above 5 cm"
MALE, FEMALE = "male", "female"
CLEAR, POSITIVE = "R0", "R1 or R2"
GRADES = ("grade 1", "grade 2", "grade 3")

_LC: dict[float, float] = {36: 92.9, 60: 88.1}

_LAST_DEATH = 65
_DEAD_OF_RECURRED = 2

SURVIVAL = (
    Curve("OS", overall, {36: 87.4, 60: 83.6}),
    Curve("OS up to 5 cm", overall, {60: 94.7}, tag=SMALL),
    Curve("OS above 5 cm", overall, {60: 68.9}, tag=LARGE),
    FollowUp(38, of="alive"),
    # Twelve deaths within five years give a lower curve than the published one. The rest come soon
    # after: among the few who are followed for longer, one death would halve it.
    Count("late deaths", 0, lambda life: life.died and life.end > days(_LAST_DEATH)),
)
CONTROL = (
    Curve("LC", local_by_lesion, _LC),
    Curve("LC, censored at the last contact", local_until_seen, _LC),
    Curve("LC after R0", local_by_lesion, {60: 90.0}, tag=CLEAR),
    Curve("LC after R1 or R2", local_by_lesion, {60: 64.8}, tag=POSITIVE),
    Curve("LC of men", local_by_lesion, {60: 80.0}, tag=MALE),
    Count("local recurrences", 8, lambda life: life.local[0] is not None),
    # Disease-free and metastasis-free survival lie so near to each other that some of those with
    # local recurrence have to have died.
    Count(
        "deaths after local recurrence",
        _DEAD_OF_RECURRED,
        lambda life: life.died and life.local[0] is not None,
    ),
    Count(
        "local recurrences of women",
        0,
        lambda life: life.local[0] is not None and FEMALE in life.tags,
    ),
)
# These differ in the published direction; the published rates themselves contradict those of all
# patients (see the note).
_NEAR = 4.0
GRADING = (
    Curve("LC of grade 1", local_by_lesion, {60: 94.4}, tag=GRADES[0], tolerance=_NEAR),
    Curve("LC of grade 2", local_by_lesion, {60: 84.4}, tag=GRADES[1], tolerance=_NEAR),
    Curve("OS of grade 1", overall, {60: 88.2}, tag=GRADES[0], tolerance=_NEAR),
)
METASTASIS = (
    Curve("DFS", progression_or_death, {36: 77.3, 60: 72.6}),
    Curve("DMFS", distant_or_death, {36: 81.2, 60: 75.2}),
)

_DEATHS: dict[str, Intervals] = {
    SMALL: {(12, 36): 1, (37, 59): 1},
    LARGE: {(10, 35): 7, (37, 59): 2, (61, 64): 1},
}
_LOCAL: Intervals = {(6, 35): 5, (37, 59): 2, (61, 68): 1}
_DISTANT: Intervals = {(8, 35): 5, (37, 59): 2}
# AJCC 7: of the twelve of grade 3, only the one above 5 cm is of stage III.
_GRADES_BY_SIZE = {
    SMALL: {GRADES[0]: 9, GRADES[1]: 19, GRADES[2]: 11},
    LARGE: {GRADES[0]: 9, GRADES[1]: 31, GRADES[2]: 1},
}
_LONGEST = 87
_EARLIEST_SPREAD = 150


def cams_lives(rng: Random) -> list[Life]:
    """The 80 lives, one tumour bed each.

    Raises:
        CohortError: the published figures are not met.
    """
    lives = [
        Life(day, died=True, tags={size})
        for size, counts in _DEATHS.items()
        for day in within(counts, rng)
    ]
    # Survivors: half of them are followed for less than 38 months.
    months = ramp(34, 9, 38, rng, decimals=1) + ramp(34, 38, _LONGEST, rng, decimals=1)
    sizes = deal({SMALL: 37, LARGE: 31}, rng)
    lives += [Life(days(end), tags={size}) for end, size in zip(months, sizes, strict=True)]
    rng.shuffle(lives)
    for index, life in enumerate(lives):
        life.weekday = index % 5
    fit(lives, SURVIVAL, [move_end(days(7), days(_LONGEST), deaths_vary=False)], rng)
    for life in lives:
        life.gap = rng.randint(3, 24) if life.died else 0
    _recur(lives, rng)
    _spread(lives, rng)
    return lives


def _recur(lives: list[Life], rng: Random) -> None:
    sexes = deal({MALE: 49, FEMALE: 31}, rng)
    margins = deal({CLEAR: 71, POSITIVE: 9}, rng)
    for life, sex, margin in zip(lives, sexes, margins, strict=True):
        life.tags |= {sex, margin}
    for place, day in enumerate(within(_LOCAL, rng)):
        died = place < _DEAD_OF_RECURRED
        free = [
            life
            for life in lives
            if MALE in life.tags and life.died is died and not life.local[0] and life.seen > day
        ]
        (life,) = some_of(free, 1, rng)
        life.local[0] = workday(day, life)
    moves = [move_local(days(4)), swap_tags(MALE, FEMALE), swap_tags(CLEAR, POSITIVE)]
    fit(lives, CONTROL, moves, rng)
    for size, counts in _GRADES_BY_SIZE.items():
        of_size = [life for life in lives if size in life.tags]
        for life, grade in zip(of_size, deal(counts, rng), strict=True):
            life.tags.add(grade)
    fit(lives, GRADING, [swap_tags(*GRADES, alike=(SMALL, LARGE))], rng, rounds=5_000)


def _spread(lives: list[Life], rng: Random) -> None:
    """Metastases: of two with local recurrence, of all who died without one, of some others.

    "Twelve patients died due to their diseases": nobody dies without recurrence.
    """
    recurred = [life for life in lives if life.local[0] is not None]
    both = some_of(recurred, 2, rng)
    for life in recurred:
        life.tags.add("metastasis" if life in both else "no metastasis")
    for life in lives:
        if life.died and life.local[0] is None:
            life.tags.add("metastasis")
        if "metastasis" in life.tags:
            life.distant = workday(rng.randint(_EARLIEST_SPREAD, life.seen), life)
    for day in within(_DISTANT, rng):
        free = [
            life
            for life in lives
            if life.distant is None and life.local[0] is None and life.seen > day
        ]
        life = rng.choice(free)
        life.distant = workday(day, life)
    moves = [*[move_distant(_EARLIEST_SPREAD)] * 9, pass_on_metastasis(_EARLIEST_SPREAD)]
    fit(lives, METASTASIS, moves, rng, rounds=5_000)
