"""Chapters of the AJCC manual for sarcoma, and the T, N, M and grade codes of each.

A chapter is called a *schema* here, as in cancer registration: the set of codes and rules that a
tumour is staged by. The 7th edition has one for soft tissue and one for bone; the 8th edition
divides both by anatomical site.

Sources and what a clinician still has to confirm: docs/developers/derivations.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models.choices import AjccEdition, FnclccGrade


class Schema(TextChoices):
    """Which chapter of the manual a tumour is staged by."""

    SOFT_TISSUE = "soft_tissue", gettext_lazy("Soft tissue")
    BONE = "bone", gettext_lazy("Bone")
    BONE_EWING = "bone_ewing", gettext_lazy("Bone (Ewing sarcoma)")
    TRUNK_EXTREMITY = "trunk_extremity", gettext_lazy("Soft tissue of trunk and extremities")
    RETROPERITONEUM = "retroperitoneum", gettext_lazy("Retroperitoneum and peritoneum")
    HEAD_NECK = "head_neck", gettext_lazy("Soft tissue of head and neck")
    BONE_APPENDICULAR = (
        "bone_appendicular",
        gettext_lazy("Bone: limbs, trunk, skull and face"),
    )
    BONE_SPINE = "bone_spine", gettext_lazy("Bone: spine")
    BONE_PELVIS = "bone_pelvis", gettext_lazy("Bone: pelvis")
    OTHER = "other", gettext_lazy("Another chapter")


class UnknownCode(ValueError):
    """A value that the code list of its field does not have.

    Attributes:
        field: name of the field as in the model Disease, so that a form can show the text there.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Categories:
    """Codes that may be entered under one edition and schema, in the order to offer them."""

    t_category: tuple[str, ...]
    n_category: tuple[str, ...]
    m_category: tuple[str, ...]
    grade: tuple[str, ...] = tuple(FnclccGrade.values)


_M_SOFT = ("M0", "M1")
_M_BONE = ("M0", "M1", "M1a", "M1b")  # M1a: lung; M1b: bone or another distant site
_N_WITH_X = ("NX", "N0", "N1")
# The 8th edition counts unknown nodes of soft-tissue sarcoma as N0 and has no NX.
_N_SOFT_8 = ("N0", "N1")
_T_SIZE_4 = ("TX", "T0", "T1", "T2", "T3", "T4")
_T_BONE = ("TX", "T0", "T1", "T2", "T3")
_T_WITH_LETTERS = (
    *("TX", "T0", "T1", "T1a", "T1b", "T2", "T2a", "T2b"),
    *("T3", "T3a", "T3b", "T4", "T4a", "T4b"),
)

_BONE_7 = Categories(
    _T_BONE,
    _N_WITH_X,
    _M_BONE,
    # The 7th edition grades bone in four steps.
    grade=(FnclccGrade.G1.value, FnclccGrade.G2.value, FnclccGrade.G3.value, "4", "x"),
)

CATEGORIES: dict[tuple[int, Schema], Categories] = {
    (7, Schema.SOFT_TISSUE): Categories(
        ("TX", "T0", "T1", "T1a", "T1b", "T2", "T2a", "T2b"), _N_WITH_X, _M_SOFT
    ),
    (7, Schema.BONE): _BONE_7,
    (7, Schema.BONE_EWING): _BONE_7,
    (8, Schema.TRUNK_EXTREMITY): Categories(_T_SIZE_4, _N_SOFT_8, _M_SOFT),
    (8, Schema.RETROPERITONEUM): Categories(_T_SIZE_4, _N_SOFT_8, _M_SOFT),
    (8, Schema.HEAD_NECK): Categories(
        ("TX", "T1", "T2", "T3", "T4", "T4a", "T4b"), _N_SOFT_8, _M_SOFT
    ),
    (8, Schema.BONE_APPENDICULAR): Categories(_T_BONE, _N_WITH_X, _M_BONE),
    (8, Schema.BONE_SPINE): Categories(
        ("TX", "T0", "T1", "T2", "T3", "T4", "T4a", "T4b"), _N_WITH_X, _M_BONE
    ),
    (8, Schema.BONE_PELVIS): Categories(
        _T_WITH_LETTERS,
        _N_WITH_X,
        _M_BONE,
    ),
}

# Chapters that the registry does not know by themselves: whatever any of them uses.
_ANY = Categories(
    (*_T_WITH_LETTERS, "T4c"),
    ("NX", "N0", "N1", "N2", "N3"),
    _M_BONE,
)


def edition_of(edition: int) -> AjccEdition:
    """The edition of a number. Raises UnknownCode unless it is 7 or 8."""
    try:
        return AjccEdition(edition)
    except ValueError:
        raise UnknownCode(
            "ajcc_edition",
            _("There is no AJCC edition %(edition)s here: choose 7 or 8.") % {"edition": edition},
        ) from None


def categories(edition: int, schema: Schema) -> Categories:
    """Codes for T, N, M and grade under an edition and schema.

    Raises ValueError when the edition does not have the schema (programming error), UnknownCode
    for another edition than 7 and 8.
    """
    edition_of(edition)
    if schema == Schema.OTHER:
        return _ANY
    found = CATEGORIES.get((edition, schema))
    if found is None:
        raise ValueError(f"AJCC edition {edition} has no schema {schema.value!r}")
    return found


def require_listed(allowed: Categories, field: str, value: str) -> None:
    """Nothing when the value is empty or allowed; raises UnknownCode naming the allowed codes."""
    codes: tuple[str, ...] = getattr(allowed, field)
    if not value or value in codes:
        return
    if field == "grade":
        value, codes = grade_text(value), tuple(grade_text(code) for code in codes)
    raise UnknownCode(
        field,
        _("%(value)s is not used here: choose one of %(codes)s.")
        % {"value": value, "codes": ", ".join(codes)},
    )


def grade_text(grade: str) -> str:
    """A grade as clinicians write it: "2" is G2, "x" is GX."""
    return f"G{grade.upper()}"


_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def roman(stage: str) -> str:
    """A stage group in Roman figures, from the Arabic writing of cancer registries.

    1 → I, 1A → IA, 2B → IIB, 3 → III, 3B → IIIB, 4A → IVA and so on. Raises ValueError for
    anything else, also for the codes 88 (not applicable) and 99 (unknown), which are no stages.
    """
    number, letter = stage[:1], stage[1:].upper()
    if number not in _ROMAN or letter not in ("", "A", "B", "C"):
        raise ValueError(f"{stage!r} is no stage group")
    return _ROMAN[number] + letter


STAGES = tuple(
    roman(code) for code in ("1", "1A", "1B", "2", "2A", "2B", "3", "3A", "3B", "4", "4A", "4B")
)
"""Stage groups of sarcoma in both editions, in their order."""
