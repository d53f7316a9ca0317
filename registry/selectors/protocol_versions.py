"""The versions of a study's protocol: since when each holds, who made it, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from registry.models import AuditEvent, ProtocolVersion, Study, User
from registry.selectors.audit_trail import NOBODY


@dataclass(frozen=True)
class VersionLine:
    """One version, with what the trail says of its making; ``made_at`` is None without a trail."""

    version: ProtocolVersion
    made_at: dt.datetime | None
    made_by: str
    reason: str


def versions_of(study: Study) -> list[VersionLine]:
    """All versions of a study, the newest first, in three queries.

    The study must be one that the reader sees.
    """
    versions = list(study.protocol_versions.select_related("study").order_by("-number"))
    events = {
        event.row_id: event
        for event in AuditEvent.objects.filter(
            table=ProtocolVersion._meta.db_table,
            row_id__in=[version.pk for version in versions],
            operation=AuditEvent.Operation.INSERT,
        )
    }
    people = User.objects.in_bulk({event.actor_id for event in events.values()} - {None})
    return [_line(version, events.get(version.pk), people) for version in versions]


def _line(
    version: ProtocolVersion, event: AuditEvent | None, people: dict[int, User]
) -> VersionLine:
    if event is None:
        return VersionLine(version, None, "", "")
    person = people.get(event.actor_id) if event.actor_id is not None else None
    name = str(person) if person is not None else str(NOBODY)
    return VersionLine(version, event.at, name, event.reason)
