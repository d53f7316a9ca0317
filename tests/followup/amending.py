"""Schedules that are amended in tests: small ones, and what the editor posts for them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

from django.http import QueryDict

from followup.editor.typed import as_typed
from registry.models import ProtocolVersion
from registry.models.choices import AmendmentReach
from registry.protocols.schedule import Schedule, Segment
from registry.services.amendments import Amendment

REASON = "Amendment 1"


def schedule_of(version: ProtocolVersion) -> Schedule:
    """The schedule of a version that has one."""
    schedule = version.protocol.schedule
    assert schedule is not None
    return schedule


def with_segments(version: ProtocolVersion, *segments: Segment) -> Schedule:
    """The version's schedule, with other segments of its first clock."""
    schedule = schedule_of(version)
    first, *rest = schedule.clocks
    return dataclasses.replace(
        schedule, clocks=(dataclasses.replace(first, segments=segments), *rest)
    )


def amendment(
    version: ProtocolVersion,
    schedule: Schedule,
    effective_on: dt.date,
    applies_to: AmendmentReach = AmendmentReach.OPEN_VISITS,
) -> Amendment:
    """Another schedule with the same reminders."""
    reminders = version.protocol.reminders
    assert reminders is not None
    return Amendment(schedule, reminders, effective_on, applies_to)


def posted(
    version: ProtocolVersion,
    effective_on: dt.date,
    changed: Mapping[str, str | list[str]],
    applies_to: AmendmentReach = AmendmentReach.OPEN_VISITS,
) -> QueryDict:
    """What the editor sends for the version's schedule, with some fields changed."""
    protocol = version.protocol
    assert protocol.schedule is not None
    assert protocol.reminders is not None
    data = as_typed(protocol.schedule, protocol.reminders)
    data["seen"] = str(version.number)
    data["amendment-effective_on"] = effective_on.isoformat()
    data["amendment-applies_to"] = applies_to
    data["amendment-reason"] = REASON
    for name, value in changed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
