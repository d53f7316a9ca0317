"""Who of the 60 patients of the pre-operative study recurs and dies, and when (from the first
day of radiotherapy)."""

from __future__ import annotations

from random import Random

from registry.demo.draw import Intervals, days, ramp, within
from registry.demo.fit import Count, Curve, FollowUp, fit
from registry.demo.lives import Life, local_by_lesion, local_until_seen, overall
from registry.demo.moves import move_end, move_local, workday

WAITING = "waits for surgery"
HEALING = "recently operated"
COMPLETE_MONTHS = 61
"""Whoever is followed for longer has completed the follow-up of five years after surgery."""

SURVIVAL = (
    Curve("OS", overall, {60: 65.0}),
    FollowUp(62.4, of="alive", tolerance=0.8),
)
CONTROL = (
    Curve("LC", local_by_lesion, {60: 93.0}),
    Curve("LC, censored at the last contact", local_until_seen, {60: 93.0}),
    Count("local recurrences after five years", 0, lambda life: (life.local[0] or 0) > days(60)),
)

_DEATHS: Intervals = {(9, 30): 11, (30, 58): 7}
_LOCAL: Intervals = {(9, 24): 2, (24, 50): 2}
_EARLIEST_FAILURE = 240


def preop_lives(rng: Random) -> list[Life]:
    """The 60 lives, one tumour each.

    Raises:
        CohortError: the published figures are not met.
    """
    lives = [Life(day, died=True) for day in within(_DEATHS, rng)]
    lives += [Life(day) for day in within({(61.5, 62.8): 24}, rng)]
    lives += [Life(days(months)) for months in ramp(16, 7, 58, rng, decimals=1)]
    lives += [Life(40, tags={"fixed", WAITING}), Life(136, tags={"fixed", HEALING})]
    rng.shuffle(lives)
    fit(lives, SURVIVAL, [move_end(days(6.5), days(62.8))], rng)
    for life in lives:
        life.gap = rng.randint(3, 24) if life.died else 0
    for day in within(_LOCAL, rng):
        life = rng.choice([one for one in lives if one.local[0] is None and one.seen > day])
        life.local[0] = workday(day, life)
    fit(lives, CONTROL, [move_local(_EARLIEST_FAILURE)], rng)
    # Metastasis is not published for the series of pre-operative radiotherapy: most of those who
    # died had one.
    for life in lives:
        if life.seen > 200 and rng.random() < (0.85 if life.died else 0.1):
            life.distant = workday(rng.randint(180, min(life.seen, days(60))), life)
    return lives
