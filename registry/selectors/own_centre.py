"""What only the patient's own centre may read: identity, exact birth date."""

from __future__ import annotations

from django.utils.translation import gettext as _

from registry.derive import age_years
from registry.models import Identity, Patient
from registry.partial_date import PartialDate
from registry.selectors.studies import scope_in_force


def is_own_centre(patient: Patient) -> bool:
    """True when the reader belongs to the patient's centre."""
    scope = scope_in_force()
    return scope.everything or patient.centre_id in scope.centre_ids


def identity_of(patient: Patient) -> Identity | None:
    """Name and record number, or nothing for readers outside of the patient's centre."""
    return Identity.objects.live().filter(patient=patient).first()


def age_shown(patient: Patient, on: PartialDate) -> str:
    """Age in years on a day in the own centre, year of birth elsewhere, "" when not known."""
    if patient.birth_date is None:
        return ""
    if is_own_centre(patient):
        return str(age_years(patient.birth_date, on))
    return _("born %(year)d") % {"year": patient.birth_date.year}
