"""What happens to a synthetic patient, in days from the time origin, and the curves it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from registry.demo.draw import MONTH_DAYS

Pairs = list[tuple[int, bool]]
"""Days and whether they end with the event."""


@dataclass
class Life:
    """One patient from the time origin (day 0) on.

    ``end`` is the day of death or of the last contact; of the dead, the last contact was ``gap``
    days before. ``local`` holds the day of local failure of each lesion, ``starts`` the day on
    which the treatment of each lesion began. ``tags`` are characteristics that curves are given
    for; ``weekday`` is that of day 0 (0: Monday).
    """

    end: int
    died: bool = False
    gap: int = 0
    starts: list[int] = field(default_factory=lambda: [0])
    local: list[int | None] = field(default_factory=lambda: [None])
    distant: int | None = None
    tags: set[str] = field(default_factory=set)
    weekday: int = 0

    @property
    def seen(self) -> int:
        """Day of the last contact with the living patient."""
        return self.end - self.gap if self.died else self.end

    @property
    def first_progression(self) -> int | None:
        """Day of the first local or distant progression."""
        found = [day for day in (*self.local, self.distant) if day is not None]
        return min(found) if found else None


Endpoint = Callable[[Life], Pairs]


def _until(life: Life, event: int | None) -> tuple[int, bool]:
    return (life.end, False) if event is None else (event, True)


def overall(life: Life) -> Pairs:
    """Death of any cause, by patient."""
    return [(life.end, life.died)]


def local_by_lesion(life: Life) -> Pairs:
    """Local failure, by lesion, from the start of the lesion's own treatment."""
    pairs = []
    for start, failed in zip(life.starts, life.local, strict=True):
        day, event = _until(life, failed)
        pairs.append((day - start, event))
    return pairs


def local_until_seen(life: Life) -> Pairs:
    """As ``local_by_lesion``, censored at the last contact instead of at death."""
    return [
        (day, event) if event else (max(1, life.seen - start), False)
        for (day, event), start in zip(local_by_lesion(life), life.starts, strict=True)
    ]


def distant_only(life: Life) -> Pairs:
    """Distant progression, by patient; death censors."""
    return [_until(life, life.distant)]


def progression_or_death(life: Life) -> Pairs:
    """Any progression or death, by patient."""
    first = life.first_progression
    return [(life.end, life.died) if first is None else (first, True)]


def distant_or_death(life: Life) -> Pairs:
    """Distant progression or death, by patient."""
    return [(life.end, life.died) if life.distant is None else (life.distant, True)]


def steps(pairs: Iterable[tuple[int, bool]]) -> list[tuple[int, float]]:
    """Kaplan–Meier curve: days of events and the part that survives them.

    Events of one day come before censorings of that day.
    """
    order = sorted(pairs, key=lambda pair: (pair[0], not pair[1]))
    at_risk = len(order)
    surviving = 1.0
    curve = []
    for day, event in order:
        if event:
            surviving *= (at_risk - 1) / at_risk
            curve.append((day, surviving))
        at_risk -= 1
    return curve


def rate(curve: Sequence[tuple[int, float]], until: float) -> float:
    """Percent surviving so many days."""
    percent = 100.0
    for day, surviving in curve:
        if day > until:
            break
        percent = 100 * surviving
    return percent


def medians(curve: Sequence[tuple[int, float]]) -> tuple[float, float] | None:
    """Months at which half or less survive, by both readings; None when the curve stays above.

    Where the curve lies at exactly one half, some take the beginning of that plateau, others (R)
    its middle.
    """
    for index, (day, surviving) in enumerate(curve):
        if surviving <= 0.5 + 1e-9:
            below = next((other for other, lower in curve[index:] if lower < 0.5 - 1e-9), day)
            return day / MONTH_DAYS, (day + below) / 2 / MONTH_DAYS
    return None
