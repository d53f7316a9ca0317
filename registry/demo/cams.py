"""Cohort after the post-operative IMRT series: 80 patients (docs/demo-cohorts.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from registry.demo.cams_lives import CLEAR, GRADES, MALE, SMALL, cams_lives
from registry.demo.cams_treatment import Treatment, treatment, write_treatment
from registry.demo.centres import PATIENTS
from registry.demo.course_of_events import Look, Tumour, write_events
from registry.demo.draw import deal, ramp, shuffled, some_of
from registry.demo.following import follow
from registry.demo.lives import Life
from registry.demo.placing import standings
from registry.demo.roster import Roster, add_baseline, histology
from registry.demo.rows import Folder, PatientRows
from registry.protocols.vocabulary import TimePoint

_KEY = "cams"
_LOOK = Look("mr", "chest", disease_free=True)
_MORPHOLOGY = {
    "8830/3": 19, "8850/3": 19, "8810/3": 12, "9040/3": 12,
    # What the 18 others were is not published.
    "8890/3": 6, "9540/3": 5, "8900/3": 3, "8804/3": 2, "9044/3": 2,
}  # fmt: skip
_EXTREMITY = {
    "thigh": 22, "lower_leg": 8, "upper_arm": 7, "forearm": 5, "shoulder": 4, "knee": 3, "hip": 2,
}  # fmt: skip
_TRUNK_WALL = {"back": 12, "abdominal_wall": 9, "flank": 4, "paraspinal": 4}
_EDEMA = (1, 1, 2, 2, 2, 3, 3, 3, 4)
_STIFFNESS = (1, 1, 2, 2)


@dataclass
class _Person:
    life: Life
    age: int
    morphology: str
    site: str
    is_extremity: bool
    size_cm: float
    depth: str
    grade: str
    stage: str
    residual: str
    setting: str = "primary"
    toxicities: list[tuple[str, int, int]] = field(default_factory=list)


def cams(rng: Random, monday: dt.date) -> list[Folder]:
    """The cohort as tables, one folder per centre.

    Raises:
        CohortError: the published figures are not met.
    """
    people = _people(cams_lives(rng), rng)
    roster = Roster.of(_KEY, "CAM", 301, PATIENTS[_KEY], monday, rng)
    standing = standings()
    boosts = _boosts(people, rng)
    for person, boost_gy in shuffled(list(zip(people, boosts, strict=True)), rng):
        _write(roster, person, boost_gy, standing, rng)
    return list(roster.folders.values())


def _people(lives: list[Life], rng: Random) -> list[_Person]:
    """The patients with the counts of the paper's Table 1."""
    ages = shuffled([*ramp(39, 5, 49, rng), 50, 50, *ramp(39, 51, 74, rng)], rng)
    small = iter(shuffled(ramp(39, 1.0, 5.0, rng, decimals=1), rng))
    large = iter(shuffled(ramp(41, 5.5, 22.0, rng, decimals=1, bend=2), rng))
    sites = [(site, True) for site, n in _EXTREMITY.items() for _ in range(n)]
    sites += [(site, False) for site, n in _TRUNK_WALL.items() for _ in range(n)]
    rng.shuffle(sites)
    depths = deal({"superficial": 30, "deep": 50}, rng)
    morphologies = deal(_MORPHOLOGY, rng)
    positive = iter(deal({"r1": 5, "r2": 4}, rng))
    people = []
    for index, life in enumerate(lives):
        is_small = SMALL in life.tags
        grade = next(tag for tag in GRADES if tag in life.tags).removeprefix("grade ")
        person = _Person(
            life=life,
            age=int(ages[index]),
            morphology=morphologies[index],
            site=sites[index][0],
            is_extremity=sites[index][1],
            size_cm=next(small if is_small else large),
            depth=depths[index],
            grade=grade,
            stage={"1": "I", "2": "II", "3": "II" if is_small else "III"}[grade],
            residual="r0" if CLEAR in life.tags else next(positive),
        )
        people.append(person)
    # The paper has 18 of grade 1 and 19 of stage I: one of grade 2 is among them.
    rng.choice([person for person in people if person.grade == "2"]).stage = "I"
    _give_toxicity(people, rng)
    return people


def _boosts(people: list[_Person], rng: Random) -> list[int]:
    """Boost dose (Gy) by margin: 10 to 16 after R0, 16 to 20 after R1 or R2."""
    after_r0 = iter(deal({10: 25, 14: 30, 16: 16}, rng))
    positive = iter(deal({16: 4, 20: 5}, rng))
    return [next(after_r0 if person.residual == "r0" else positive) for person in people]


