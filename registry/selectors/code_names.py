"""Words for codes of the shipped lists, in the language in force where they are translated."""

from __future__ import annotations

from functools import cache

from django.utils.translation import gettext as _

from registry.models import Disease, Lesion
from registry.terminology.codes import codes, group_names


@cache
def _names(system: str) -> dict[str, str]:
    return {row.code: row.name for row in codes(system)}


def code_name(system: str, code: str) -> str:
    """The name of a code; the code itself where the list does not know it; "" for no code."""
    name = _names(system).get(code)
    return code if name is None else _(name)


def group_name(system: str, group: str) -> str:
    """The name of a group of codes; the group itself where the list does not know it."""
    name = group_names(system).get(group)
    return group if name is None else _(name)


def histology_name(disease: Disease) -> str:
    """The ICD-O-3 name of the tumour, else the words of the pathology report."""
    return code_name("icdo3_morphology", disease.morphology) or disease.histology


def site_name(row: Disease | Lesion) -> str:
    """Where the disease or lesion sits: site, else topography; with its side where it has one."""
    place = code_name("region_site", row.site) or code_name("icdo3_topography", row.topography)
    side = row.get_laterality_display().lower()
    return f"{place}, {side}" if place and side else place


def disease_line(disease: Disease) -> str:
    """One line on a disease: histology – site."""
    return " – ".join(part for part in (histology_name(disease), site_name(disease)) if part)
