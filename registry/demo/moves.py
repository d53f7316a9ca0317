"""Single random changes to synthetic lives, for the search in :mod:`registry.demo.fit`."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from registry.demo.fit import Move, Undo
from registry.demo.lives import Life


def move_end(low: int, high: int, *, deaths_vary: bool = True) -> Move:
    """Another day of death or last contact between ``low`` and ``high``, or death for life.

    With ``deaths_vary=False`` the number of deaths stays: two lives change places instead.
    Fixed lives (tag "fixed") are left alone.
    """

    def move(lives: Sequence[Life], rng: Random) -> Undo | None:
        life, other = rng.choice(lives), rng.choice(lives)
        if "fixed" in life.tags or "fixed" in other.tags:
            return None
        before = (life.end, life.died, other.end, other.died)

        def undo() -> None:
            life.end, life.died, other.end, other.died = before

        kind = rng.random()
        if kind < 0.2 and deaths_vary:
            life.died = not life.died
        elif kind < 0.2:
            life.died, other.died = other.died, life.died
        elif kind < 0.4:
            life.end, other.end = other.end, life.end
        elif kind < 0.8:
            life.end += rng.randint(-60, 60)
        else:
            life.end = rng.randint(low, high)
        if not low <= life.end <= high:
            undo()
            return None
        return undo

    return move


def move_local(low: int) -> Move:
    """Another day of local failure of a lesion, from ``low`` days after its start, or none."""

    def move(lives: Sequence[Life], rng: Random) -> Undo | None:
        life = rng.choice(lives)
        if "fixed local" in life.tags:
            return None
        lesion = rng.randrange(len(life.local))
        before = life.local[lesion]
        day = _other_day(before, life.starts[lesion] + low, life, rng)
        if day == before:
            return None
        life.local[lesion] = day

        def undo() -> None:
            life.local[lesion] = before

        return undo

    return move


def move_distant(low: int) -> Move:
    """Another day of distant progression, not before day ``low``, or none.

    The tags "metastasis" and "no metastasis" say of a life that it has one, or none.
    """

    def move(lives: Sequence[Life], rng: Random) -> Undo | None:
        life = rng.choice(lives)
        before = life.distant
        day = _other_day(before, low, life, rng)
        if day == before or "no metastasis" in life.tags:
            return None
        if day is None and "metastasis" in life.tags:
            return None
        life.distant = day

        def undo() -> None:
            life.distant = before

        return undo

    return move


def pass_on_metastasis(low: int) -> Move:
    """A life that has to have a metastasis hands it on to one that must not have one.

    Among lives with local recurrence, so that the number with both stays.
    """

    def move(lives: Sequence[Life], rng: Random) -> Undo | None:
        life, other = rng.choice(lives), rng.choice(lives)
        if life.local[0] is None or "metastasis" not in life.tags:
            return None
        if "no metastasis" not in other.tags or other.seen < low:
            return None
        before = life.distant
        life.distant, other.distant = None, workday(rng.randint(low, other.seen), other)
        exchange = {"metastasis", "no metastasis"}
        life.tags ^= exchange
        other.tags ^= exchange

        def undo() -> None:
            life.distant, other.distant = before, None
            life.tags ^= exchange
            other.tags ^= exchange

        return undo

    return move


def swap_tags(*exclusive: str, alike: Sequence[str] = ()) -> Move:
    """Two lives change places in a characteristic whose values are these tags.

    Only lives that agree in the tags ``alike``, so that a cross table of both keeps its counts.
    """

    def move(lives: Sequence[Life], rng: Random) -> Undo | None:
        life, other = rng.choice(lives), rng.choice(lives)
        mine, theirs = life.tags & set(exclusive), other.tags & set(exclusive)
        if mine == theirs or life.tags & set(alike) != other.tags & set(alike):
            return None

        def undo() -> None:
            life.tags, other.tags = (life.tags - theirs) | mine, (other.tags - mine) | theirs

        life.tags, other.tags = (life.tags - mine) | theirs, (other.tags - theirs) | mine
        return undo

    return move


def _other_day(before: int | None, low: int, life: Life, rng: Random) -> int | None:
    """A working day between ``low`` and the last contact, or None for no event."""
    kind = rng.random()
    if kind < 0.2 or low > life.seen:
        return None
    if kind < 0.5 and before is not None:
        day = min(max(low, before + rng.randint(-45, 45)), life.seen)
    else:
        day = rng.randint(low, life.seen)
    return workday(day, life)


def workday(day: int, life: Life) -> int:
    """The day itself, or the Friday before where it falls on a weekend (but not before day 0)."""
    beyond_friday = (life.weekday + day) % 7 - 4
    return day if beyond_friday <= 0 or day < beyond_friday else day - beyond_friday
