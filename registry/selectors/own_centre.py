"""What only the patient's own centre may read: identity, exact birth date."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from registry.derive import age_years
from registry.models import Identity, Patient
from registry.partial_date import PartialDate
from registry.selectors.studies import scope_in_force
from registry.services.identity_looks import record_look


def is_own_centre(patient: Patient) -> bool:
    """True when the reader belongs to the patient's centre."""
    scope = scope_in_force()
    return scope.everything or patient.centre_id in scope.centre_ids


def identity_of(patient: Patient, *, place: str) -> Identity | None:
    """Name and record number, or nothing for readers outside of the patient's centre.

    The door by which identities are read to be shown: what it gives is recorded as a look.
    """
    identity = identity_to_edit(patient)
    if identity is not None:
        record_look(patient, place=place)
    return identity


def identity_to_edit(patient: Patient) -> Identity | None:
    """The same for the form of the identity, which records the look when it is shown."""
    return Identity.objects.live().filter(patient=patient).first()


def age_shown(
    patient: Patient,
    died_on: PartialDate | None,
    *,
    dates_are_relative: bool,
    own_centre: bool,
    today: dt.date,
) -> str:
    """Age today or at death in the own centre, year of birth elsewhere, "" when not known.

    Where the patient's dates carry intervals only, neither today nor a year means anything.
    """
    if patient.birth_date is None:
        return ""
    if not own_centre:
        return "" if dates_are_relative else _("born %(y)d") % {"y": patient.birth_date.year}
    on = died_on or (None if dates_are_relative else PartialDate.of(today))
    age = age_years(patient.birth_date, on)
    return "" if age is None else str(age)
