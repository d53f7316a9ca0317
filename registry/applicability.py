"""Which questions apply: one table for the forms, the required items and the checks.

A question may depend on the answer to another question of the same row: the RBE model is asked for
protons and carbon ions only. A field that does not apply is not required and does not count as
missing. The browser hides it by the same condition (:meth:`Condition.attributes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.models import (
    ClinicalRow,
    PriorRadiotherapy,
    Surgery,
    SystemicTherapy,
    TreatmentHistory,
)
from registry.models.choices import (
    AssessmentKind,
    DeathCause,
    LesionStatus,
    Modality,
    Procedure,
    ProgressionKind,
    RadiationType,
    ScreeningOutcome,
    Sex,
)


def code_of(value: Any) -> str:
    """An answer as a form holds it: "" for none, "true" and "false", else the code."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@dataclass(frozen=True)
class Condition:
    """Holds by the answer to ``field`` of the same row.

    ``values``: the answer is one of them. ``unless``: it is none of them, or not given. ``above``:
    it is a larger number. None of the three: any answer is given.

    A value that stands where it is not asked for contradicts the other answer, unless the
    condition is not ``is_strict``: then it says nothing wrong (the side of a midline site).
    """

    field: str
    values: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    above: int | None = None
    is_strict: bool = True

    def holds(self, row: ClinicalRow) -> bool:
        """True when the question that depends on this condition is to be asked of the row."""
        answer = getattr(row, self.field)
        if self.unless:
            return code_of(answer) not in self.unless
        if self.above is not None:
            return answer is not None and answer > self.above
        if self.values:
            return code_of(answer) in self.values
        return answer not in (None, "")

    def forbids(self, row: ClinicalRow) -> bool:
        """True when the answer to ``field`` leaves no room for a value in the question."""
        answered = getattr(row, self.field) not in (None, "")
        return self.is_strict and answered and not self.holds(row)

    def attributes(self) -> dict[str, str]:
        """The condition for the browser; the codes are separated by spaces."""
        attributes = {"data-when": self.field}
        if self.unless:
            attributes["data-unless"] = " ".join(sorted(self.unless))
        elif self.above is not None:
            attributes["data-above"] = str(self.above)
        elif self.values:
            attributes["data-is"] = " ".join(sorted(self.values))
        return attributes


def _is(field: str, *values: str, is_strict: bool = True) -> Condition:
    return Condition(field, values=frozenset(str(value) for value in values), is_strict=is_strict)


def _unless(field: str, *values: str, is_strict: bool = True) -> Condition:
    return Condition(field, unless=frozenset(str(value) for value in values), is_strict=is_strict)


MIDLINE_SITES = frozenset(
    {
        "anal_region",
        "bladder",
        "cervical_spine",
        "cervix_uteri",
        "coccyx",
        "colon",
        "gallbladder",
        "great_vessels",
        "heart",
        "inferior_vena_cava",
        "larynx",
        "lumbar_spine",
        "mediastinal_node",
        "mediastinum",
        "mesentery",
        "oesophagus",
        "omentum",
        "pancreas",
        "para_aortic_node",
        "perineum",
        "peritoneum",
        "presacral",
        "prostate",
        "rectum",
        "small_bowel",
        "spinal_cord",
        "spine",
        "spleen",
        "sternum",
        "stomach",
        "thoracic_spine",
        "uterus",
        "vagina_vulva",
    }
)
"""Sites of the list region_site that are single or unpaired: no side is asked for."""

SITES_OF_SEX: Mapping[str, frozenset[str]] = {
    Sex.FEMALE: frozenset({"uterus", "cervix_uteri", "ovary", "vagina_vulva"}),
    Sex.MALE: frozenset({"prostate", "testis", "spermatic_cord"}),
}
"""Sites that only one sex has."""

