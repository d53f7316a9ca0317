"""When the 28 patients of the refractory series are treated, fail and die; 67 treated sites."""

from __future__ import annotations

from random import Random
from statistics import median

from registry.demo.draw import MONTH_DAYS, CohortError, Intervals, days, within
from registry.demo.fit import Curve, FollowUp, fit
from registry.demo.lives import (
    Life,
    local_by_lesion,
    local_until_seen,
    overall,
    progression_or_death,
)
from registry.demo.moves import move_distant, move_end, workday

SINGLE, MULTIPLE = "single", "multiple"
NECK = "neck node"
"""The patient with the only local failure."""
WEDNESDAY = "begins on a Wednesday"
"""The patient of the longest treatment: 24 fractions within 34 days."""

SURVIVAL = (
    Curve("OS", overall, {12: 75.8, 36: 30.2}, median=35, median_tolerance=0.3),
    # 87.5 % and 20.0 %: at 22 months in the figure's legend, as two-year rates in the table.
    Curve(
        "OS, single site",
        overall,
        {22: 87.5, 24: 87.5},
        median=36,
        tag=SINGLE,
        median_tolerance=0.5,
    ),
    Curve("OS, multiple sites", overall, {22: 20.0, 24: 20.0}, median=13, tag=MULTIPLE),
    # Cannot be met together with the others: see the note.
    FollowUp(15.5, tolerance=2.6),
)
PROGRESSION = (Curve("DFS, single site", progression_or_death, {12: 45}, median=12, tag=SINGLE),)
SITES = (
    Curve("PFS of sites", local_by_lesion, {12: 96.8}),
    Curve("PFS of sites, censored at the last contact", local_until_seen, {12: 96.8}),
)
_SITE_MEDIAN = 11.0

_DEATHS: dict[str, Intervals] = {
    SINGLE: {(4, 6): 1, (34.9, 35.3): 1, (35.4, 35.6): 1, (35.65, 35.85): 1},
    MULTIPLE: {(4, 6): 3, (7, 11): 2, (13, 13.35): 3, (16, 18): 1},
}
_ALIVE = {
    SINGLE: (44.5, 48.4),
    MULTIPLE: (3.0, 4.6, 5.5, 5.6, 11.5, 13.0, 15.6, 16.5, 16.7, 46.7),
}
# How many sites were treated in how many patients with several viable sites, course by course:
# 59 sites; the eight with a single viable site have one each.
_COURSES = (
    (1,), (1,), (1,), (1,), (2,), (2,), (2,), (2,), (1, 1), (1, 1), (3,), (3,), (2, 1), (2, 1),
    (2, 2), (3, 1), (3, 2), (3, 1, 1), (3, 2, 1), (3, 2, 2),
)  # fmt: skip
_BETWEEN_COURSES = 13 * 7
_FAILURE = days(10)


def miyakojima_lives(rng: Random) -> list[Life]:
    """The 28 lives with their 67 treated sites.

    Raises:
        CohortError: the published figures are not met.
    """
    lives = [
        # The shortest and the longest published follow-up.
        Life(days(2) + 1, tags={MULTIPLE, "fixed"}),
        Life(days(59), tags={SINGLE, "fixed"}),
        # Without an early censoring, eight patients cannot give 45 %.
        Life(days(8), tags={SINGLE, "fixed"}),
    ]
    for sites in (SINGLE, MULTIPLE):
        tags = {SINGLE, "fixed"} if sites == SINGLE else {MULTIPLE}
        lives += [Life(day, died=True, tags=set(tags)) for day in within(_DEATHS[sites], rng)]
        lives += [Life(days(months), tags=set(tags)) for months in _ALIVE[sites]]
    rng.shuffle(lives)
    late_starter = rng.choice([life for life in lives if MULTIPLE in life.tags])
    late_starter.tags.add(WEDNESDAY)
    late_starter.weekday = 2
    fit(lives, SURVIVAL, [move_end(days(2) + 2, days(58))], rng)
    for life in lives:
        life.gap = rng.randint(3, 24) if life.died else 0
    _progress(lives, rng)
    _treat(lives, rng)
    return lives


def _progress(lives: list[Life], rng: Random) -> None:
    """New disease elsewhere: of the single sites as published, of most others too."""
    single = [life for life in lives if SINGLE in life.tags]
    for life, day in zip(
        single, within({(4, 11): 2, (11.5, 11.8): 1, (14, 20): 2}, rng), strict=False
    ):
        if day <= life.seen:
            life.distant = workday(day, life)
    fit(single, PROGRESSION, [move_distant(80)], rng)
    for life in lives:
        if MULTIPLE in life.tags and life.seen > 120 and rng.random() < 0.6:
            life.distant = workday(rng.randint(80, life.seen), life)


def _treat(lives: list[Life], rng: Random) -> None:
    """Deal the courses until the median follow-up of the sites is the published one."""
    several = [life for life in lives if MULTIPLE in life.tags]
    for _ in range(3000):
        courses = list(_COURSES)
        rng.shuffle(courses)
        for life, sizes in zip(several, courses, strict=True):
            life.starts = _starts(life, sizes, rng)
        if _is_as_published(lives) and _fail_one(lives, rng):
            return
    raise CohortError("no way of dealing the sites gives their published follow-up")


def _starts(life: Life, sizes: tuple[int, ...], rng: Random) -> list[int]:
    """First days of the sites' courses: Mondays after a three-monthly visit."""
    starts: list[int] = []
    day = 0
    for place, size in enumerate(sizes):
        if place:
            day += _BETWEEN_COURSES * rng.randint(1, 2)
        starts += [day] * size
    return starts


def _is_as_published(lives: list[Life]) -> bool:
    """Sites followed 11 months in the median, one of them one month, none less."""
    followed = sorted(life.end - start for life in lives for start in life.starts)
    enough = all(life.seen - life.starts[-1] >= 28 for life in lives)
    return (
        enough
        and abs(median(followed) / MONTH_DAYS - _SITE_MEDIAN) < 0.3
        and followed[0] < days(1.4)
    )


def _fail_one(lives: list[Life], rng: Random) -> bool:
    """One local failure at ten months; False where the curve does not come out."""
    for life in lives:
        life.local = [None] * len(life.starts)
        life.tags.discard(NECK)
    fitting = [
        life
        for life in lives
        if MULTIPLE in life.tags
        and WEDNESDAY not in life.tags
        and len(life.starts) == 1
        and life.seen > _FAILURE + 60
    ]
    if not fitting:
        return False
    life = rng.choice(fitting)
    life.local[0] = workday(_FAILURE, life)
    life.tags.add(NECK)
    return not any(goal.misses(lives) for goal in SITES)
