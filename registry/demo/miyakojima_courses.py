"""Courses of the refractory series: targets, doses, techniques, plan figures, and their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from registry.demo.miyakojima_lives import NECK, WEDNESDAY
from registry.demo.miyakojima_people import NODES, PAIR, Person
from registry.demo.miyakojima_plans import (
    CONFORMAL_TARGETS,
    LONGEST_PATTERN,
    NECK_PATTERN,
    NODES_PATTERN,
    PAIR_PATTERN,
    PENCIL_BEAM_TARGETS,
    SHORTEST_PATTERN,
    Pattern,
    choose_targets,
    coverage,
    patterns_for,
    target_volumes,
)
from registry.demo.roster import last_fraction_day
from registry.demo.rows import NOT_DONE, PatientRows


@dataclass
class PlannedTarget:
    """A target with the places of its lesions among the patient's, its dose and its plan."""

    lesions: list[int]
    pattern: Pattern
    gtv_cm3: float
    ptv_cm3: float = 0.0
    d95_percent: float = 0.0
    d99_percent: float | None = None


@dataclass
class PlannedCourse:
    """A course: the targets that a patient's treatment from one day on has."""

    person: Person
    start: int
    targets: list[PlannedTarget] = field(default_factory=list)
    is_conformal: bool = False
    is_pencil_beam: bool = False

    @property
    def last_day(self) -> int:
        """Day of the last fraction."""
        patterns = {target.pattern for target in self.targets}
        if SHORTEST_PATTERN in patterns and len(patterns) == 1:
            # Two of the four fractions on one day: the published shortest term is three days.
            return self.start + 2
        fractions = max(fractions for _, fractions in patterns)
        weekday = (self.person.life.weekday + self.start) % 7
        return self.start + last_fraction_day(fractions, start_weekday=weekday)


def courses_of(
    found: list[Person], gtv: dict[int, list[float]], rng: Random
) -> list[PlannedCourse]:
    """Every course with its targets, doses and plan figures."""
    courses: list[PlannedCourse] = []
    groups: list[list[list[int]]] = []
    for person in found:
        for start in dict.fromkeys(person.life.starts):
            lesions = [i for i, day in enumerate(person.life.starts) if day == start]
            together = person.is_of(NODES) or person.is_of(PAIR)
            courses.append(PlannedCourse(person, start))
            groups.append([lesions] if together else [[lesion] for lesion in lesions])
    fixed = [_fixed_pattern(course) for course in courses]
    taken = [
        pattern
        for pattern, targets in zip(fixed, groups, strict=True)
        if pattern is not None
        for lesions in targets
        for _ in lesions
    ]
    open_sizes = [
        len(targets) for pattern, targets in zip(fixed, groups, strict=True) if not pattern
    ]
    dealt = iter(patterns_for(open_sizes, taken, rng))
    for course, pattern, targets in zip(courses, fixed, groups, strict=True):
        patterns = [pattern] * len(targets) if pattern else next(dealt)
        volumes = gtv[id(course.person)]
        course.targets = [
            PlannedTarget(lesions, dose, round(sum(volumes[i] for i in lesions), 1))
            for lesions, dose in zip(targets, patterns, strict=True)
        ]
    _give_plans(courses, rng)
    return courses


def _fixed_pattern(course: PlannedCourse) -> Pattern | None:
    """Doses that the paper's text gives, and the longest treatment."""
    person = course.person
    if person.is_of(NODES):
        return NODES_PATTERN
    if person.is_of(PAIR):
        return PAIR_PATTERN
    if NECK in person.life.tags:
        return NECK_PATTERN
    if WEDNESDAY in person.life.tags and course.start == 0:
        return LONGEST_PATTERN
    return None


def _give_plans(courses: list[PlannedCourse], rng: Random) -> None:
    sizes = [len(course.targets) for course in courses]
    conformal = choose_targets(sizes, CONFORMAL_TARGETS, rng)
    pencil_beam = choose_targets(sizes, PENCIL_BEAM_TARGETS, rng)
    for course, is_conformal, is_pencil_beam in zip(courses, conformal, pencil_beam, strict=True):
        course.is_conformal, course.is_pencil_beam = is_conformal, is_pencil_beam
    targets = [(course, target) for course in courses for target in course.targets]
    ptv = target_volumes([target.gtv_cm3 for _, target in targets], rng)
    covered = coverage([course.is_pencil_beam for course, _ in targets], rng)
    for (_, target), volume, (d95, d99) in zip(targets, ptv, covered, strict=True):
        target.ptv_cm3, target.d95_percent, target.d99_percent = volume, d95, d99


def write_course(rows: PatientRows, course: PlannedCourse, rng: Random) -> None:
    """The rows of a course with its targets and phases."""
    person = course.person
    again = person.relapse_in_field and course.start == 0
    moves = any(
        person.sites[lesion][0] in ("lung", "rib", "retroperitoneum")
        for target in course.targets
        for lesion in target.lesions
    )
    number = rows.add(
        "courses",
        intent="reirradiation" if again else "definitive",
        technique="3d_crt" if course.is_conformal else "imrt",
        radiation_type="photon",
        started_on=rows.on(course.start),
        ended_on=rows.on(course.last_day),
        is_completed=True,
        machine="Novalis (synthetic)",
        energy="6 MV",
        planning_system="BrainSCAN" if course.is_pencil_beam else "iPlan RT Dose 4.1.2",
        dose_algorithm="pencil_beam" if course.is_pencil_beam else "monte_carlo",
        ct_slice_mm=1.25,
        simulation_4d=moves,
        immobilisation="vacuum cushion",
        image_guidance="ExacTrac, six-axis couch",
        motion_management="itv" if moves else "none",
    )
    for place, target in enumerate(course.targets, start=1):
        dose_gy, fractions = target.pattern
        d99 = target.d99_percent
        rows.add(
            "targets",
            course=number,
            label=f"PTV{place}_{round(100 * dose_gy)}",
            gtv_cm3=target.gtv_cm3,
            ptv_cm3=target.ptv_cm3,
            ctv_margin_mm=0,
            ptv_margin_mm=rng.choice((2, 3, 5, 5, 5, 8)),
            ptv_d95_gy=round(dose_gy * target.d95_percent / 100, 2),
            gtv_d99_gy=NOT_DONE if d99 is None else round(dose_gy * d99 / 100, 2),
        )
        for lesion in target.lesions:
            rows.add("target_lesions", course=number, target=place, lesion=lesion + 1)
        rows.add(
            "phases",
            course=number,
            kind="initial",
            target=place,
            dose_gy=dose_gy,
            fraction_count=fractions,
        )
    if person.is_of(NODES):
        _write_heart(rows, number)


def _write_heart(rows: PatientRows, course: int) -> None:
    """The heart of the patient with the pericardial effusion, as published for 60 Gy."""
    for metric, value, unit, alpha_beta in (
        ("V30Gy", 6.0, "%", 3.0),
        ("Max", 62.4, "Gy", None),
        ("Mean", 8.64, "Gy", None),
    ):
        rows.add(
            "dose_metrics",
            course=course,
            structure="Heart",
            metric=metric,
            value=value,
            unit=unit,
            eqd2_alpha_beta_gy=alpha_beta,
        )
