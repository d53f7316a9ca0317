"""Cohort after the SBRT series: 68 screened, 37 patients, 58 lesions (docs/demo-cohorts.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from registry.demo.centres import PATIENTS
from registry.demo.course_of_events import Look, Tumour, write_events
from registry.demo.draw import days, deal, shuffled, some_of, spread
from registry.demo.following import follow
from registry.demo.jinling_lives import G1, jinling_lives
from registry.demo.jinling_treatment import Plan, SbrtLesion, lesions_of, plans, write_course
from registry.demo.lives import Life
from registry.demo.placing import standings
from registry.demo.roster import Roster, add_baseline, histology, sphere_cm3
from registry.demo.rows import Folder, PatientRows
from registry.protocols.vocabulary import TimePoint

_MORPHOLOGY = {
    "8890/3": 5,
    "8811/3": 5, "8810/3": 2, "8825/1": 1, "8815/3": 1, "8821/1": 1, "8832/1": 1,
    "8805/3": 3, "8801/3": 1, "9051/3": 1, "8930/3": 1, "9581/3": 1, "9040/3": 1,
    "8858/3": 3, "8852/3": 2,
    "9120/3": 3,
    "8910/3": 1, "8901/3": 1, "8920/3": 1,
    "8800/3": 2,
}  # fmt: skip
_SYSTEMIC = {
    "recurrence": {"chemotherapy": 7, "targeted": 2, "interventional": 2, "": 7},
    "oligometastasis": {"chemotherapy": 11, "targeted": 2, "immunotherapy": 1, "": 5},
}
_CHEMOTHERAPY = {"before": 9, "after": 5, "concurrent": 4}
_NOT_ENROLLED = {"too_many_lesions": 17, "other_histology": 8, "incomplete_treatment": 6}
_LOOK = Look("ct", "chest_abdomen")
_KEY = "jinling"
_PRIMARIES = ("thigh", "retroperitoneum", "uterus", "buttock", "trunk_wall", "lower_leg")
_REGIMENS = {
    "chemotherapy": "doxorubicin, ifosfamide",
    "targeted": "anlotinib",
    "immunotherapy": "PD-1 inhibitor",
    "interventional": "arterial embolisation",
}


@dataclass
class _Person:
    life: Life
    age: int
    sex: str
    morphology: str
    grade: str
    setting: str
    therapy: str
    timing: str
    treated: list[tuple[SbrtLesion, Plan]]
    operations: int = 0
    months_to_relapse: int | None = None
    adjuvant: bool = False
    prior_rt: bool = False
    toxicities: list[tuple[str, int, int]] = field(default_factory=list)

    def has(self, category: str) -> bool:
        return any(lesion.category == category for lesion, _ in self.treated)


def jinling(rng: Random, monday: dt.date) -> list[Folder]:
    """The cohort as tables, one folder per centre.

    Raises:
        CohortError: the published figures are not met.
    """
    people = _people(jinling_lives(rng), rng)
    roster = Roster.of(_KEY, "JIN", 101, PATIENTS[_KEY], monday, rng)
    standing = standings()
    for person in shuffled(people, rng):
        _write(roster, person, standing, rng)
    folders = list(roster.folders.values())
    _screen(folders, monday, rng)
    return folders


def _people(lives: list[Life], rng: Random) -> list[_Person]:
    """The patients with the counts of the paper's Table 1 and text."""
    # Recurrences have one lesion each.
    lives = sorted(lives, key=lambda life: len(life.starts))
    ages = iter(shuffled(spread(len(lives), 19, 58, 82, rng), rng))
    sexes = iter(deal({"male": 25, "female": 12}, rng))
    morphologies = iter(deal(_MORPHOLOGY, rng))
    higher_grades = iter(deal({"2": 4, "3": 14}, rng))
    therapies = {setting: iter(deal(counts, rng)) for setting, counts in _SYSTEMIC.items()}
    timings = iter(deal(_CHEMOTHERAPY, rng))
    lesions = {setting: iter(lesions_of(setting, rng)) for setting in _SYSTEMIC}
    every_plan = iter(plans(rng))
    people = []
    for index, life in enumerate(lives):
        setting = "recurrence" if index < 18 else "oligometastasis"
        therapy = next(therapies[setting])
        person = _Person(
            life=life,
            age=int(next(ages)),
            sex=next(sexes),
            morphology=next(morphologies),
            grade="1" if G1 in life.tags else next(higher_grades),
            setting=setting,
            therapy=therapy,
            timing=next(timings) if therapy == "chemotherapy" else "before",
            treated=[(next(lesions[setting]), next(every_plan)) for _ in life.starts],
        )
        people.append(person)
    _give_history(people, rng)
    _give_toxicity(people, rng)
    return people


def _give_history(people: list[_Person], rng: Random) -> None:
    """28 operated first (7 of them more than twice), 31 relapsed, 13 had adjuvant chemotherapy."""
    metastatic = sorted(people[18:], key=lambda person: person.therapy != "chemotherapy")
    operated = people[:18] + metastatic[:10]
    for person in operated:
        person.operations = 1
    for person in some_of(operated, 7, rng):
        person.operations = 3
    intervals = shuffled(spread(31, 2, 7, 100, rng), rng)
    for person, months in zip(operated + metastatic[10:13], intervals, strict=True):
        person.months_to_relapse = int(months)
    with_chemotherapy = [person for person in operated if person.therapy == "chemotherapy"]
    for person in some_of(with_chemotherapy, 13, rng):
        person.adjuvant = True
    for person in some_of(operated, 3, rng):
        person.prior_rt = True


