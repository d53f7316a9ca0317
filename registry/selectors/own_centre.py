"""What only the patient's own centre may read: identity, exact birth date."""

from __future__ import annotations

from django.utils import timezone
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


def age_shown(patient: Patient, died_on: PartialDate | None, *, dates_are_relative: bool) -> str:
    """Age today or at death in the own centre, year of birth elsewhere, "" when not known.

    Where the patient's dates carry intervals only, neither today nor a year means anything.
    """
    if patient.birth_date is None:
        return ""
    if not is_own_centre(patient):
        return "" if dates_are_relative else _("born %(y)d") % {"y": patient.birth_date.year}
    on = died_on or (None if dates_are_relative else PartialDate.of(timezone.localdate()))
    age = age_years(patient.birth_date, on)
    return "" if age is None else str(age)
