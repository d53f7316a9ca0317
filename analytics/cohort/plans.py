"""Courses as they were planned: phases, targets, and the lesions that these treat."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from analytics.cohort.frames import Values
from analytics.extract.days import day_of
from analytics.extract.facts import PatientFacts
from analytics.extract.rows import StudyRows
from analytics.extract.tables import DateText
from registry.derive import CourseDose, course_dose, phases_of, term_days
from registry.models import Course, Lesion, Phase, Target, TargetLesion
from registry.partial_date import PartialDate
from registry.protocols.types import DosePolicy

COURSE_COLUMNS = (
    "intent",
    "technique",
    "radiation_type",
    "rbe_model",
    "is_completed",
    "interruption_days",
)
TARGET_COLUMNS = (
    "gtv_cm3",
    "ctv_cm3",
    "itv_cm3",
    "ptv_cm3",
    "prescription_isodose_percent",
    "ptv_coverage_percent",
    "ptv_d95_gy",
    "gtv_d99_gy",
    "conformity_index",
    "new_conformity_index",
    "homogeneity_index",
)
LESION_COLUMNS = ("site", "status", "longest_diameter_cm", "gtv_cm3")


class PlanPhase(NamedTuple):
    """A phase; ``target`` is the key of its target, None where it doses all of the course."""

    number: int
    kind: str
    target: int | None
    dose_gy: Decimal | None
    fraction_count: int | None
    fractions_per_week: int | None


@lru_cache(maxsize=4096)
def _dose(phases: tuple[PlanPhase, ...]) -> CourseDose | None:
    return course_dose(phases)


@dataclass(slots=True)
class PlanLesion:
    """A lesion with its values by column, and the days on which it was found and recurred."""

    id: int
    number: int
    values: Values
    found: str | None
    recurred: str | None


@dataclass(slots=True)
class PlanTarget:
    """A target with its values by column and the lesions that it treats."""

    id: int
    number: int
    values: Values
    lesions: list[PlanLesion] = field(default_factory=list)

    def gtv_cm3(self) -> Decimal | None:
        """The target's gross tumour volume, else the sum over its lesions where all have one."""
        own: Decimal | None = self.values["gtv_cm3"]
        parts = [lesion.values["gtv_cm3"] for lesion in self.lesions]
        if own is None and parts and None not in parts:
            return sum(parts, Decimal())
        return own


@dataclass(slots=True)
class Plan:
    """A course. Dates are None where they are not on file or lie after the cut."""

    id: int
    number: int
    values: Values
    start: PartialDate | None
    end: PartialDate | None
    phases: list[PlanPhase] = field(default_factory=list)
    targets: list[PlanTarget] = field(default_factory=list)

    def dose_of(self, target: PlanTarget | None = None) -> CourseDose | None:
        """Dose of a target, or of all phases together where none is given."""
        return _dose(tuple(phases_of(self.phases, target.id if target else None)))

    def main_target(self) -> PlanTarget | None:
        """The target with the highest dose, the lowest numbered of equal ones."""
        doses = [(target, self.dose_of(target)) for target in self.targets]
        known = [(target, dose.total_gy) for target, dose in doses if dose is not None]
        return max(known, key=lambda pair: (pair[1], -pair[0].number))[0] if known else None

    def main_phases(self) -> list[PlanPhase]:
        """The phases of the target with the highest dose; all where the targets have none."""
        target = self.main_target()
        return phases_of(self.phases, target.id if target else None)

    def term_days(self) -> int | None:
        """Overall treatment time in days, both ends counted."""
        return term_days(self.start, self.end)


@dataclass(slots=True)
class PatientPlans:
    """Courses that have begun, by key, and every lesion, by key."""

    facts: PatientFacts
    courses: dict[int, Plan] = field(default_factory=dict)
    lesions: dict[int, PlanLesion] = field(default_factory=dict)


