"""A schedule as the fields of the editor hold it, and the buttons that add and take out rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from followup.editor.forms import ENDS, EVENTS, EVERY, GOES_ON, THINS
from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.schedule import Clock, Schedule, Segment
from registry.protocols.types import ReminderPolicy
from registry.protocols.vocabulary import EndKind
from registry.protocols.writer import segment_tables

MOST_CLOCKS = 12
MOST_ROWS = 40

_CLOCK = re.compile(r"c\d{1,3}")
_ROW = re.compile(r"r\d{1,3}")
_TWO_WEEKS = Offset(14, OffsetUnit.DAYS)


def clocks_of(data: QueryDict) -> list[str]:
    """The prefixes of the clocks: "c0"."""
    return _known(data.getlist("clock"), _CLOCK)[:MOST_CLOCKS]


def rows_of(data: QueryDict, clock: str) -> list[str]:
    """The prefixes of the rows of a clock: "c0-r1"."""
    return [f"{clock}-{row}" for row in _known(data.getlist(f"{clock}-row"), _ROW)[:MOST_ROWS]]


def _known(names: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if pattern.fullmatch(name)]


def as_typed(schedule: Schedule, reminders: ReminderPolicy) -> QueryDict:
    """The fields of a schedule."""
    data = QueryDict(mutable=True)
    _fill(
        data,
        "general",
        {
            "merge_days": schedule.merge_days,
            "working_days": schedule.working_days,
            "second_course": schedule.second_course,
        },
    )
    for number, clock in enumerate(schedule.clocks):
        data.appendlist("clock", f"c{number}")
        _fill_clock(data, f"c{number}", clock)
    thinned = dict(schedule.thinned)
    for kind in EVENTS:
        how = thinned.get(kind)
        _fill(
            data,
            kind,
            {
                "effect": _effect(schedule, kind),
                "items": sorted(how.items) if how else [],
                "every_months": how.every_months if how else None,
            },
        )
    _fill(
        data,
        "reminders",
        {
            "ahead_days": reminders.ahead_days,
            "overdue_rounds_days": _line(reminders.overdue_rounds_days),
            "escalate_after_days": reminders.escalate_after_days,
            "lost_after_days": reminders.lost_after_days,
        },
    )
    return data


def _effect(schedule: Schedule, kind: EndKind) -> str:
    if kind in schedule.ends_on:
        return ENDS
    return THINS if kind in dict(schedule.thinned) else GOES_ON


def _fill_clock(data: QueryDict, prefix: str, clock: Clock) -> None:
    _fill(data, prefix, {"name": clock.name, "anchor": clock.anchor, "items": list(clock.items)})
    for number, rows in enumerate(_together(clock.segments)):
        data.appendlist(f"{prefix}-row", f"r{number}")
        _fill_row(data, f"{prefix}-r{number}", rows)


def _together(segments: tuple[Segment, ...]) -> list[list[Segment]]:
    """Single months and days of one window stand in one row, as in the protocol's file."""
    rows: list[list[Segment]] = []
    waiting = list(segments)
    for table in segment_tables(segments):
        count = len(table.get("months", table.get("days", "1")))  # type: ignore[arg-type]
        rows.append([waiting.pop(0) for _ in range(count)])
    return rows


def _fill_row(data: QueryDict, prefix: str, rows: list[Segment]) -> None:
    first = rows[0]
    is_single = first.every == 1 and first.last == first.first
    values: dict[str, Any] = {
        "before": first.window.before.count,
        "before_unit": first.window.before.unit,
        "after": first.window.after.count,
        "after_unit": first.window.after.unit,
    }
    if is_single:
        values |= {"kind": first.unit, "numbers": _line(row.first for row in rows)}
    else:
        values |= {"kind": EVERY, "every": first.every, "first": first.first, "last": first.last}
    _fill(data, prefix, values)


def add_clock(data: QueryDict) -> str:
    """A clock with one row to fill in; its prefix, or "" where there are too many."""
    clocks = clocks_of(data)
    if len(clocks) >= MOST_CLOCKS:
        return ""
    prefix = _next(clocks, "c")
    data.appendlist("clock", prefix)
    _fill(data, prefix, {"name": f"clock {int(prefix[1:]) + 1}", "anchor": "last_rt_day"})
    add_row(data, prefix)
    return prefix


def add_row(data: QueryDict, clock: str) -> str:
    """A row to fill in at the end of a clock, with the window of the one before it."""
    rows = rows_of(data, clock)
    if clock not in clocks_of(data) or len(rows) >= MOST_ROWS:
        return ""
    name = _next([row.split("-")[1] for row in rows], "r")
    data.appendlist(f"{clock}-row", name)
    window = {
        "before": _TWO_WEEKS.count,
        "before_unit": _TWO_WEEKS.unit,
        "after": _TWO_WEEKS.count,
        "after_unit": _TWO_WEEKS.unit,
    }
    if rows:
        window = {key: data.get(f"{rows[-1]}-{key}", value) for key, value in window.items()}
    _fill(data, f"{clock}-{name}", {"kind": EVERY, **window})
    return f"{clock}-{name}"


def drop(data: QueryDict, prefix: str) -> None:
    """Take out a clock or a row."""
    clock, _, row = prefix.partition("-")
    key, gone = (f"{clock}-row", row) if row else ("clock", clock)
    data.setlist(key, [name for name in data.getlist(key) if name != gone])


def _next(names: Iterable[str], letter: str) -> str:
    return f"{letter}{max((int(name[1:]) for name in names), default=-1) + 1}"


def _line(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _fill(data: QueryDict, prefix: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, list):
            data.setlist(f"{prefix}-{name}", [str(one) for one in value])
        elif value is not None:
            data[f"{prefix}-{name}"] = str(value)
