"""T category of a sarcoma from its largest diameter, and what the T codes mean in centimetres."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from registry.models.choices import AjccEdition, Depth
from registry.staging.codes import Schema, UnknownCode, categories

SIZE_LIMITS_CM: dict[tuple[int, Schema], tuple[int, ...]] = {
    (7, Schema.SOFT_TISSUE): (5,),
    (7, Schema.BONE): (8,),
    (7, Schema.BONE_EWING): (8,),
    (8, Schema.TRUNK_EXTREMITY): (5, 10, 15),
    (8, Schema.RETROPERITONEUM): (5, 10, 15),
    (8, Schema.HEAD_NECK): (2, 4),
    (8, Schema.BONE_APPENDICULAR): (8,),
}
"""Largest diameter (cm) that T1, T2, … still take, for the schemas that go by size."""

_WITH_T3_FOR_SKIP_LESIONS = (Schema.BONE, Schema.BONE_EWING, Schema.BONE_APPENDICULAR)
_SUFFIX = {Depth.SUPERFICIAL.value: "a", Depth.DEEP.value: "b"}


@dataclass(frozen=True)
class TCategory:
    """A T category, "" when it cannot be said, and why."""

    edition: int
    schema: Schema
    category: str
    why: str


def t_of_size(
    edition: int,
    schema: Schema,
    size_cm: Decimal | float | None,
    depth: str = "",
    *,
    discontinuous: bool = False,
) -> TCategory:
    """T category that the size of the tumour leads to.

    What size does not say stays with the person: TX, T0, invasion of neighbouring structures in
    head and neck (T4), the segments of spine and pelvis.

    Args:
        edition: 7 or 8.
        schema: the chapter, see :func:`registry.staging.chapter.schema_of`.
        size_cm: largest diameter in cm, None when not known.
        depth: code of choices.Depth, "" when not known. Only soft tissue in the 7th edition uses
            it (a superficial, b deep); without it the category has no letter.
        discontinuous: more than one tumour in the same primary bone, which makes T3.

    Raises:
        UnknownCode: depth not on the list, size not above 0, edition not 7 or 8.
        ValueError: the edition has no such schema.
    """
    categories(edition, schema)
    if depth and depth not in _SUFFIX:
        raise UnknownCode("depth", _("%(depth)s is no depth.") % {"depth": depth})
    if size_cm is not None and not size_cm > 0:
        raise UnknownCode("size_cm", _("The largest diameter must be above 0 cm."))
    limits = SIZE_LIMITS_CM.get((edition, schema))
    if limits is None:
        return TCategory(
            edition, schema, "", _("Cannot be said: T does not go by size in this chapter.")
        )
    if discontinuous and schema in _WITH_T3_FOR_SKIP_LESIONS:
        return TCategory(edition, schema, "T3", _("Separate tumours in the same bone."))
    if size_cm is None:
        return TCategory(edition, schema, "", _("Cannot be said: the size is missing."))
    step = sum(size_cm > limit for limit in limits)
    letter = _SUFFIX.get(depth, "") if schema == Schema.SOFT_TISSUE else ""
    reason = _range_text(limits, step)
    if letter:
        reason = f"{reason}, {Depth(depth).label}"
    return TCategory(edition, schema, f"T{step + 1}{letter}", reason)


def t_choices(edition: int, schema: Schema) -> list[tuple[str, str]]:
    """T codes with labels for a form: ("T2", "T2 (over 5 cm up to 10 cm)").

    Raises ValueError as :func:`registry.staging.codes.categories`.
    """
    return [
        (code, f"{code} ({meaning})" if (meaning := _meaning(edition, schema, code)) else code)
        for code in categories(edition, schema).t_category
    ]


def _meaning(edition: int, schema: Schema, code: str) -> str:
    if code == "TX":
        return _("cannot be assessed")
    if code == "T0":
        return _("no evidence of a primary tumour")
    if code == "T3" and schema in _WITH_T3_FOR_SKIP_LESIONS:
        return _("separate tumours in the same bone")
    limits = SIZE_LIMITS_CM.get((edition, schema))
    step = int(code[1]) - 1
    if limits is None or step > len(limits):
        return ""
    text = _range_text(limits, step)
    if edition == AjccEdition.SEVENTH and code[2:]:
        text += ", " + (_("superficial") if code[2:] == "a" else _("deep"))
    return text


def _range_text(limits: tuple[int, ...], step: int) -> str:
    if step == 0:
        return _("up to %(upper)s cm") % {"upper": limits[0]}
    if step == len(limits):
        return _("over %(lower)s cm") % {"lower": limits[-1]}
    return _("over %(lower)s cm up to %(upper)s cm") % {
        "lower": limits[step - 1],
        "upper": limits[step],
    }
