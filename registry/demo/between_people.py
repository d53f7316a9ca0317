"""What goes between centres and people in the demo: an offer, a temporary access, a message.

Each waits for somebody, so that the first pages of the logins have something to show. Nothing of it
changes a fact.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.models import Centre, Enrolment, Patient, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.services import messages, temporary_access, transfers

STUDY = "preop"
ACCESS_DAYS = 14


def leave_between_people() -> None:
    """An offer of Centre B to A, an access that A gave, and a message to A."""
    with system_scope():
        transfers.offer(
            patient=_second_patient("B"),
            to_centre=Centre.objects.get(code="A"),
            reason=_("Moved house; follow-up nearer to the new address."),
            by=_person("dm-b"),
        )
        own = _second_patient("A")
    temporary_access.give(
        patient=own,
        username="inv-b",
        reason=_("Second opinion on the margins of the resection."),
        ends_at=timezone.now() + dt.timedelta(days=ACCESS_DAYS),
        by=_person("inv-a"),
    )
    messages.send(
        patient=own,
        text=_("Please enter the visits up to the next meeting of the steering committee."),
        by=_person(Role.COORDINATOR.value),
    )


def _second_patient(centre: str) -> Patient:
    """Not the first, whose loose ends are shown already."""
    enrolled = Enrolment.objects.live().filter(study__key=STUDY, patient__centre__code=centre)
    rows = enrolled.select_related("patient__centre").order_by("patient__pseudonym")
    patient: Patient = rows[1].patient
    return patient


def _person(username: str) -> User:
    return User.objects.get(username=username)
