"""Who is to be told of whom: centres with as many data managers as patients under follow-up."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter

from registry.models import Centre, Course, Membership, Patient, User
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    ProtocolVersionFactory,
    data_manager,
)

CENTRES = int(os.environ.get("CRASH_CENTRES", "20"))
PEOPLE = 10
"""Data managers of each centre."""
PATIENTS = 10
"""Patients of each centre: 20 centres make 20 × 10 × 10 = 2,000 reminders in 200 mails."""

DUE_DAY = dt.date(2024, 4, 20)
ENDED_ON = dt.date(2024, 1, 31)
"""Last day of radiotherapy: month 3 under jinling is 30 April, its window 16 April to 14 May.
So on the due day each patient's visit is due, and nothing else is told of for two weeks."""

Due = Counter[tuple[str, str]]
"""How often each person, by mail address, must be told of each patient, by pseudonym."""


def seed() -> None:
    """Centres, people and patients; nothing is computed yet."""
    version = ProtocolVersionFactory.create(study__key="jinling")
    for number in range(CENTRES):
        centre = CentreFactory.create(code=f"CR{number:02d}")
        for _ in range(PEOPLE):
            data_manager(centre)
        for place in range(PATIENTS):
            enrolment = EnrolmentFactory.create(
                protocol_version=version,
                patient__centre=centre,
                patient__pseudonym=f"CRASH-{number * PATIENTS + place:04d}",
            )
            CourseFactory.create(
                patient=enrolment.patient,
                number=1,
                started_on=str(ENDED_ON.replace(day=1)),
                ended_on=str(ENDED_ON),
            )


def due_once() -> Due:
    """Everybody who is active is told once of every patient of their centre."""
    due: Due = Counter()
    with system_scope():
        for address, centre_id in Membership.objects.filter(user__is_active=True).values_list(
            "user__email", "centre_id"
        ):
            patients = Patient.objects.filter(centre_id=centre_id)
            due.update((address, name) for name in patients.values_list("pseudonym", flat=True))
    return due


def keep_centres(count: int, *, timezone: str = "UTC") -> None:
    """Only the people of so many centres are active, and their centres are in that time zone."""
    kept = list(Centre.objects.order_by("code").values_list("pk", flat=True)[:count])
    Centre.objects.filter(pk__in=kept).update(timezone=timezone)
    User.objects.exclude(memberships__centre__in=kept).update(is_active=False)


def end_radiotherapy(*, even: dt.date, odd: dt.date) -> None:
    """Let the radiotherapy of patients of even and of odd numbers have ended on these days."""
    with system_scope():
        for remainder, day in enumerate((even, odd)):
            patients = [
                patient.pk
                for patient in Patient.objects.all()
                if int(patient.pseudonym.removeprefix("CRASH-")) % 2 == remainder
            ]
            Course.objects.filter(patient__in=patients).update(
                started_on=PartialDate.parse(str(day.replace(day=1))),
                ended_on=PartialDate.parse(str(day)),
            )
