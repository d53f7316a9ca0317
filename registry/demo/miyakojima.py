"""Cohort after the series of refractory sarcoma: 28 patients, 67 lesions (docs/demo-cohorts.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from registry.demo.centres import PATIENTS
from registry.demo.course_of_events import Look, Tumour, write_events
from registry.demo.draw import days, shuffled
from registry.demo.following import follow
from registry.demo.miyakojima_lives import NECK, SINGLE, WEDNESDAY, miyakojima_lives
from registry.demo.miyakojima_people import NODES, PAIR, Person, people
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
    lesion_volumes,
    patterns_for,
    target_volumes,
)
from registry.demo.placing import standings
from registry.demo.roster import (
    Roster,
    add_baseline,
    diameter_cm,
    histology,
    last_fraction_day,
)
from registry.demo.rows import NOT_DONE, Folder, PatientRows
from registry.protocols.vocabulary import TimePoint

_KEY = "miyakojima"
_LOOK = Look("mr", "chest_abdomen")


@dataclass
class _Target:
    lesions: list[int]
    pattern: Pattern
    gtv_cm3: float
    ptv_cm3: float = 0.0
    d95_percent: float = 0.0
    d99_percent: float | None = None


@dataclass
class _Course:
    person: Person
    start: int
    targets: list[_Target] = field(default_factory=list)
    is_conformal: bool = False
    is_pencil_beam: bool = False

    @property
    def last_day(self) -> int:
        patterns = {target.pattern for target in self.targets}
        if SHORTEST_PATTERN in patterns and len(patterns) == 1:
            # Two of the four fractions on one day: the published shortest term is three days.
            return self.start + 2
        fractions = max(fractions for _, fractions in patterns)
        weekday = (self.person.life.weekday + self.start) % 7
        return self.start + last_fraction_day(fractions, start_weekday=weekday)


def miyakojima(rng: Random, monday: dt.date) -> list[Folder]:
    """The cohort as tables, one folder per centre.

    Raises:
        CohortError: the published figures are not met.
    """
    found = people(miyakojima_lives(rng), rng)
    volumes = iter(lesion_volumes(rng))
    gtv = {id(person): [next(volumes) for _ in person.sites] for person in found}
    courses = _courses(found, gtv, rng)
    roster = Roster.of(_KEY, "MIY", 1, PATIENTS[_KEY], monday, rng)
    standing = standings(9)
    for person in shuffled(found, rng):
        own = [course for course in courses if course.person is person]
        _write(roster, person, own, gtv[id(person)], standing, rng)
    return list(roster.folders.values())


def _courses(found: list[Person], gtv: dict[int, list[float]], rng: Random) -> list[_Course]:
    """Every course with its targets, doses and plan figures."""
    courses: list[_Course] = []
    groups: list[list[list[int]]] = []
    for person in found:
        for start in dict.fromkeys(person.life.starts):
            lesions = [i for i, day in enumerate(person.life.starts) if day == start]
            together = person.is_of(NODES) or person.is_of(PAIR)
            courses.append(_Course(person, start))
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
            _Target(lesions, dose, round(sum(volumes[i] for i in lesions), 1))
            for lesions, dose in zip(targets, patterns, strict=True)
        ]
    _give_plans(courses, rng)
    return courses


def _fixed_pattern(course: _Course) -> Pattern | None:
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


def _give_plans(courses: list[_Course], rng: Random) -> None:
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


def _write(
    roster: Roster,
    person: Person,
    courses: list[_Course],
    gtv: list[float],
    standing: Iterator[str],
    rng: Random,
) -> None:
    life = person.life
    anchors = {TimePoint.FIRST_RT_DAY: 0, TimePoint.LAST_RT_DAY: courses[0].last_day}
    course = follow(life, _KEY, anchors, standing, rng, accrual_months=83)
    consent = rng.randint(4, 14)
    rows = roster.admit(
        sex=person.sex, age=person.age, lived=course.lived, consent_days=consent, rng=rng
    )
    _write_history(rows, person, rng)
    for (site, status), volume, start in zip(person.sites, gtv, life.starts, strict=True):
        rows.add(
            "lesions",
            site=site,
            status=status,
            longest_diameter_cm=diameter_cm(volume),
            gtv_cm3=volume,
            found_on=rows.on(start - 10),
        )
    for one in courses:
        _write_course(rows, one, rng)
    add_baseline(
        rows,
        -consent,
        ecog=person.ecog,
        kps=person.kps,
        cci=person.cci,
        cci_age_adjusted=person.cci + person.age_points,
        setting=person.setting,
        concurrent_lesion_count=life.starts.count(0),
        viable_sites="single" if SINGLE in life.tags else "multiple",
    )
    tumours = [
        Tumour(i + 1, person.sites[i][0], diameter_cm(gtv[i]), life.starts[i], life.local[i])
        for i in range(len(gtv))
    ]
    write_events(rows, life, course.visits, tumours, _LOOK, rng)
    for term, grade, onset, action in person.toxicities:
        rows.add(
            "toxicity_events",
            course=1,
            lesion=1,
            release="3.0",
            term=term,
            grade=grade,
            onset_on=rows.on(onset),
            resolved_on=rows.on(onset + 20) if onset + 20 <= life.seen else None,
            attribution="possible" if grade == 4 else "definite",
            action=action,
            is_serious=grade > 3,
        )


def _write_history(rows: PatientRows, person: Person, rng: Random) -> None:
    diagnosed = -days(person.months_since_diagnosis)
    rows.add(
        "diseases",
        diagnosed_on=rows.on(diagnosed),
        site=person.primary_site,
        morphology=person.morphology,
        histology=histology(person.morphology),
        metastatic_at_diagnosis=False,
    )
    if person.prior_rt:
        rows.add(
            "prior_radiotherapies",
            site=person.sites[0][0] if person.relapse_in_field else person.primary_site,
            radiation_type=rng.choice(("photon", "photon", "photon", "proton", "carbon")),
            dose_gy=rng.choice((50, 60, 64, 70.4)),
            fraction_count=rng.choice((16, 25, 30)),
            ended_on=rows.month_of(diagnosed // 3),
            relapse_in_field=person.relapse_in_field,
        )


def _write_course(rows: PatientRows, course: _Course, rng: Random) -> None:
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
