"""Dose patterns and plan figures of the refractory series: 67 lesions in 64 targets."""

from __future__ import annotations

from random import Random

from registry.demo.draw import deal, ramp, shuffled, spread

Pattern = tuple[float, int]
"""Dose (Gy) and fractions."""

# Only medians, ranges and the six BED10 classes of Table III are published; these patterns give
# them all. 66 Gy in 22 and 60 Gy in 20 fractions are in the paper's text.
PATTERNS: dict[Pattern, int] = {
    (40, 10): 3, (42, 7): 1, (50, 5): 3, (50, 8): 3, (50, 10): 7, (52, 4): 1, (52, 5): 7,
    (52, 6): 6, (52, 8): 1, (52, 10): 3, (55, 5): 1, (55, 10): 2, (55.35, 9): 2, (60, 10): 1,
    (60, 20): 3, (63, 9): 5, (64.5, 15): 2, (66, 12): 8, (66, 22): 2, (67.2, 24): 3, (69, 15): 1,
    (69, 23): 2,
}  # fmt: skip
NECK_PATTERN: Pattern = (66, 22)
NODES_PATTERN: Pattern = (60, 20)
PAIR_PATTERN: Pattern = (50, 10)
LONGEST_PATTERN: Pattern = (67.2, 24)
SHORTEST_PATTERN: Pattern = (52, 4)

LESIONS, TARGETS = 67, 64
CONFORMAL_TARGETS, PENCIL_BEAM_TARGETS = 16, 30


def patterns_for(sizes: list[int], taken: list[Pattern], rng: Random) -> list[list[Pattern]]:
    """Patterns for courses of these numbers of targets, from what is not taken yet.

    The targets of a course have one pattern where enough of one are left, else similar ones.
    """
    left = dict(PATTERNS)
    for pattern in taken:
        left[pattern] -= 1
    found: list[list[Pattern]] = [[] for _ in sizes]
    for place in sorted(range(len(sizes)), key=lambda place: (-sizes[place], rng.random())):
        size = sizes[place]
        enough = [pattern for pattern, count in left.items() if count >= size]
        if enough:
            chosen = [rng.choice(enough)] * size
        else:
            rest = sorted(
                (pattern for pattern, count in left.items() for _ in range(count)),
                key=lambda pattern: (pattern[1], pattern[0]),
            )
            start = rng.randint(0, len(rest) - size)
            chosen = rest[start : start + size]
        for pattern in chosen:
            left[pattern] -= 1
        found[place] = chosen
    return found


def choose_targets(sizes: list[int], total: int, rng: Random) -> list[bool]:
    """Courses whose targets add up to ``total``: large courses first, single targets fill up."""
    chosen = [False] * len(sizes)
    for place in sorted(range(len(sizes)), key=lambda place: (-sizes[place], rng.random())):
        if sizes[place] <= total and (sizes[place] == 1 or rng.random() < 0.5):
            chosen[place] = True
            total -= sizes[place]
    return chosen


def lesion_volumes(rng: Random) -> list[float]:
    """GTVs (cm³) of the lesions in random order."""
    return shuffled(spread(LESIONS, 0.2, 33.8, 1006.9, rng, decimals=1), rng)


def target_volumes(gtv_cm3: list[float], rng: Random) -> list[float]:
    """PTVs (cm³) for targets with these GTVs; the larger the GTV, the larger the PTV."""
    ptv = spread(TARGETS, 6.0, 61.9, 1384.8, rng, decimals=1)
    ranks = sorted(range(TARGETS), key=lambda place: gtv_cm3[place])
    found = [0.0] * TARGETS
    for rank, place in enumerate(ranks):
        found[place] = ptv[rank]
    return found


def with_mean(count: int, low: float, mean: float, high: float, rng: Random) -> list[float]:
    """Values with this lowest and highest value and this mean, in random order (one decimal)."""
    inner = (count * mean - low - high) / (count - 2)
    reach = min(inner - low, high - inner) * 0.6
    half = ramp((count - 2) // 2, 0.1, reach, rng, decimals=1)
    values = [low, high, *(inner - step for step in half), *(inner + step for step in half)]
    values += [inner] * (count - len(values))
    return shuffled([round(value, 1) for value in values], rng)


def coverage(pencil_beam: list[bool], rng: Random) -> list[tuple[float, float | None]]:
    """D95 of the PTV and D99 of the GTV in percent of the dose, by algorithm.

    D99 is published for 23 and 28 GTVs; it is missing for the other targets.
    """
    d95 = {
        True: iter(with_mean(30, 82.3, 97.7, 99.4, rng)),
        False: iter(with_mean(34, 73.8, 92.1, 97.9, rng)),
    }
    d99 = {
        True: iter(_with_gaps(with_mean(23, 83.6, 100.1, 103.0, rng), 30, rng)),
        False: iter(_with_gaps(with_mean(28, 85.4, 98.6, 102.5, rng), 34, rng)),
    }
    return [(next(d95[is_pencil]), next(d99[is_pencil])) for is_pencil in pencil_beam]


def _with_gaps(values: list[float], count: int, rng: Random) -> list[float | None]:
    return shuffled([*values, *[None] * (count - len(values))], rng)


def performance(rng: Random) -> list[tuple[int, int]]:
    """ECOG and KPS of the patients, in random order."""
    pairs = {(0, 100): 6, (1, 90): 12, (1, 80): 3, (2, 70): 5, (2, 60): 1, (2, 50): 1}
    return deal(pairs, rng)
