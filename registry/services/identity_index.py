"""Blind indexes of an identity: written wherever the record number or the name is."""

from __future__ import annotations

from registry import keyring
from registry.models import Centre, Identity


def record_number_index(record_number: str, centre: Centre) -> str | None:
    """The index to store beside a record number; None where there is no number."""
    if not keyring.normalise_record_number(record_number):
        return None
    return keyring.blind_index(record_number, centre_code=centre.code)


def family_name_index(family_name: str, centre: Centre) -> str | None:
    """The index to store beside a family name; None where there is no name."""
    if not keyring.normalise_name(family_name):
        return None
    return keyring.name_index(family_name, centre_code=centre.code)


def index_identity(identity: Identity) -> None:
    """Set the blind indexes of an identity from its record number and family name."""
    centre = identity.patient.centre
    identity.record_number_index = record_number_index(identity.record_number, centre)
    identity.family_name_index = family_name_index(identity.family_name, centre)
