"""AJCC stage group of a sarcoma from what the row of the disease says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registry.models.choices import AjccEdition, FnclccGrade
from registry.staging import groups
from registry.staging.chapter import schema_of
from registry.staging.codes import Schema, categories, edition_of, require_listed
from registry.staging.groups import Group, Tnm

# FNCLCC G2 is high-grade in the 8th edition; the 7th has four grades of bone and calls two low.
_BONE_LOW_7 = {FnclccGrade.G1.value, FnclccGrade.G2.value, FnclccGrade.GX.value}
_BONE_LOW_8 = {FnclccGrade.G1.value, FnclccGrade.GX.value}

_TABLES: dict[tuple[int, Schema], Callable[[Tnm], Group]] = {
    (7, Schema.SOFT_TISSUE): groups.soft_tissue_7,
    (7, Schema.BONE): lambda tnm: groups.bone(tnm, low_grades=_BONE_LOW_7),
    (7, Schema.BONE_EWING): lambda tnm: groups.bone(tnm, low_grades=set(), needs_grade=False),
    (8, Schema.TRUNK_EXTREMITY): lambda tnm: groups.soft_tissue_8(tnm, with_nodes="IV"),
    (8, Schema.RETROPERITONEUM): lambda tnm: groups.soft_tissue_8(tnm, with_nodes="IIIB"),
    (8, Schema.BONE_APPENDICULAR): lambda tnm: groups.bone(tnm, low_grades=_BONE_LOW_8),
}


@dataclass(frozen=True)
class Stage:
    """A stage group with its ground.

    Attributes:
        edition: 7 or 8, None when not known.
        schema: the chapter, None when it cannot be told.
        stage: Roman figures such as "IIIB"; "" when it cannot be said.
        why: the codes that lead to it, or what is missing; translated, to be shown.
    """

    edition: int | None
    schema: Schema | None
    stage: str
    why: str


def stage_group(
    edition: int, schema: Schema, *, t: str = "", n: str = "", m: str = "", grade: str = ""
) -> Stage:
    """Stage group of T, N, M and grade within one chapter.

    Args:
        edition: 7 or 8.
        schema: the chapter.
        t, n, m: codes as :func:`registry.staging.codes.categories` lists them; "" is missing.
        grade: code of choices.FnclccGrade ("1", "2", "3", "x"), "4" too for bone in the 7th
            edition; "" is missing, which is not the same as "x".

    Raises:
        UnknownCode: a code that the chapter does not have.
        ValueError: the edition has no such chapter.
    """
    allowed = categories(edition, schema)
    for field, value in (("t_category", t), ("n_category", n), ("m_category", m), ("grade", grade)):
        require_listed(allowed, field, value)
    table = _TABLES.get((edition, schema))
    if table is None:
        reason = _("the %(edition)s has no stage groups for this chapter (%(chapter)s)") % {
            "edition": edition_of(edition).label,
            "chapter": schema.label,
        }
        return Stage(edition, schema, "", _unsaid(reason))
    stage, why = table(Tnm(t, n, m, grade))
    return Stage(edition, schema, stage, why)


def stage_of(
    *,
    ajcc_edition: int | None,
    topography: str,
    morphology: str,
    t_category: str,
    n_category: str,
    m_category: str,
    grade: str,
) -> Stage:
    """Stage group of a disease. Arguments are named as the fields of the model Disease.

    Raises:
        UnknownCode: a code that its list, or the chapter that applies, does not have; the
            exception names the field.
    """
    if ajcc_edition is None:
        return Stage(None, None, "", _unsaid(_("the AJCC edition is missing")))
    edition = AjccEdition(edition_of(ajcc_edition)).value
    schema = schema_of(edition, topography, morphology)
    if schema is None:
        return Stage(edition, None, "", _unsaid(_("the topography is missing")))
    if not morphology:
        return Stage(edition, schema, "", _unsaid(_("the morphology is missing")))
    return stage_group(edition, schema, t=t_category, n=n_category, m=m_category, grade=grade)


def _unsaid(reason: str) -> str:
    return _("Cannot be said: %(reason)s.") % {"reason": reason}
