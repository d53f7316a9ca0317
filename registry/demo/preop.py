"""Cohort of pre-operative radiotherapy after the review's series: 60 patients
(docs/demo-cohorts.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from registry.demo.centres import PATIENTS
from registry.demo.course_of_events import Look, Tumour, write_events
from registry.demo.draw import MONTH_DAYS, deal, ramp, shuffled, some_of, spread
from registry.demo.following import FollowUpCourse, follow
from registry.demo.lives import Life
from registry.demo.moves import workday
from registry.demo.placing import standings
from registry.demo.preop_lives import COMPLETE_MONTHS, HEALING, WAITING, preop_lives
from registry.demo.roster import Roster, add_baseline, histology, last_fraction_day, sphere_cm3
from registry.demo.rows import Folder, PatientRows
from registry.demo.visits import Visit
from registry.protocols.vocabulary import Item, TimePoint

_KEY = "preop"
_LOOK = Look("mr", "chest", disease_free=True)
_MYXOID = "8852/3"
# None of this is published for the series taken; the review names the commonest types and sites.
_MORPHOLOGY = {
    "8802/3": 16, "8811/3": 10, "8858/3": 8, _MYXOID: 6, "8890/3": 7, "9040/3": 7, "9540/3": 6,
}  # fmt: skip
_SITES = {
    "thigh": 26, "buttock": 5, "knee": 5, "lower_leg": 10, "upper_arm": 7, "forearm": 4,
    "shoulder": 3,
}  # fmt: skip
_MARGINS = {"r0": 51, "r1": 7, "r2": 1}
_GRADES = {"1": 5, "2": 20, "3": 35}
_STANDARD, _REDUCED = (50, 25), (36, 18)
_WOUND = {3: 10, 2: 11}
_LATE = {
    "Fibrosis deep connective tissue": 19,
    "Edema limbs": 9,
    "Joint range of motion decreased": 11,
}
_FIVE_YEARS = 1826
_WAITS_SINCE_DAY = 70


@dataclass
class _Person:
    life: Life
    age: int
    sex: str
    morphology: str
    grade: str
    site: str
    size_cm: float
    surgery: int | None
    residual: str
    toxicities: list[tuple[str, int, int, str]] = field(default_factory=list)

    @property
    def dose(self) -> tuple[int, int]:
        return _REDUCED if self.morphology == _MYXOID else _STANDARD

    @property
    def last_day(self) -> int:
        return last_fraction_day(self.dose[1])


def preop(rng: Random, monday: dt.date) -> list[Folder]:
    """The cohort as tables, one folder per centre.

    Raises:
        CohortError: the published figures are not met.
    """
    people = _people(preop_lives(rng), rng)
    roster = Roster.of(_KEY, "PRE", 401, PATIENTS[_KEY], monday, rng)
    standing = standings()
    for person in shuffled(people, rng):
        _write(roster, person, standing, rng)
    return list(roster.folders.values())


def _people(lives: list[Life], rng: Random) -> list[_Person]:
    count = len(lives)
    ages = shuffled(spread(count, 20, 56, 84, rng), rng)
    sexes = deal({"male": 33, "female": 27}, rng)
    morphologies = deal(_MORPHOLOGY, rng)
    grades = deal(_GRADES, rng)
    sites = deal(_SITES, rng)
    sizes = shuffled(ramp(count, 5.2, 24.0, rng, decimals=1, bend=2), rng)
    margins = iter(deal(_MARGINS, rng))
    people = []
    for index, life in enumerate(lives):
        person = _Person(
            life=life,
            age=int(ages[index]),
            sex=sexes[index],
            morphology=morphologies[index],
            grade=grades[index],
            site=sites[index],
            size_cm=sizes[index],
            surgery=None,
            residual="",
        )
        if WAITING not in life.tags:
            # Four to six weeks after the end of radiotherapy.
            person.surgery = workday(person.last_day + rng.randint(30, 42), life)
            person.residual = next(margins)
            if not life.died and life.end > COMPLETE_MONTHS * MONTH_DAYS:
                life.end = workday(person.surgery + _FIVE_YEARS + rng.randint(-2, 10), life)
        people.append(person)
    _give_toxicity(people, rng)
    return people


def _give_toxicity(people: list[_Person], rng: Random) -> None:
    """21 wound complications within 120 days of surgery, late toxicity of grade 2 or more."""
    operated = [person for person in people if person.surgery and HEALING not in person.life.tags]
    grades = [grade for grade, count in _WOUND.items() for _ in range(count)]
    for person, grade in zip(some_of(operated, len(grades), rng), grades, strict=True):
        onset = (person.surgery or 0) + rng.randint(8, 112)
        action = "surgery" if grade == 3 else "medication"
        person.toxicities.append(("Wound complication", grade, onset, action))
    late = [person for person in operated if person.life.seen > 480]
    for term, count in _LATE.items():
        for place, person in enumerate(some_of(late, count, rng)):
            grade = 3 if place < 2 else 2
            person.toxicities.append((term, grade, rng.randint(260, 460), "medication"))


def _follow(person: _Person, standing: Iterator[str], rng: Random) -> FollowUpCourse:
    if person.surgery is None:
        seen = Visit(person.life.seen, frozenset({Item.CLINIC, Item.TOXICITY}))
        return FollowUpCourse([seen], _WAITS_SINCE_DAY)
    anchors = {
        TimePoint.FIRST_RT_DAY: 0,
        TimePoint.LAST_RT_DAY: person.last_day,
        TimePoint.SURGERY: person.surgery,
    }
    return follow(person.life, _KEY, anchors, standing, rng, accrual_months=100)


def _write(roster: Roster, person: _Person, standing: Iterator[str], rng: Random) -> None:
    life = person.life
    course = _follow(person, standing, rng)
    consent = rng.randint(7, 21)
    rows = roster.admit(
        sex=person.sex, age=person.age, lived=course.lived, consent_days=consent, rng=rng
    )
    diagnosed = -consent - rng.randint(7, 50)
    rows.add(
        "diseases",
        diagnosed_on=rows.month_of(diagnosed) if rng.random() < 0.1 else rows.on(diagnosed),
        site=person.site,
        morphology=person.morphology,
        histology=histology(person.morphology),
        grade=person.grade,
        size_cm=person.size_cm,
        depth="deep",
        metastatic_at_diagnosis=False,
    )
    rows.add(
        "lesions",
        site=person.site,
        status="resectable_primary",
        longest_diameter_cm=person.size_cm,
        gtv_cm3=sphere_cm3(person.size_cm),
        found_on=rows.on(-consent - 7),
    )
    _write_treatment(rows, person, rng)
    add_baseline(
        rows,
        -consent,
        ecog=rng.choice((0, 0, 1)),
        setting="primary",
        concurrent_lesion_count=1,
    )
    tumour = Tumour(1, person.site, None, 0, life.local[0])
    write_events(rows, life, course.visits, [tumour], _LOOK, rng)
    for term, grade, onset, action in person.toxicities:
        rows.add(
            "toxicity_events",
            course=1,
            lesion=1,
            release="5.0",
            term=term,
            grade=grade,
            onset_on=rows.on(onset),
            attribution="probable",
            action=action,
            is_serious=action == "surgery",
        )


def _write_treatment(rows: PatientRows, person: _Person, rng: Random) -> None:
    dose_gy, fractions = person.dose
    rows.add(
        "courses",
        intent="preoperative",
        technique=rng.choice(("imrt", "vmat", "vmat")),
        radiation_type="photon",
        started_on=rows.on(0),
        ended_on=rows.on(person.last_day),
        is_completed=True,
        machine="Linear accelerator (synthetic)",
        energy="6 MV",
        ct_slice_mm=3.0,
        image_guidance="daily cone-beam CT",
    )
    rows.add(
        "targets",
        course=1,
        label=f"PTV_{100 * dose_gy}",
        gtv_cm3=sphere_cm3(person.size_cm),
        ctv_cm3=sphere_cm3(person.size_cm + 3.0),
        ptv_cm3=sphere_cm3(person.size_cm + 4.0),
        ctv_margin_mm=15,
        ptv_margin_mm=5,
    )
    rows.add("target_lesions", course=1, target=1, lesion=1)
    rows.add(
        "phases",
        course=1,
        kind="initial",
        dose_gy=dose_gy,
        fraction_count=fractions,
        fractions_per_week=5,
    )
    if person.surgery is None:
        return
    margin_mm = {"r0": rng.choice((1, 2, 4, 8, 15)), "r1": 0.5, "r2": 0}[person.residual]
    rows.add(
        "surgeries",
        performed_on=rows.on(person.surgery),
        procedure="wide_excision",
        residual_tumour=person.residual,
        margin_mm=margin_mm,
        operation_count=1,
    )
    failed = person.life.local[0]
    if failed is not None and failed + 21 <= person.life.seen and person.grade == "3":
        rows.add(
            "surgeries",
            performed_on=rows.on(failed + 21),
            procedure="amputation",
            residual_tumour="r0",
            operation_count=2,
        )
