"""Stage groups from T, N, M and grade: one function for each table of the AJCC manual.

Each function takes codes of its schema ("" is missing) and answers with the stage in Roman figures
and why. The stage is "" when it cannot be said. Nothing is guessed: what is missing is needed
unless no value of it could change the stage.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from registry.models.choices import FnclccGrade
from registry.staging.codes import grade_text

_LOW = {FnclccGrade.G1.value, FnclccGrade.GX.value}
"""GX is grouped with G1 in both editions."""


class Tnm(NamedTuple):
    """Codes of a tumour; "" where one is missing."""

    t: str
    n: str
    m: str
    grade: str

    def __str__(self) -> str:
        grade = grade_text(self.grade) if self.grade else ""
        return " ".join(part for part in (self.t, self.n, self.m, grade) if part)


class Group(NamedTuple):
    """A stage group, "" when it cannot be said, and why."""

    stage: str
    why: str


def soft_tissue_7(tnm: Tnm) -> Group:
    """Soft-tissue sarcoma, 7th edition."""
    if tnm.m == "M1":
        return _whatever_else("IV", "M1")
    if not tnm.m:
        return _missing("M")
    if tnm.n == "N1":
        return _whatever_else("III", "N1 M0")
    if tnm.n == "NX":
        return _unsaid(_("the nodes cannot be assessed (NX)"))
    if (obstacle := _obstacle(tnm)) is not None:
        return obstacle
    if tnm.t == "TX":
        # G1 is IA or IB, G2 is IIA or IIB; G3 may be II or III.
        without_t = {"1": "I", "x": "I", "2": "II"}.get(tnm.grade)
        return _said(without_t, tnm) if without_t else _t_not_assessed()
    small = tnm.t.startswith("T1")
    if tnm.grade in _LOW:
        return _said("IA" if small else "IB", tnm)
    if small:
        return _said("IIA", tnm)
    return _said("IIB" if tnm.grade == FnclccGrade.G2 else "III", tnm)


def soft_tissue_8(tnm: Tnm, *, with_nodes: str) -> Group:
    """Soft-tissue sarcoma of trunk and extremities or of the retroperitoneum, 8th edition.

    ``with_nodes`` is the stage of N1 M0, the only difference between the two chapters.
    """
    if tnm.m == "M1":
        return _whatever_else("IV", "M1")
    if not tnm.m:
        return _missing("M")
    if tnm.n == "N1":
        return _whatever_else(with_nodes, "N1 M0")
    if (obstacle := _obstacle(tnm)) is not None:
        return obstacle
    if tnm.t == "TX":
        return _t_not_assessed()
    if tnm.grade in _LOW:
        return _said("IA" if tnm.t == "T1" else "IB", tnm)
    return _said({"T1": "II", "T2": "IIIA"}.get(tnm.t, "IIIB"), tnm)


def bone(tnm: Tnm, *, low_grades: set[str], needs_grade: bool = True) -> Group:
    """Sarcoma of bone, both editions; NX counts as N0.

    ``low_grades`` are the grades of stage I. Without ``needs_grade`` (Ewing sarcoma in the 7th
    edition, high-grade by definition) the grade is not looked at.
    """
    if tnm.n == "N1" or tnm.m == "M1b":
        return _whatever_else("IVB", "N1" if tnm.n == "N1" else "M1b")
    if not tnm.m:
        return _missing("M")
    if not tnm.n:
        return _missing("N")
    if tnm.m.startswith("M1"):
        return _whatever_else("IVA" if tnm.m == "M1a" else "IV", f"{tnm.n} {tnm.m}")
    if (obstacle := _obstacle(tnm, needs_grade=needs_grade)) is not None:
        return obstacle
    if tnm.t == "TX":
        return _t_not_assessed()
    if needs_grade and tnm.grade in low_grades:
        return _said("IA" if tnm.t == "T1" else "IB", tnm)
    stage = {"T1": "IIA", "T2": "IIB", "T3": "III"}[tnm.t]
    if needs_grade:
        return _said(stage, tnm)
    return Group(
        stage,
        _("%(tnm)s, high-grade by definition") % {"tnm": Tnm(tnm.t, tnm.n, tnm.m, "")},
    )


def _obstacle(tnm: Tnm, *, needs_grade: bool = True) -> Group | None:
    """What keeps N0 M0 from having a stage; None when nothing does (TX is for the caller)."""
    if not tnm.n:
        return _missing("N")
    if not tnm.t:
        return _missing("T")
    if tnm.t == "T0":
        return _unsaid(_("%(tnm)s is no valid combination") % {"tnm": Tnm("T0", tnm.n, tnm.m, "")})
    if needs_grade and not tnm.grade:
        return _missing(_("the grade"))
    return None


def _said(stage: str, tnm: Tnm) -> Group:
    if tnm.grade == FnclccGrade.GX:
        return Group(stage, _("%(tnm)s; GX is grouped with G1") % {"tnm": tnm})
    return Group(stage, str(tnm))


def _whatever_else(stage: str, deciding: str) -> Group:
    return Group(stage, _("%(codes)s, whatever the rest") % {"codes": deciding})


def _missing(what: str) -> Group:
    return _unsaid(_("%(what)s is missing") % {"what": what})


def _t_not_assessed() -> Group:
    return _unsaid(_("the primary tumour cannot be assessed (TX)"))


def _unsaid(reason: str) -> Group:
    return Group("", _("Cannot be said: %(reason)s.") % {"reason": reason})
