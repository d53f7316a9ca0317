"""Words for the codes in the columns of a cohort: no reader is shown a raw code."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from registry.models.choices import (
    Depth,
    FieldRelation,
    FnclccGrade,
    Intent,
    LesionStatus,
    LossReason,
    NotEnrolledReason,
    Procedure,
    ProgressionKind,
    RadiationType,
    RbeModel,
    ResidualTumour,
    Setting,
    Sex,
    Technique,
    TherapyTiming,
    ViableSites,
)
from registry.selectors.code_names import code_name, group_name
from registry.terminology.codes import codes, group_names

CHOICES: dict[str, type[TextChoices]] = {
    "sex": Sex,
    "setting": Setting,
    "viable_sites": ViableSites,
    "grade": FnclccGrade,
    "depth": Depth,
    "procedure": Procedure,
    "residual_tumour": ResidualTumour,
    "chemotherapy_timing": TherapyTiming,
    "intent": Intent,
    "technique": Technique,
    "radiation_type": RadiationType,
    "rbe_model": RbeModel,
    "lesion_status": LesionStatus,
    "lesion_technique": Technique,
    "kind": ProgressionKind,
    "field_relation": FieldRelation,
    "reason": LossReason,
    "reason_not_enrolled": NotEnrolledReason,
}
"""Column → its code list."""

LISTS = {"site": "region_site", "lesion_site": "region_site", "morphology": "icdo3_morphology"}
"""Column → the terminology that its codes are of."""

GROUPS = {
    "site_region": "region_site",
    "lesion_site_region": "region_site",
    "histology_group": "icdo3_morphology",
}
"""Column → the terminology whose groups its codes are."""


def code_label(column: str, code: str) -> str:
    """A code in words; several codes joined by ";" become words joined by "+".

    What no list knows (a stage, the words of a report) stands for itself.
    """
    if ";" in code:
        return " + ".join(code_label(column, part) for part in code.split(";"))
    if column in CHOICES:
        return str(dict(CHOICES[column].choices).get(code, code))
    if column in LISTS:
        return code_name(LISTS[column], code)
    if column in GROUPS:
        return group_name(GROUPS[column], code)
    return {"yes": _("Yes"), "no": _("No")}.get(code, code)


def list_order(column: str) -> Mapping[str, int]:
    """Code → its place in the list of the column; empty for a column without a list."""
    known: list[str] = []
    if column in CHOICES:
        known = list(CHOICES[column].values)
    elif column in LISTS:
        known = [row.code for row in codes(LISTS[column])]
    elif column in GROUPS:
        known = list(group_names(GROUPS[column]))
    return {code: place for place, code in enumerate(known)}


def not_known() -> str:
    """Label of the line, or column, of those without a value."""
    return _("Not known")
