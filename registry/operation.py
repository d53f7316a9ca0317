"""Which operation a protocol speaks of: one rule for visits and endpoints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from registry.models.choices import Procedure
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import TimePoint

NOT_THE_OPERATION = frozenset(
    {Procedure.BIOPSY, Procedure.RECONSTRUCTION, Procedure.METASTASECTOMY}
)
"""Procedures that do not remove the treated tumour."""


class _Date(Protocol):
    def before(self, other: Any, /) -> bool: ...

    def __lt__(self, other: Any, /) -> bool: ...


D = TypeVar("D", bound=_Date)


def surgery_follows_rt(schedule: Schedule | None) -> bool:
    """True under a protocol that operates after radiotherapy (pre-operative RT)."""
    steps = schedule.steps if schedule is not None else ()
    return any(step.event is TimePoint.SURGERY for step in steps)


def operation_of(
    performed: Iterable[tuple[D | None, str]], *, rt_start: D | None, follows_rt: bool
) -> D | None:
    """The day of the operation, from (day, procedure) of all operations; None when there is none.

    Where surgery follows radiotherapy: the first from the first day of radiotherapy on. Otherwise
    the last up to that day, or the last of all without radiotherapy.
    """
    days = sorted(
        day for day, done in performed if day is not None and done not in NOT_THE_OPERATION
    )
    if follows_rt:
        after = [day for day in days if rt_start is not None and not day.before(rt_start)]
        return after[0] if after else None
    before = [day for day in days if rt_start is None or not rt_start.before(day)]
    return before[-1] if before else None
