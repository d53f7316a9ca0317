"""Cohort after the carbon-ion series: 54 patients, one target each (docs/demo-cohorts.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from registry.demo.centres import PATIENTS
from registry.demo.cnao_lives import LAST_FRACTION, cnao_lives
from registry.demo.course_of_events import Look, Tumour, write_events
from registry.demo.draw import deal, ramp, shuffled, some_of, spread
from registry.demo.following import follow
from registry.demo.lives import Life
from registry.demo.placing import standings
from registry.demo.roster import Roster, add_baseline, diameter_cm, histology
from registry.demo.rows import UNKNOWN, Folder, PatientRows
from registry.protocols.vocabulary import TimePoint

_KEY = "cnao"
_LOOK = Look("mr", "chest_abdomen")
_MORPHOLOGY = {
    "9180/3": 13, "8815/3": 3, "9220/3": 21,
    # What the 17 "others" were is not published.
    "8802/3": 4, "8890/3": 3, "9040/3": 3, "9540/3": 3, "9364/3": 2, "8810/3": 2,
}  # fmt: skip
_SITES = {
    ("Pelvis", "ilium"): 12, ("Pelvis", "acetabulum"): 5, ("Pelvis", "pubis"): 4,
    ("Pelvis", "ischium"): 3, ("Pelvis", "presacral"): 3,
    ("Cervical spine", "cervical_spine"): 8,
    ("Thoracic spine and chest wall", "thoracic_spine"): 8,
    ("Thoracic spine and chest wall", "chest_wall"): 5,
    ("Lumbar spine", "lumbar_spine"): 6,
}  # fmt: skip
_GRADES = {"1": 11, "2": 12, "3": 23, "x": 8}
_SURGERY = {"r2": 17, "r1": 8, "": 29}
_DOSES = {70.4: 12, 72.0: 6, 73.6: 20, 75.2: 4, 76.8: 12}
_FRACTIONS = 16
_LARGE_GTV_CM3 = 1000
_CAUSES = {"disease": 6, "other": 5, "unknown": 4}
_LOST = 4


@dataclass
class _Person:
    life: Life
    age: int
    sex: str
    morphology: str
    grade: str
    category: str
    site: str
    residual: str
    is_recurrent: bool
    had_chemotherapy: bool
    dose_gy: float
    gtv_cm3: float
    ptv_cm3: float
    cause: str = ""
    is_lost: bool = False
    toxicities: list[tuple[str, int, int]] = field(default_factory=list)


def cnao(rng: Random, monday: dt.date) -> list[Folder]:
    """The cohort as tables, one folder per centre.

    Raises:
        CohortError: the published figures are not met.
    """
    people = _people(cnao_lives(rng), rng)
    roster = Roster.of(_KEY, "CNA", 201, PATIENTS[_KEY], monday, rng)
    standing = standings()
    for person in shuffled(people, rng):
        _write(roster, person, standing, rng)
    return list(roster.folders.values())


def _people(lives: list[Life], rng: Random) -> list[_Person]:
    """The patients with the counts of the paper's Table II; the large tumours failed more often."""
    count = len(lives)
    lives = sorted(lives, key=lambda life: (life.local[0] is None, rng.random()))
    volumes = _volumes(rng)
    large = [pair for pair in volumes if pair[0] > _LARGE_GTV_CM3]
    others = shuffled([pair for pair in volumes if pair[0] <= _LARGE_GTV_CM3], rng)
    # Five of the eight large tumours are among the fifteen that failed.
    volumes = [*large[:5], *others[:10], *large[5:], *others[10:]]
    ages = shuffled(spread(count, 19, 50, 79, rng), rng)
    sexes = deal({"male": 32, "female": 22}, rng)
    morphologies = deal(_MORPHOLOGY, rng)
    grades = deal(_GRADES, rng)
    sites = deal(_SITES, rng)
    surgery = deal(_SURGERY, rng)
    recurrent = _recurrent(surgery, rng)
    chemotherapy = deal({True: 22, False: 32}, rng)
    doses = deal(_DOSES, rng)
    people = [
        _Person(
            life=lives[i],
            age=int(ages[i]),
            sex=sexes[i],
            morphology=morphologies[i],
            grade=grades[i],
            category=sites[i][0],
            site=sites[i][1],
            residual=surgery[i],
            is_recurrent=i in recurrent,
            had_chemotherapy=chemotherapy[i],
            dose_gy=doses[i],
            gtv_cm3=volumes[i][0],
            ptv_cm3=volumes[i][1],
        )
        for i in range(count)
    ]
    _give_outcomes(people, rng)
    return people


def _volumes(rng: Random) -> list[tuple[float, float]]:
    """GTV and PTV (cm³) in pairs of equal rank; eight GTVs are larger than 1,000 cm³."""
    gtv = [
        *ramp(26, 72, 262, rng, decimals=2),
        *(268.51, 268.51),
        *ramp(18, 281, 985, rng, decimals=2),
        *ramp(8, 1040, 3199.74, rng, decimals=2, bend=2),
    ]
    ptv = spread(54, 178, 1177.93, 6596.99, rng, decimals=2)
    return list(zip(gtv, ptv, strict=True))


def _recurrent(surgery: list[str], rng: Random) -> set[int]:
    """Thirteen recurrences, all of them operated on before."""
    operated = [index for index, residual in enumerate(surgery) if residual]
    return set(some_of(operated, 13, rng))


