"""One search for patients: by pseudonym, and within the own centres by record number or name."""

from __future__ import annotations

from dataclasses import dataclass

from registry.keyring import blind_index, name_index, normalise_name, normalise_record_number
from registry.models import Centre, Identity, Patient
from registry.selectors.studies import scope_in_force
from registry.services.identity_looks import Place, record_looks


@dataclass(frozen=True)
class Hits:
    """What a search found.

    Attributes:
        pseudonym: of the only patient found, "" for none or several.
        found: blind indexes under which several patients were found.
        part: the text, where it is part of the pseudonyms of several patients.
    """

    pseudonym: str = ""
    found: tuple[str, ...] = ()
    part: str = ""

    @property
    def is_empty(self) -> bool:
        """True when nobody was found."""
        return not (self.pseudonym or self.found or self.part)


def find_patients(text: str) -> Hits:
    """Patients of the scope for a search; what fits as a whole outweighs what fits in part.

    In this order: a pseudonym; a record number or a family name, as a whole and in any spelling,
    of the reader's own centres; part of a pseudonym. To be told whose record number or name it is
    is a look at that identity.
    """
    text = text.strip()
    if not text:
        return Hits()
    patients = Patient.objects.live()
    if patients.filter(pseudonym=text).exists():
        return Hits(pseudonym=text)
    indexes = indexes_of(text)
    named = _named(indexes)
    if len(named) > 1:
        return Hits(found=indexes)
    for patient_id, pseudonym in named:
        record_looks([patient_id], place=Place.SEARCH)
        return Hits(pseudonym=pseudonym)
    parts = list(
        patients.filter(pseudonym__icontains=text)
        .order_by("pseudonym")
        .values_list("pseudonym", flat=True)[:2]
    )
    if len(parts) == 1:
        return Hits(pseudonym=parts[0])
    return Hits(part=text) if parts else Hits()


def indexes_of(text: str) -> tuple[str, ...]:
    """Blind indexes of a text as a record number and as a family name, in each own centre."""
    codes = Centre.objects.filter(pk__in=scope_in_force().centre_ids).values_list("code", flat=True)
    indexes = []
    for code in codes:
        if normalise_record_number(text):
            indexes.append(blind_index(text, centre_code=code))
        if normalise_name(text):
            indexes.append(name_index(text, centre_code=code))
    return tuple(indexes)


def _named(indexes: tuple[str, ...]) -> set[tuple[int, str]]:
    """Keys and pseudonyms of patients under these indexes: of one, or of several but not all."""
    if not indexes:
        return set()
    rows = Identity.objects.live().filter(patient__voided_at__isnull=True)
    found: set[tuple[int, str]] = set()
    for column in ("record_number_index", "family_name_index"):
        some = rows.filter(**{f"{column}__in": indexes})
        found |= set(some.values_list("patient_id", "patient__pseudonym")[:2])
    return found