def _give_toxicity(people: list[_Person], rng: Random) -> None:
    """Term, grade and day of onset (from surgery), as many as the paper reports."""
    limbs = [person for person in people if person.is_extremity and person.life.seen > 420]
    for person, grade in zip(some_of(limbs, len(_EDEMA), rng), _EDEMA, strict=True):
        person.toxicities.append(("Edema:limb", grade, rng.randint(200, 400)))
    # Grade 3: recurrent bulky disease at the hip joint.
    (hip,) = some_of([person for person in limbs if person.site == "hip"], 1, rng)
    hip.setting = "recurrence"
    hip.toxicities.append(("Joint-function", 3, rng.randint(220, 400)))
    stiff = some_of([person for person in limbs if person is not hip], len(_STIFFNESS), rng)
    for person, grade in zip(stiff, _STIFFNESS, strict=True):
        person.toxicities.append(("Joint-function", grade, rng.randint(220, 400)))
    (ulcer,) = some_of([person for person in limbs if not person.toxicities], 1, rng)
    ulcer.toxicities += [
        ("Rash: dermatitis associated with radiation - Select: Radiation", 3, 88),
        ("Wound complication, non-infectious", 3, 110),
        ("Ulceration", 3, 190),
    ]


def _write(
    roster: Roster, person: _Person, boost_gy: int, standing: Iterator[str], rng: Random
) -> None:
    life = person.life
    plan = treatment(life.weekday, boost_gy, rng)
    anchors = {
        TimePoint.SURGERY: 0,
        TimePoint.FIRST_RT_DAY: plan.first_day,
        TimePoint.LAST_RT_DAY: plan.last_day,
    }
    course = follow(life, _KEY, anchors, standing, rng, accrual_months=87)
    consent = rng.randint(5, 20)
    rows = roster.admit(
        sex="male" if MALE in life.tags else "female",
        age=person.age,
        lived=course.lived,
        consent_days=consent,
        rng=rng,
    )
    _write_history(rows, person, consent, rng)
    _write_plan(rows, person, plan, rng)
    add_baseline(
        rows,
        plan.first_day - 7,
        ecog=rng.choice((0, 0, 1)),
        setting=person.setting,
        concurrent_lesion_count=1,
    )
    to_measure = person.size_cm if person.residual == "r2" else None
    tumour = Tumour(1, person.site, to_measure, plan.first_day, life.local[0])
    write_events(rows, life, course.visits, [tumour], _LOOK, rng)
    for term, grade, onset in person.toxicities:
        rows.add(
            "toxicity_events",
            course=1,
            lesion=1,
            release="3.0",
            term=term,
            grade=grade,
            onset_on=rows.on(onset),
            attribution="probable",
            action="medication" if grade > 1 else "none",
            is_serious=grade > 3,
        )


def _write_history(rows: PatientRows, person: _Person, consent: int, rng: Random) -> None:
    diagnosed = -consent - rng.randint(10, 60)
    t_category = "1" if person.size_cm <= 5 else "2"
    rows.add(
        "diseases",
        # Of some the day of diagnosis is not known any more.
        diagnosed_on=rows.month_of(diagnosed) if rng.random() < 0.1 else rows.on(diagnosed),
        site=person.site,
        morphology=person.morphology,
        histology=histology(person.morphology),
        grade=person.grade,
        size_cm=person.size_cm,
        depth=person.depth,
        t_category=f"T{t_category}{'a' if person.depth == 'superficial' else 'b'}",
        n_category="N0",
        m_category="M0",
        ajcc_edition=7,
        ajcc_stage=person.stage,
        metastatic_at_diagnosis=False,
    )
    margin_mm = {"r0": rng.choice((1, 2, 3, 5, 8, 10)), "r1": 0.5, "r2": 0}[person.residual]
    rows.add(
        "surgeries",
        performed_on=rows.on(0),
        procedure="wide_excision",
        residual_tumour=person.residual,
        margin_mm=margin_mm,
        operation_count=2 if person.setting == "recurrence" else 1,
    )


def _write_plan(rows: PatientRows, person: _Person, plan: Treatment, rng: Random) -> None:
    rows.add(
        "lesions",
        site=person.site,
        description="Extremity" if person.is_extremity else "Trunk wall",
        status="postoperative_bed",
        longest_diameter_cm=person.size_cm,
    )
    write_treatment(rows, plan, person.size_cm, is_extremity=person.is_extremity, rng=rng)