def _give_outcomes(people: list[_Person], rng: Random) -> None:
    """Causes of death, losses and toxicities, as many as the paper reports."""
    dead = sorted(
        (person for person in people if person.life.died),
        key=lambda person: person.life.first_progression is None,
    )
    for person, cause in zip(dead, (c for c, n in _CAUSES.items() for _ in range(n)), strict=True):
        person.cause = cause
    alive = [
        person
        for person in people
        if not person.life.died and person.life.first_progression is None
    ]
    for person in some_of(alive, _LOST, rng):
        person.is_lost = True
    late = [person for person in people if person.life.seen > 420]
    for person, term in zip(
        some_of(late, 2, rng),
        ("Peripheral sensory neuropathy", "Peripheral motor neuropathy"),
        strict=True,
    ):
        person.toxicities.append((term, 3, rng.randint(200, 400)))
    # Acute toxicity was "mild, no higher than grade 2"; the numbers are made up.
    for person, grade in zip(some_of(people, 24, rng), [1] * 18 + [2] * 6, strict=True):
        person.toxicities.append(("Dermatitis radiation", grade, rng.randint(14, 40)))


def _write(roster: Roster, person: _Person, standing: Iterator[str], rng: Random) -> None:
    life = person.life
    anchors = {TimePoint.FIRST_RT_DAY: 0, TimePoint.LAST_RT_DAY: LAST_FRACTION}
    course = follow(life, _KEY, anchors, standing, rng, accrual_months=69, is_lost=person.is_lost)
    consent = rng.randint(10, 24)
    rows = roster.admit(
        sex=person.sex, age=person.age, lived=course.lived, consent_days=consent, rng=rng
    )
    _write_history(rows, person, consent, rng)
    _write_treatment(rows, person)
    kps = rng.choice((70, 80, 90, 90, 100))
    add_baseline(
        rows,
        -consent,
        ecog={70: 1, 80: 1, 90: 1, 100: 0}[kps],
        kps=kps,
        setting="recurrence" if person.is_recurrent else "primary",
        concurrent_lesion_count=1,
    )
    tumour = Tumour(1, person.site, diameter_cm(person.gtv_cm3), 0, life.local[0])
    write_events(
        rows, life, course.visits, [tumour], _LOOK, rng, cause=person.cause, is_lost=person.is_lost
    )
    for term, grade, onset in person.toxicities:
        rows.add(
            "toxicity_events",
            course=1,
            lesion=1,
            release="4.03",
            term=term,
            grade=grade,
            onset_on=rows.on(onset),
            resolved_on=rows.on(onset + 30) if grade < 3 else None,
            attribution="definite" if grade < 3 else "probable",
            action="medication" if grade > 1 else "none",
            is_serious=grade > 2,
        )


def _write_history(rows: PatientRows, person: _Person, consent: int, rng: Random) -> None:
    diagnosed = -consent - rng.randint(40, 120) - (rng.randint(300, 1200) * person.is_recurrent)
    rows.add(
        "diseases",
        diagnosed_on=rows.on(diagnosed),
        site=person.site,
        morphology=person.morphology,
        histology=histology(person.morphology),
        grade=person.grade,
        size_cm=UNKNOWN,
    )
    if person.residual:
        rows.add(
            "surgeries",
            performed_on=rows.on(diagnosed + 20),
            procedure="intralesional_excision" if person.residual == "r2" else "marginal_excision",
            residual_tumour=person.residual,
        )
    if person.had_chemotherapy:
        rows.add(
            "systemic_therapies",
            kind="chemotherapy",
            timing="neoadjuvant",
            regimen="doxorubicin, cisplatin",
            started_on=rows.on(-consent - 35),
            ended_on=rows.on(-consent),
        )


def _write_treatment(rows: PatientRows, person: _Person) -> None:
    moves = person.category == "Thoracic spine and chest wall"
    rows.add(
        "lesions",
        site=person.site,
        description=person.category,
        status="local_relapse" if person.is_recurrent else "unresectable_primary",
        longest_diameter_cm=diameter_cm(person.gtv_cm3),
        gtv_cm3=person.gtv_cm3,
    )
    rows.add(
        "courses",
        intent="definitive",
        technique="carbon",
        radiation_type="carbon",
        started_on=rows.on(0),
        ended_on=rows.on(LAST_FRACTION),
        is_completed=True,
        interruption_days=0,
        rbe_model="lem_i",
        machine="Synchrotron, active scanning (synthetic)",
        planning_system="Syngo RT Planning",
        ct_slice_mm=2.0,
        simulation_4d=moves,
        immobilisation="thermoplastic mask, polystyrene pillow",
        motion_management="gating" if moves else "none",
    )
    rows.add(
        "targets",
        course=1,
        label="PTV",
        gtv_cm3=person.gtv_cm3,
        ptv_cm3=person.ptv_cm3,
        ctv_margin_mm=10,
        ptv_margin_mm=5 if moves else 3,
    )
    rows.add("target_lesions", course=1, target=1, lesion=1)
    rows.add(
        "phases",
        course=1,
        kind="initial",
        dose_gy=person.dose_gy,
        fraction_count=_FRACTIONS,
        fractions_per_week=4,
    )