def _give_toxicity(people: list[_Person], rng: Random) -> None:
    """Term, grade and day of onset, as many as the paper reports."""

    def pick(count: int, fits: Callable[[_Person], bool]) -> list[_Person]:
        return some_of([person for person in people if fits(person)], count, rng)

    for person, grade in zip(pick(8, lambda person: True), (1, 1, 1, 1, 1, 1, 2, 2), strict=True):
        person.toxicities.append(("Fatigue", grade, rng.randint(2, 20)))
    for person in pick(1, lambda person: person.has("Lung") and person.life.seen > 75):
        person.toxicities.append(("Pneumonitis", 2, 70))
    for person, grade in zip(
        pick(2, lambda person: person.has("Abdomen/pelvis")), (1, 2), strict=True
    ):
        person.toxicities.append(("Enterocolitis", grade, rng.randint(8, 30)))
    # Six months after the end of treatment.
    for person in pick(
        1, lambda person: not person.has("Vertebral body bone") and person.life.seen > 230
    ):
        person.toxicities.append(("Dermatitis radiation", 3, 188))


def _primary(person: _Person, rng: Random) -> str:
    """A primary site that the sex of the patient has."""
    site = rng.choice(_PRIMARIES)
    return "buttock" if site == "uterus" and person.sex == "male" else site


def _write(roster: Roster, person: _Person, standing: Iterator[str], rng: Random) -> None:
    life = person.life
    last_day = max(plan.fractions for _, plan in person.treated) - 1
    anchors = {TimePoint.FIRST_RT_DAY: 0, TimePoint.LAST_RT_DAY: last_day}
    course = follow(life, _KEY, anchors, standing, rng, accrual_months=124)
    consent = rng.randint(6, 15)
    rows = roster.admit(
        sex=person.sex, age=person.age, lived=course.lived, consent_days=consent, rng=rng
    )
    relapsed = _write_history(rows, person, consent, rng)
    for lesion, _plan in person.treated:
        rows.add(
            "lesions",
            site=lesion.site,
            description=lesion.category,
            status="local_relapse" if person.setting == "recurrence" else "distant_metastasis",
            longest_diameter_cm=lesion.size_cm,
            gtv_cm3=sphere_cm3(lesion.size_cm),
            found_on=rows.on(relapsed),
        )
    write_course(rows, person.treated, rng)
    add_baseline(
        rows,
        -consent,
        ecog=rng.choice((0, 1, 1, 2)),
        setting=person.setting,
        concurrent_lesion_count=len(person.treated),
    )
    tumours = [
        Tumour(number, lesion.site, lesion.size_cm, 0, life.local[number - 1])
        for number, (lesion, _) in enumerate(person.treated, start=1)
    ]
    write_events(rows, life, course.visits, tumours, _LOOK, rng)
    for term, grade, onset in person.toxicities:
        rows.add(
            "toxicity_events",
            course=1,
            release="4.03",
            term=term,
            grade=grade,
            onset_on=rows.on(onset),
            resolved_on=rows.on(onset + 21) if onset + 21 <= life.seen else None,
            attribution="probable",
            action="medication" if grade > 1 else "none",
            is_serious=False,
        )


def _write_history(rows: PatientRows, person: _Person, consent: int, rng: Random) -> int:
    """Disease and what was done before; returns the day of the relapse that is treated now."""
    relapsed = -consent - rng.randint(7, 45)
    diagnosed = relapsed - days(person.months_to_relapse or 0)
    rows.add(
        "diseases",
        diagnosed_on=rows.on(diagnosed),
        site=person.treated[0][0].site if person.setting == "recurrence" else _primary(person, rng),
        morphology=person.morphology,
        histology=histology(person.morphology),
        grade=person.grade,
        metastatic_at_diagnosis=person.months_to_relapse is None,
    )
    # Everything before the relapse has room in two months or more.
    if person.operations:
        rows.add(
            "surgeries",
            performed_on=rows.on(diagnosed + 14),
            procedure="wide_excision",
            residual_tumour=rng.choice(("r0", "r0", "r1")),
            operation_count=person.operations,
        )
    if person.adjuvant:
        rows.add(
            "systemic_therapies",
            kind="chemotherapy",
            timing="adjuvant",
            regimen="doxorubicin, ifosfamide",
            started_on=rows.on(diagnosed + 35),
            cycle_count=rng.randint(2, 6),
        )
    if person.prior_rt:
        rows.add(
            "prior_radiotherapies",
            site=person.treated[0][0].site,
            radiation_type="photon",
            dose_gy=60,
            fraction_count=30,
            ended_on=rows.month_of(diagnosed + 58),
            relapse_in_field=False,
        )
    if person.therapy:
        start = {"before": relapsed + 5, "concurrent": 0, "after": 21}[person.timing]
        rows.add(
            "systemic_therapies",
            kind=person.therapy,
            timing="concurrent" if person.timing == "concurrent" else "sequential",
            regimen=_REGIMENS[person.therapy],
            started_on=rows.on(start),
        )
    return relapsed


def _screen(folders: list[Folder], monday: dt.date, rng: Random) -> None:
    """68 screened, 37 enrolled; how the others divide is not in the paper's text."""
    reasons = deal(_NOT_ENROLLED, rng)
    for index, folder in enumerate(folders):
        enrolled = [(row["enrolled_on"], row["patient"], "") for row in folder.tables["enrolments"]]
        others = [
            ((monday - dt.timedelta(days=rng.randint(30, days(124)))).isoformat(), "", reason)
            for reason in reasons[index :: len(folders)]
        ]
        for number, (on, patient, reason) in enumerate(sorted(enrolled + others), start=1):
            folder.add(
                "screenings",
                number=number,
                screened_on=on,
                outcome="enrolled" if patient else "not_enrolled",
                reason_not_enrolled=reason,
                patient=patient,
            )
