"""Writing a protocol's schedule back into its TOML text; the rest of the text stays as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.reader import read_protocol
from registry.protocols.schedule import Clock, Schedule, Segment, Step, Thinning, Window
from registry.protocols.toml_text import Statement, statements
from registry.protocols.types import ReminderPolicy
from registry.protocols.vocabulary import EndKind, Item

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LAST_NUMBER = re.compile(r"\d+(?=\D*\Z)")


@dataclass(frozen=True, slots=True)
class _Edit:
    """What stands between two places of the text is replaced."""

    start: int
    end: int
    text: str


def with_schedule(
    source: str,
    schedule: Schedule,
    *,
    version: str,
    reminders: ReminderPolicy | None = None,
    name: str = "",
) -> str:
    """The text of a protocol with another schedule and another version.

    What is not the schedule, the version or, where ``reminders`` are given, the reminders keeps
    every byte, comments included. An assumption about a part of them that is gone or reads
    otherwise now is left out: the study has decided that part itself.

    Args:
        source: the text of a valid protocol.
        version: what the text calls its version.
        name: what messages call the text.

    Raises:
        ProtocolError: the text is no protocol, or would be none with this schedule; names key path
            and reason.
    """
    before = read_protocol(source, name=name)
    parts = {}
    if schedule != before.schedule:
        parts["schedule"] = schedule_text(schedule)
    if reminders is not None and reminders != before.reminders:
        parts["reminders"] = reminders_text(reminders)
    found = list(statements(source))
    edits = [_version(found, version)]
    for part, text in parts.items():
        edits += _part(source, found, part, text)
    old = {
        "schedule": schedule_text(before.schedule) if before.schedule else "",
        "reminders": reminders_text(before.reminders) if before.reminders else "",
    }
    gone = _gone(parts, old, tomllib.loads(source).get("assumptions", []))
    edits += _assumptions(source, found, gone)
    newline = "\r\n" if "\r\n" in source else "\n"
    text = _edited(source, edits, newline)
    read_protocol(text, name=name)
    return text


def counted_up(version: str) -> str:
    """The name of the next version: the last number in it one higher ("2.1" → "2.2")."""
    number = _LAST_NUMBER.search(version)
    if number is None:
        return f"{version} 2"
    return f"{version[: number.start()]}{int(number[0]) + 1}{version[number.end() :]}"


def schedule_text(schedule: Schedule) -> str:
    """The tables of a schedule as TOML."""
    head = {
        "merge_days": schedule.merge_days,
        "ends_on": [kind for kind in EndKind if kind in schedule.ends_on],
        "second_course": schedule.second_course,
        "working_days": schedule.working_days,
    }
    tables = [
        _table(("schedule",), head),
        *(_table(("schedule", "thinned", kind), _thinning(how)) for kind, how in schedule.thinned),
        *(_table(("schedule", "steps", step.name), _step(step)) for step in schedule.steps),
        *(_clock(clock) for clock in schedule.clocks),
    ]
    return "\n".join(tables)


def reminders_text(policy: ReminderPolicy) -> str:
    """The table of the reminders as TOML."""
    values = {
        "ahead_days": policy.ahead_days,
        "overdue_rounds_days": policy.overdue_rounds_days,
        "escalate_after_days": policy.escalate_after_days,
        "lost_after_days": policy.lost_after_days,
    }
    return _table(("reminders",), values)


def _thinning(thinning: Thinning) -> dict[str, object]:
    table: dict[str, object] = {"items": [item for item in Item if item in thinning.items]}
    if thinning.every_months is not None:
        table["every_months"] = thinning.every_months
    return table


def _step(step: Step) -> dict[str, object]:
    return {
        "event": step.event,
        "anchor": step.anchor,
        "from_days": step.from_days,
        "until_days": step.until_days,
        "text": step.text,
    }


def _clock(clock: Clock) -> str:
    table = _table(
        ("schedule", "clocks", clock.name), {"items": clock.items, "anchor": clock.anchor}
    )
    rows = [_value(row) for row in segment_tables(clock.segments)]
    listed = rows[0] if len(rows) == 1 else "\n" + "".join(f"    {row},\n" for row in rows)
    return f"{table}segments = [{listed}]\n"


def segment_tables(segments: Iterable[Segment]) -> list[dict[str, object]]:
    """Segments as the tables of the file: single months or days of one window stand together."""
    tables: list[dict[str, object]] = []
    for (unit, window, is_single), group in groupby(segments, _kind):
        rows = list(group)
        if is_single:
            tables.append({unit.value: [row.first for row in rows], "window": _window(window)})
            continue
        for row in rows:
            table: dict[str, object] = {"every_months": row.every, "first_month": row.first}
            if row.last is not None:
                table["last_month"] = row.last
            tables.append({**table, "window": _window(window)})
    return tables


def _kind(segment: Segment) -> tuple[OffsetUnit, Window, bool]:
    is_single = segment.every == 1 and segment.last == segment.first
    return segment.unit, segment.window, is_single


def _window(window: Window) -> dict[str, object]:
    def side(name: str, offset: Offset) -> dict[str, object]:
        return {f"{name}_{offset.unit.value}": offset.count}

    return {**side("before", window.before), **side("after", window.after)}


def _table(path: Sequence[str], values: Mapping[str, object]) -> str:
    lines = [f"[{'.'.join(_key(name) for name in path)}]"]
    lines += [f"{key} = {_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    # A JSON string is a basic string of TOML but for this one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, str):
        return _string(str(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, Iterable):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return str(value)


def _version(found: Iterable[Statement], version: str) -> _Edit:
    (statement,) = (one for one in found if one.path == ("version",))
    return _Edit(statement.value.start, statement.value.stop, _string(version))


def _part(source: str, found: Sequence[Statement], part: str, text: str) -> list[_Edit]:
    """The statements of one part are taken out; the new ones stand where its first head stood."""
    heads = [one.start for one in found if one.is_head and one.path[0] == part]
    place = heads[0] if heads else len(source)
    edits = []
    for (is_part, _), group in groupby(found, lambda one: (one.path[0] == part, one.start < place)):
        if is_part:
            run = list(group)
            edits.append(_Edit(run[0].start, run[-1].end, text if run[0].start == place else ""))
    if not heads:
        edits.append(_Edit(place, place, f"\n{text}"))
    return edits


def _gone(
    parts: Mapping[str, str], old: Mapping[str, str], assumptions: Sequence[Mapping[str, str]]
) -> set[int]:
    """Places of the assumptions about something that is gone or different."""
    gone = set()
    for place, assumption in enumerate(assumptions):
        path = assumption["about"].split(".")
        if path[0] in parts:
            new = _at(tomllib.loads(parts[path[0]]), path)
            if new is None or new != _at(tomllib.loads(old[path[0]]), path):
                gone.add(place)
    return gone


def _at(table: object, path: Iterable[str]) -> object:
    for key in path:
        if not isinstance(table, dict) or key not in table:
            return None
        table = table[key]
    return table


def _assumptions(source: str, found: Sequence[Statement], gone: set[int]) -> list[_Edit]:
    """Each is a table of its own, or all of them stand in one list."""
    about = [one for one in found if one.path[0] == "assumptions"]
    heads = [one for one in about if one.is_head]
    if not gone:
        return []
    if not heads:
        (listed,) = about
        rows = tomllib.loads(source)["assumptions"]
        kept = [row for place, row in enumerate(rows) if place not in gone]
        if not kept:
            return [_Edit(listed.start, listed.end, "")]
        lines = "".join(f"    {_value(row)},\n" for row in kept)
        return [_Edit(listed.value.start, listed.value.stop, f"[\n{lines}]")]
    edits = []
    for place, head in enumerate(heads):
        if place in gone:
            end = max(one.end for one in about if head.start <= one.start < _next(heads, place))
            edits.append(_Edit(_blank_lines_before(source, head.start), end, ""))
    return edits


def _blank_lines_before(source: str, place: int) -> int:
    """Where the blank lines begin that stand before a place; the place itself without any."""
    end_of_text = len(source[:place].rstrip(" \t\r\n"))
    if not end_of_text:
        return 0
    newline = source.find("\n", end_of_text, place)
    return place if newline < 0 else newline + 1


def _next(heads: Sequence[Statement], place: int) -> float:
    return heads[place + 1].start if place + 1 < len(heads) else float("inf")


def _edited(source: str, edits: Iterable[_Edit], newline: str) -> str:
    text = source
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text.replace("\n", newline) + text[edit.end :]
    return text
