"""Which chapter of the AJCC manual stages a sarcoma, from its ICD-O-3 topography and morphology.

Facts: SEER, Extent of Disease 3.3 (which site and histology go to which schema) for the 8th
edition; the site list of the chapters on soft tissue and bone for the 7th.
"""

from __future__ import annotations

import re
from collections.abc import Container

from django.utils.translation import gettext as _

from registry.staging.codes import Schema, UnknownCode, edition_of

_TOPOGRAPHY = re.compile(r"C(\d\d)\.(\d)")
_MORPHOLOGY = re.compile(r"(\d{4})/(\d)")

EWING = {9260, 9364, 9365}
"""Ewing sarcoma and its former names: neuroectodermal tumour, Askin tumour."""

_GIST = {8935, 8936}
_KAPOSI = {9140}

# 8th edition: histologies that go to the chapter of unusual histologies, whatever the site.
# Epithelioid, undifferentiated, desmoplastic small round cell, endometrial stromal, embryonal,
# phyllodes, clear cell, extraskeletal myxoid chondrosarcoma, alveolar soft part.
_UNUSUAL = {8804, 8805, 8806, 8930, 8931, 8991, 9020, 9044, 9231, 9581}
# In head and neck also embryonal and alveolar rhabdomyosarcoma, and angiosarcoma.
_UNUSUAL_HEAD_NECK = _UNUSUAL | {8910, 8920, 9120}

# 7th edition: desmoid and mesenteric fibromatosis, infantile fibrosarcoma are not staged.
_NOT_STAGED_7 = {8814, 8821, 8822} | _GIST | _KAPOSI

# Numbers of topography without the dot: C49.2 is 492.
_SPINE = {412}
_PELVIS = {414}
_BONE = range(400, 420)
_HEAD_NECK_SITES: tuple[Container[int], ...] = (
    range(0, 149),  # lip, mouth, salivary glands, pharynx
    {150, 153, 158},  # cervical and upper oesophagus, overlapping
    range(300, 330),  # nose, ear, sinuses, larynx
    {470, 490},  # nerves and connective tissue of head, face and neck
    {739, 750},  # thyroid, parathyroid
    range(754, 760),  # carotid body and other glands
)
_TRUNK_EXTREMITY_SITES: tuple[Container[int], ...] = (
    range(471, 480),  # peripheral nerves
    range(491, 500),  # connective and soft tissue
    range(500, 510),  # breast
)
_PERITONEUM = range(480, 490)
_SOFT_TISSUE_SITES_7: tuple[Container[int], ...] = (
    {380, 381, 382, 383, 388},  # heart and mediastinum
    range(470, 500),  # nerves, peritoneum, connective and soft tissue
)


def schema_of(edition: int, topography: str, morphology: str = "") -> Schema | None:
    """The chapter by which a tumour is staged; None without a topography.

    Args:
        edition: 7 or 8, the edition of the AJCC manual.
        topography: ICD-O-3, such as "C49.2"; "" is not known.
        morphology: ICD-O-3, such as "8890/3"; "" is not known: then the site alone decides.

    Soft tissue of thorax, abdomen and pelvis (C47.3–5, C49.3–5) counts as trunk; the codes do not
    tell a wall from the organs inside.

    Raises:
        UnknownCode: an edition, topography or morphology that is not written as such.
    """
    edition_of(edition)
    site = _site_number(topography)
    histology = _histology_number(morphology)
    if site is None:
        return None
    return _seventh(site, histology) if edition == 7 else _eighth(site, histology)


def _seventh(site: int, histology: int | None) -> Schema:
    if site in _BONE:
        if histology in _GIST | _KAPOSI:
            return Schema.OTHER
        return Schema.BONE_EWING if histology in EWING else Schema.BONE
    if _within(site, _SOFT_TISSUE_SITES_7) and histology not in _NOT_STAGED_7:
        return Schema.SOFT_TISSUE
    return Schema.OTHER


def _eighth(site: int, histology: int | None) -> Schema:
    if histology in _GIST | _KAPOSI:
        return Schema.OTHER
    if site in _BONE:
        if site in _SPINE:
            return Schema.BONE_SPINE
        return Schema.BONE_PELVIS if site in _PELVIS else Schema.BONE_APPENDICULAR
    if _within(site, _HEAD_NECK_SITES):
        return Schema.OTHER if histology in _UNUSUAL_HEAD_NECK else Schema.HEAD_NECK
    if histology in _UNUSUAL:
        return Schema.OTHER
    if site in _PERITONEUM:
        return Schema.RETROPERITONEUM
    return Schema.TRUNK_EXTREMITY if _within(site, _TRUNK_EXTREMITY_SITES) else Schema.OTHER


def _within(site: int, groups: tuple[Container[int], ...]) -> bool:
    return any(site in group for group in groups)


def _site_number(topography: str) -> int | None:
    if not topography:
        return None
    match = _TOPOGRAPHY.fullmatch(topography)
    if match is None:
        raise UnknownCode(
            "topography",
            _("%(code)s is no ICD-O-3 topography: write it like C49.2.") % {"code": topography},
        )
    return int(match[1] + match[2])


def _histology_number(morphology: str) -> int | None:
    if not morphology:
        return None
    match = _MORPHOLOGY.fullmatch(morphology)
    if match is None:
        raise UnknownCode(
            "morphology",
            _("%(code)s is no ICD-O-3 morphology: write it like 8890/3.") % {"code": morphology},
        )
    return int(match[1])
