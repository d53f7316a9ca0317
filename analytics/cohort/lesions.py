"""The frame of treated lesions: each by the first course that treats it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analytics.cohort.courses import keys_of
from analytics.cohort.frames import Values
from analytics.cohort.plans import PatientPlans, Plan, PlanLesion, PlanTarget, dose_values
from analytics.extract.origins import first_course
from registry.protocols.types import DosePolicy
from registry.terminology.codes import group_of

_DOSE_COLUMNS = (
    "dose_gy",
    "fraction_count",
    "dose_per_fraction_gy",
    "bed_tumour_gy",
    "bed_normal_gy",
    "eqd2_tumour_gy",
)


def lesion_rows(
    plans: Mapping[str, PatientPlans], patient_values: Mapping[str, Values], policy: DosePolicy
) -> Iterator[Values]:
    """One row per treated lesion with the values of its patient, by patient and number."""
    for pseudonym in sorted(plans):
        patient = plans[pseudonym]
        for fact in patient.facts.treated_lesions():
            course = first_course(patient.facts, fact)
            plan = patient.courses.get(course.id) if course else None
            lesion = patient.lesions.get(fact.id)
            if plan is not None and lesion is not None:
                yield (
                    keys_of(patient.facts)
                    | {"LESID": str(lesion.number)}
                    | _values(plan, lesion, policy)
                    | patient_values[pseudonym]
                )


def _values(plan: Plan, lesion: PlanLesion, policy: DosePolicy) -> Values:
    target = _target(plan, lesion)
    dose = dose_values(plan.dose_of(target), policy) if target else {}
    values = {
        "lesion_site": lesion.values["site"],
        "lesion_site_region": group_of("region_site", lesion.values["site"]),
        "lesion_status": lesion.values["status"],
        "lesion_diameter_cm": lesion.values["longest_diameter_cm"],
        "lesion_gtv_cm3": lesion.values["gtv_cm3"],
        "lesion_technique": plan.values["technique"],
        "lesion_term_days": plan.term_days(),
        **{f"lesion_{name}": dose.get(name) for name in _DOSE_COLUMNS},
    }
    if target is None:
        return values
    if values["lesion_gtv_cm3"] is None and len(target.lesions) == 1:
        values["lesion_gtv_cm3"] = target.values["gtv_cm3"]
    return values | {
        "lesion_ptv_cm3": target.values["ptv_cm3"],
        "lesion_isodose_percent": target.values["prescription_isodose_percent"],
        "lesion_coverage_percent": target.values["ptv_coverage_percent"],
        "lesion_conformity_index": target.values["conformity_index"],
        "lesion_new_conformity_index": target.values["new_conformity_index"],
        "lesion_homogeneity_index": target.values["homogeneity_index"],
    }


def _target(plan: Plan, lesion: PlanLesion) -> PlanTarget | None:
    """Of the targets that treat the lesion that with the highest dose, then the lowest number."""
    treating = [target for target in plan.targets if lesion in target.lesions]

    def order(target: PlanTarget) -> tuple[float, int]:
        dose = plan.dose_of(target)
        return (-float(dose.total_gy) if dose else 0.0, target.number)

    return min(treating, key=order, default=None)
