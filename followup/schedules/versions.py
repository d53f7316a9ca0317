"""Amended schedules: which version governs which targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from followup.schedules.targets import Target
from followup.schedules.types import Amendment
from registry.protocols.schedule import Schedule

Span = tuple[Schedule, dt.date, dt.date]
"""A version, the first day that it governs, and the first day that it does not govern any more."""


def spans(schedule: Schedule, amendments: Iterable[Amendment]) -> list[Span]:
    """The versions in the order of their days; of two from the same day on the later one holds."""
    versions = [(schedule, dt.date.min)]
    versions += [
        (one.schedule, one.from_day)
        for one in sorted(amendments, key=lambda amendment: amendment.from_day)
    ]
    ends = [from_day for _, from_day in versions[1:]] + [dt.date.max]
    return [(version, start, end) for (version, start), end in zip(versions, ends, strict=True)]


def governed(
    versions: Sequence[Span], targets_of: Callable[[Schedule], list[Target]]
) -> Iterator[tuple[Schedule, list[Target]]]:
    """Each version with the targets that it governs: those on its days.

    A visit stands under one version only, and what the one before asked for within the tolerance
    of the newer one is not asked for again.
    """
    before: list[Target] = []
    for schedule, start, end in versions:
        own = [target for target in targets_of(schedule) if start <= target.day < end]
        if before:
            own = list(_without(own, before, schedule.merge_days))
        before = [*before, *own]
        yield schedule, own


def _without(
    targets: Iterable[Target], before: Sequence[Target], merge_days: int
) -> Iterator[Target]:
    keys = {target.key for target in before}
    for target in targets:
        if target.key in keys:
            continue
        asked = target.requirements
        for earlier in before:
            if (target.day - earlier.day).days <= merge_days and earlier.closed is None:
                asked -= earlier.requirements
        if asked == target.requirements:
            yield target
        elif asked:
            yield target._replace(requirements=asked)
