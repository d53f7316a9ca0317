"""Charlson Comorbidity Index from the conditions of a patient, plain and adjusted for age.

Weights of the original index: Charlson ME et al., J Chronic Dis 1987;40:373-383. Points for age:
Charlson M et al., J Clin Epidemiol 1994;47:1245-1251. Of two conditions that are degrees of one
disease only the severe one counts, so the index reaches at most 33, adjusted for age 37.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from registry.models.choices import Comorbidity

WEIGHTS: dict[Comorbidity, int] = {
    Comorbidity.MYOCARDIAL_INFARCTION: 1,
    Comorbidity.HEART_FAILURE: 1,
    Comorbidity.PERIPHERAL_VASCULAR: 1,
    Comorbidity.CEREBROVASCULAR: 1,
    Comorbidity.DEMENTIA: 1,
    Comorbidity.PULMONARY: 1,
    Comorbidity.CONNECTIVE_TISSUE: 1,
    Comorbidity.PEPTIC_ULCER: 1,
    Comorbidity.MILD_LIVER: 1,
    Comorbidity.DIABETES: 1,
    Comorbidity.DIABETES_ORGAN_DAMAGE: 2,
    Comorbidity.HEMIPLEGIA: 2,
    Comorbidity.RENAL: 2,
    Comorbidity.TUMOUR: 2,
    Comorbidity.LEUKAEMIA: 2,
    Comorbidity.LYMPHOMA: 2,
    Comorbidity.SEVERE_LIVER: 3,
    Comorbidity.METASTATIC_TUMOUR: 6,
    Comorbidity.AIDS: 6,
}

REPLACES: dict[Comorbidity, Comorbidity] = {
    Comorbidity.DIABETES_ORGAN_DAMAGE: Comorbidity.DIABETES,
    Comorbidity.SEVERE_LIVER: Comorbidity.MILD_LIVER,
    Comorbidity.METASTATIC_TUMOUR: Comorbidity.TUMOUR,
}
"""Severe form → the mild form that does not count beside it."""

NO_CONDITION = "none"


@dataclass(frozen=True)
class CharlsonIndex:
    """An index with its ground.

    Attributes:
        index: sum of the weights; None when nobody asked for the conditions.
        age_points: 0 to 4; None when the age is not known.
        age_adjusted: both together; None when one of them is.
        counted: conditions that count, with their weight, in the order of the code list.
        why: the sum, or what is missing; translated, to be shown.
    """

    index: int | None
    age_points: int | None
    age_adjusted: int | None
    counted: tuple[tuple[Comorbidity, int], ...]
    why: str


def conditions_of(comorbidities: str) -> frozenset[Comorbidity] | None:
    """Conditions from the text of Baseline.comorbidities; None for "", which is not asked.

    Raises:
        ValueError: a code that choices.Comorbidity does not have, or "none" beside a condition.
    """
    if not comorbidities:
        return None
    if comorbidities == NO_CONDITION:
        return frozenset()
    codes = comorbidities.split(";")
    unknown = [code for code in codes if code not in Comorbidity.values]
    if unknown:
        raise ValueError(
            _("No condition of the Charlson index: %(codes)s.") % {"codes": ", ".join(unknown)}
        )
    return frozenset(Comorbidity(code) for code in codes)


def age_points(age_years: int | None) -> int | None:
    """Points for age: none below 50, one for 50-59, and one more per decade up to four from 80.

    Raises ValueError for an age below 0.
    """
    if age_years is None:
        return None
    if age_years < 0:
        raise ValueError(_("The age must not be below 0 years."))
    return min(max(age_years // 10 - 4, 0), 4)


def charlson_index(comorbidities: str, age_years: int | None = None) -> CharlsonIndex:
    """Index of the conditions that a baseline names, and adjusted for age.

    Args:
        comorbidities: as in Baseline.comorbidities: "" not asked, "none", or codes joined by ";".
        age_years: age in completed years at that baseline, None when not known.

    Raises:
        ValueError: as :func:`conditions_of` and :func:`age_points`.
    """
    conditions = conditions_of(comorbidities)
    points = age_points(age_years)
    if conditions is None:
        return CharlsonIndex(None, points, None, (), _("Cannot be said: conditions are missing."))
    replaced = {mild for severe, mild in REPLACES.items() if severe in conditions}
    counted = tuple(
        (condition, weight)
        for condition, weight in WEIGHTS.items()
        if condition in conditions - replaced
    )
    index = sum(weight for _condition, weight in counted)
    return CharlsonIndex(
        index=index,
        age_points=points,
        age_adjusted=None if points is None else index + points,
        counted=counted,
        why=_explained(counted, points),
    )


def _explained(counted: tuple[tuple[Comorbidity, int], ...], points: int | None) -> str:
    parts = [f"{condition.label} {weight}" for condition, weight in counted]
    text = " + ".join(parts) if parts else _("No condition counts")
    if points is None:
        return _("%(conditions)s; without age, which is missing") % {"conditions": text}
    return _("%(conditions)s; age %(points)s") % {"conditions": text, "points": points}
