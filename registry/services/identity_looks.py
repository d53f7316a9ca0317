"""Writes down who was shown an identity: called wherever one is read for a person."""

from __future__ import annotations

from django.utils import timezone

from registry.models import IdentityLook, Patient
from registry.selectors.studies import scope_in_force

LONGEST_PLACE = 80


def record_look(patient: Patient, *, place: str) -> None:
    """The reader of the scope in force is shown who the patient is, by this page or interface.

    Tasks and commands, which run in the scope of the system, are no readers.
    """
    scope = scope_in_force()
    if scope.user_id is None:
        return
    IdentityLook._base_manager.create(
        at=timezone.now(), user_id=scope.user_id, patient=patient, place=place[:LONGEST_PLACE]
    )
