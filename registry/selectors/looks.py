"""Who looked at which identity, when and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from registry.models import IdentityLook, User
from registry.selectors.audit_trail import (
    AuditReach,
    TrailFilter,
    by_person,
    in_days,
    pseudonyms,
)
from registry.services.identity_looks import Place


@dataclass(frozen=True)
class LookLine:
    """One look in words."""

    at: dt.datetime
    person: str
    pseudonym: str
    place: str


def looks(reach: AuditReach, cut: TrailFilter) -> QuerySet[IdentityLook]:
    """Looks at patients whose trail the reader reads, the newest first, cut like the trail."""
    rows = IdentityLook._base_manager.order_by("-pk")
    if cut.patient:
        patient = reach.patient(cut.patient)
        rows = rows.none() if patient is None else rows.filter(patient=patient)
    else:
        rows = rows.filter(reach.patients())
    if cut.person:
        rows = rows.filter(by_person("user", cut.person))
    return rows.filter(in_days(cut.first_day, cut.last_day))


def look_lines(rows: Iterable[IdentityLook]) -> list[LookLine]:
    """Looks in words, in two queries."""
    rows = list(rows)
    people = User.objects.in_bulk({row.user_id for row in rows})
    names = pseudonyms(row.patient_id for row in rows)
    return [
        LookLine(row.at, str(people[row.user_id]), names[row.patient_id], place_words(row.place))
        for row in rows
    ]


def place_words(place: str) -> str:
    """The page by its title; what is no page by its own name."""
    return str(Place(place).label) if place in Place.values else place
