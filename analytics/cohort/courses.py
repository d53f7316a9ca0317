"""Frames of courses, targets and organ doses, and the first course as values of the patient."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from analytics.cohort.anchors import Anchors
from analytics.cohort.frames import Values, yes_no
from analytics.cohort.plans import PatientPlans, Plan, dose_values
from analytics.extract.facts import PatientFacts
from analytics.extract.rows import StudyRows
from registry.models import DoseMetric
from registry.models.choices import PhaseKind
from registry.partial_date import PartialDate, analysis_date
from registry.protocols.types import DosePolicy
from registry.protocols.vocabulary import Region


def keys_of(facts: PatientFacts) -> Values:
    """Pseudonym and centre, as in the time-to-event tables."""
    return {"USUBJID": facts.pseudonym, "SITEID": facts.centre}


def first_course_values(anchors: Anchors, plans: PatientPlans, policy: DosePolicy) -> Values:
    """The first course of the patient; where none has begun, that there was none."""
    plan = plans.courses.get(anchors.course.id) if anchors.course else None
    if plan is None:
        return {"had_radiotherapy": "no"}
    lesions = {lesion.id for target in plan.targets for lesion in target.lesions}
    return {
        "had_radiotherapy": yes_no(_is_before_progression(anchors)),
        "intent": plan.values["intent"],
        "technique": plan.values["technique"],
        "radiation_type": plan.values["radiation_type"],
        "term_days": plan.term_days(),
        "interruption_days": plan.values["interruption_days"],
        "target_count": len(plan.targets),
        "treated_lesion_count": len(lesions),
        "gtv_cm3": _sum([target.gtv_cm3() for target in plan.targets]),
        "ptv_cm3": _sum([target.values["ptv_cm3"] for target in plan.targets]),
        **dose_values(plan.dose_of(plan.main_target()), policy),
    }


def course_rows(plans: Mapping[str, PatientPlans], policy: DosePolicy) -> Iterator[Values]:
    """One row per course that has begun, by patient and number."""
    for facts, plan in _courses(plans):
        phases = plan.main_phases()
        boosts = [phase.dose_gy for phase in phases if phase.kind == PhaseKind.BOOST]
        yield keys_of(facts) | {
            "course": plan.number,
            "started": _day(plan.start),
            "ended": _day(plan.end),
            "is_completed": yes_no(plan.values["is_completed"]),
            "intent": plan.values["intent"],
            "technique": plan.values["technique"],
            "radiation_type": plan.values["radiation_type"],
            "rbe_model": plan.values["rbe_model"],
            "term_days": plan.term_days(),
            "interruption_days": plan.values["interruption_days"],
            "fractions_per_week": phases[0].fractions_per_week if phases else None,
            "has_boost": yes_no(bool(boosts)) if phases else "",
            "boost_dose_gy": _sum(boosts),
            **dose_values(plan.dose_of(plan.main_target()), policy),
        }


def target_rows(plans: Mapping[str, PatientPlans], policy: DosePolicy) -> Iterator[Values]:
    """One row per target of a course that has begun."""
    for facts, plan in _courses(plans):
        for target in plan.targets:
            values = dict(target.values)
            yield keys_of(facts) | {
                "course": plan.number,
                "target": target.number,
                "lesion_count": len(target.lesions),
                "isodose_percent": values.pop("prescription_isodose_percent"),
                "coverage_percent": values.pop("ptv_coverage_percent"),
                **values,
                "gtv_cm3": target.gtv_cm3(),
                **dose_values(plan.dose_of(target), policy),
            }


def dose_metric_rows(
    rows: StudyRows, plans: Mapping[str, PatientPlans], regions: Mapping[str, Region | None]
) -> list[Values]:
    """One row per figure of a course that has begun; ``regions`` by pseudonym."""
    found = []
    for facts, (course_id, number, structure, metric, unit, value, alpha_beta) in rows.of(
        DoseMetric,
        "course_id",
        "number",
        "structure",
        "metric",
        "unit",
        "value",
        "eqd2_alpha_beta_gy",
    ):
        plan = plans[facts.pseudonym].courses.get(course_id)
        if plan is None:
            continue
        dose = plan.dose_of(plan.main_target())
        row = keys_of(facts) | {
            "course": plan.number,
            "structure": structure,
            "metric": metric,
            "unit": unit,
            "value": value,
            "eqd2_alpha_beta_gy": alpha_beta,
            "fraction_count": dose.fraction_count if dose else None,
            "region": regions.get(facts.pseudonym),
        }
        found.append(((facts.pseudonym, plan.number, number), row))
    return [row for _place, row in sorted(found, key=lambda pair: pair[0])]


def _courses(plans: Mapping[str, PatientPlans]) -> Iterator[tuple[PatientFacts, Plan]]:
    for pseudonym in sorted(plans):
        patient = plans[pseudonym]
        for plan in sorted(patient.courses.values(), key=lambda row: row.number):
            yield patient.facts, plan


def _is_before_progression(anchors: Anchors) -> bool | None:
    """Whether the first course began before every dated progression; None without its first day.

    Without that day it stays open for everybody: an answer for those without a progression alone
    would make a group that cannot have one.
    """
    start = anchors.rt_start
    if start is None:
        return None
    failures = [row.day for row in anchors.facts.progressions if row.day is not None]
    return all(start.day < failure.day for failure in failures)


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    """The sum, None where there is no part or one is not known."""
    known = [part for part in parts if part is not None]
    return sum(known, Decimal()) if parts and len(known) == len(parts) else None


def _day(date: PartialDate | None) -> dt.date | None:
    return None if date is None else analysis_date(date)[0]
