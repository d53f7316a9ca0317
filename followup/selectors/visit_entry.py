"""What the entry of a visit asks of the schedule: what is wanted, and what a contact counts for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from followup.basis import read_bases
from followup.facts import items_provided
from followup.models import ExpectedVisit, VisitState
from followup.schedules import Contact, VisitStatus
from followup.selectors.visits import current
from registry.entry.expected import AskedVisit
from registry.models import Assessment, ImagingStudy, Patient
from registry.partial_date import analysis_date
from registry.protocols.vocabulary import Item

TYPED = "typed"
"""Key of the contact that is not saved yet."""


@dataclass(frozen=True)
class CountsFor:
    """An expected visit that a contact counts for, as it would stand then.

    Attributes:
        provided: what it requires and is there then, by this contact or an earlier one.
        days_outside: days of the contact before (negative) or after the window; 0 within it.
    """

    visit: ExpectedVisit
    status: VisitStatus
    provided: list[Item]
    outstanding: list[Item]
    days_outside: int


def asked_visit(patient: Patient, key: str) -> AskedVisit | None:
    """The expected visit of a patient by its key, as the entry page needs it."""
    visit = expected(patient, key)
    if visit is None or not (visit.target and visit.window_start and visit.window_end):
        return None
    items = frozenset(Item(item) for item in visit.requirements)
    return AskedVisit(visit.label, items, visit.target, visit.window_start, visit.window_end)


def expected(patient: Patient, key: str) -> ExpectedVisit | None:
    """The expected visit of a patient by its key, None when there is none (any more)."""
    visits = ExpectedVisit.objects.filter(enrolment__patient=patient, key=key[:60])
    return current(visits).select_related("enrolment__study").order_by("pk").first()


def contact_of(visit: Assessment, imaging: Iterable[ImagingStudy]) -> Contact | None:
    """The contact that rows in memory make; None while no day is known."""
    studies = list(imaging)
    dates = [row.performed_on for row in studies if row.performed_on is not None]
    day = visit.assessed_on or min(dates, default=None)
    if day is None:
        return None
    regions = [row.region for row in studies]
    provides = items_provided(visit.kind, visit.toxicity_assessed, regions)
    return Contact(analysis_date(day)[0], provides, visit.pk or TYPED)


def counts_for(patient: Patient, contact: Contact, today: dt.date) -> list[CountsFor]:
    """The expected visits that a contact would count for, were it saved as it is.

    The schedule is computed as when saving; nothing is stored.
    """
    found = []
    for basis in read_bases([patient.pk]):
        contacts = [one for one in basis.facts.contacts if one.id != contact.id]
        basis.facts.contacts = [*contacts, contact]
        found += [
            _counts(visit, contact, today)
            for visit in basis.plan(today).visits
            if contact.id in visit.provided_by and visit.state != VisitState.SUPERSEDED
        ]
    return found


def _counts(visit: ExpectedVisit, contact: Contact, today: dt.date) -> CountsFor:
    outstanding = [item for item in Item if item in visit.outstanding]
    outside = 0
    if visit.window_start is not None and contact.date < visit.window_start:
        outside = (contact.date - visit.window_start).days
    if visit.window_end is not None and contact.date > visit.window_end:
        outside = (contact.date - visit.window_end).days
    return CountsFor(
        visit=visit,
        status=visit.status_on(today),
        provided=[item for item in Item if item in visit.requirements and item not in outstanding],
        outstanding=outstanding,
        days_outside=outside,
    )
