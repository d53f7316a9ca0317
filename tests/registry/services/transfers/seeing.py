"""Who sees the patient."""

from __future__ import annotations

from registry.models import (
    Patient,
    User,
)
from registry.scope import scoped_to


def sees(user: User, patient: Patient) -> bool:
    with scoped_to(user):
        return Patient.objects.filter(pk=patient.pk).exists()
