"""A form that shows who somebody is: recorded as a look when the page is given out."""

from __future__ import annotations

from collections.abc import Mapping

from registry.entry.bound import BoundRow
from registry.entry.entry import Entry
from registry.models import ClinicalRow, Identity, Patient
from registry.services.identity_looks import Place, record_look

IDENTIFYING: Mapping[type[ClinicalRow], tuple[Place, tuple[str, ...]]] = {
    Identity: (
        Place.IDENTITY_FORM,
        ("family_name", "given_names", "record_number", "contact"),
    ),
    Patient: (Place.PATIENT_FORM, ("birth_date",)),
}
"""Table → the place of its form, and the fields that tell who the patient is."""


def record_shown(entry: Entry) -> None:
    """Record a look when a field of the page that identifies the patient holds something.

    Saved or typed: a draft tells as much as a row. A person who is being entered for the first
    time is no patient yet, and nobody can be recorded.
    """
    if not entry.patient.pk:
        return
    for one in entry.rows():
        place, names = IDENTIFYING.get(type(one.row), ("", ()))
        if any(_holds(one, name) for name in names):
            record_look(entry.patient, place=place)


def _holds(one: BoundRow, name: str) -> bool:
    return name in one.form.fields and bool(one.form[name].value())