_SIDE = _unless("site", *MIDLINE_SITES, is_strict=False)
_SPECIMEN = _unless("procedure", Procedure.BIOPSY, Procedure.RECONSTRUCTION)
_EXTERNAL = _unless("radiation_type", RadiationType.SEALED_SOURCE, RadiationType.RADIONUCLIDE)
# Of a bed the size of the tumour that was removed may be given.
_TUMOUR_IN_PLACE = _unless("status", LesionStatus.POSTOPERATIVE_BED, is_strict=False)
_IN_PERSON = _unless("kind", AssessmentKind.IMAGING, AssessmentKind.RECORD)

CONDITIONS: Mapping[str, Mapping[str, Condition]] = {
    "screening": {"reason_not_enrolled": _is("outcome", ScreeningOutcome.NOT_ENROLLED)},
    "enrolment": {
        "consent_version": Condition("consent_on"),
        # The day of a withdrawal may be unknown; that there was one is said by its scope.
        "withdrawal_reason": Condition("withdrawal_scope"),
    },
    "disease": {"laterality": _SIDE},
    "surgery": {"residual_tumour": _SPECIMEN, "margin_mm": _SPECIMEN},
    "systemic_therapy": {"ended_on": _unless("is_ongoing", "true")},
    "lesion": {
        "laterality": _SIDE,
        "longest_diameter_cm": _TUMOUR_IN_PLACE,
        "gtv_cm3": _TUMOUR_IN_PLACE,
    },
    "course": {
        "rbe_model": _is("radiation_type", RadiationType.PROTON, RadiationType.CARBON),
        "interruption_reason": Condition("interruption_days", above=0),
        "simulation_4d": _EXTERNAL,
        "motion_management": _EXTERNAL,
        "image_guidance": _EXTERNAL,
        "immobilisation": _EXTERNAL,
    },
    "phase": {"fractions_per_week": Condition("fraction_count", above=1)},
    "assessment": {"ecog": _IN_PERSON, "kps": _IN_PERSON},
    "imaging_study": {
        "with_contrast": _unless("modality", Modality.RADIOGRAPH, Modality.BONE_SCAN)
    },
    "progression": {
        "lesion": _is("kind", ProgressionKind.LOCAL, ProgressionKind.UNSPECIFIED),
        "field_relation": _unless("kind", ProgressionKind.DISTANT, is_strict=False),
        "site": _unless("kind", ProgressionKind.LOCAL, is_strict=False),
    },
    "death": {"cause_text": _is("cause", DeathCause.OTHER, DeathCause.TREATMENT, is_strict=False)},
    "toxicity_event": {
        "resolved_on": _unless("grade", "5"),
        "attribution": _unless("present_before_rt", "true"),
    },
}
"""Entity → field → when it is asked. Fields that are not named here are always asked."""

HISTORY: Mapping[type[ClinicalRow], str] = {
    Surgery: "had_surgery",
    SystemicTherapy: "had_systemic_therapy",
    PriorRadiotherapy: "had_prior_radiotherapy",
}
"""Tables whose rows are asked for unless the treatment history says "no" in this field."""


def condition_of(entity: str, field: str) -> Condition | None:
    """When a field is asked; None when it always is."""
    return CONDITIONS.get(entity, {}).get(field)


def applies(row: ClinicalRow, field: str) -> bool:
    """True when the field is to be asked of this row, as its other answers stand."""
    condition = condition_of(row.entity(), field)
    return condition is None or condition.holds(row)


def contradicted(row: ClinicalRow, field: str) -> bool:
    """True when another answer of the row says that the field must hold nothing.

    A question whose condition is simply not answered yet is not contradicted.
    """
    condition = condition_of(row.entity(), field)
    return condition is not None and condition.forbids(row)


def rows_apply(history: TreatmentHistory | None, model: type[ClinicalRow]) -> bool:
    """True when rows of this table are asked for: always, unless the history says "no"."""
    if history is None or model not in HISTORY:
        return True
    return getattr(history, HISTORY[model]) is not False