def dose_values(dose: CourseDose | None, policy: DosePolicy) -> Values:
    """Dose, fractions, and BED and EQD2 by the protocol's α/β; nothing where no dose is known."""
    if dose is None:
        return {}
    return dict(_figures(dose, policy.alpha_beta_tumour, policy.alpha_beta_normal))


# A study has few different doses: each is computed once, not once per target, lesion and course.
@lru_cache(maxsize=4096)
def _figures(dose: CourseDose, tumour: float, normal: float) -> Values:
    return {
        "dose_gy": dose.total_gy,
        "fraction_count": dose.fraction_count,
        "dose_per_fraction_gy": dose.dose_per_fraction_gy,
        "bed_tumour_gy": dose.bed_gy(tumour),
        "bed_normal_gy": dose.bed_gy(normal),
        "eqd2_tumour_gy": dose.eqd2_gy(tumour),
        "eqd2_normal_gy": dose.eqd2_gy(normal),
    }


def read_plans(rows: StudyRows) -> dict[str, PatientPlans]:
    """The plans by pseudonym, in five queries."""
    plans = {facts.pseudonym: PatientPlans(facts) for facts in rows.patients.values()}
    for facts, (pk, number, started, ended, *values) in rows.of(
        Course, "pk", "number", DateText("started_on"), DateText("ended_on"), *COURSE_COLUMNS
    ):
        start, end = _known(facts, started), _known(facts, ended)
        # A course whose first day (or only day on file) lies after the cut has not begun.
        if (start or end) or not (started or ended):
            named = dict(zip(COURSE_COLUMNS, values, strict=True))
            plans[facts.pseudonym].courses[pk] = Plan(pk, number, named, start, end)
    _read_lesions(rows, plans)
    _read_targets(rows, plans)
    for patient in plans.values():
        _leave_out_undated(patient)
        for course in patient.courses.values():
            course.phases.sort(key=lambda phase: phase.number)
            course.targets.sort(key=lambda target: target.number)
    return plans


def _read_lesions(rows: StudyRows, plans: dict[str, PatientPlans]) -> None:
    for facts, (pk, number, found, recurred, *values) in rows.of(
        Lesion, "pk", "number", DateText("found_on"), DateText("recurred_on"), *LESION_COLUMNS
    ):
        named = dict(zip(LESION_COLUMNS, values, strict=True))
        plans[facts.pseudonym].lesions[pk] = PlanLesion(pk, number, named, found, recurred)


def _read_targets(rows: StudyRows, plans: dict[str, PatientPlans]) -> None:
    targets: dict[int, PlanTarget] = {}
    for facts, (course_id, pk, number, *values) in rows.of(
        Target, "course_id", "pk", "number", *TARGET_COLUMNS
    ):
        course = plans[facts.pseudonym].courses.get(course_id)
        if course is not None:
            named = dict(zip(TARGET_COLUMNS, values, strict=True))
            targets[pk] = PlanTarget(pk, number, named)
            course.targets.append(targets[pk])
    for facts, (target_id, lesion_id) in rows.of(TargetLesion, "target_id", "lesion_id"):
        lesion = plans[facts.pseudonym].lesions.get(lesion_id)
        if lesion is not None and target_id in targets:
            targets[target_id].lesions.append(lesion)
    for facts, (course_id, *phase) in rows.of(
        Phase,
        "course_id",
        "number",
        "kind",
        "target_id",
        "dose_gy",
        "fraction_count",
        "fractions_per_week",
    ):
        course = plans[facts.pseudonym].courses.get(course_id)
        if course is not None:
            course.phases.append(PlanPhase(*phase))


def _leave_out_undated(patient: PatientPlans) -> None:
    """A course without any date may be planned only: none while another one has a date."""
    dated = {pk: plan for pk, plan in patient.courses.items() if plan.start or plan.end}
    if dated:
        patient.courses = dated


def _known(facts: PatientFacts, text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text and facts.knows(day_of(text)) else None
