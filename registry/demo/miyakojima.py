"""Cohort after the series of refractory sarcoma: 28 patients, 67 lesions (docs/demo-cohorts.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from registry.demo.centres import PATIENTS
from registry.demo.course_of_events import Look, Tumour, write_events
from registry.demo.draw import days, shuffled
from registry.demo.following import follow
from registry.demo.miyakojima_courses import PlannedCourse, courses_of, write_course
from registry.demo.miyakojima_lives import SINGLE, miyakojima_lives
from registry.demo.miyakojima_people import Person, people
from registry.demo.miyakojima_plans import lesion_volumes
from registry.demo.placing import standings
from registry.demo.roster import (
    Roster,
    add_baseline,
    diameter_cm,
    histology,
)
from registry.demo.rows import Folder, PatientRows
from registry.protocols.vocabulary import TimePoint

_KEY = "miyakojima"
_LOOK = Look("mr", "chest_abdomen")


def miyakojima(rng: Random, monday: dt.date) -> list[Folder]:
    """The cohort as tables, one folder per centre.

    Raises:
        CohortError: the published figures are not met.
    """
    found = people(miyakojima_lives(rng), rng)
    volumes = iter(lesion_volumes(rng))
    gtv = {id(person): [next(volumes) for _ in person.sites] for person in found}
    courses = courses_of(found, gtv, rng)
    roster = Roster.of(_KEY, "MIY", 1, PATIENTS[_KEY], monday, rng)
    standing = standings()
    for person in shuffled(found, rng):
        own = [course for course in courses if course.person is person]
        _write(roster, person, own, gtv[id(person)], standing, rng)
    return list(roster.folders.values())


def _write(
    roster: Roster,
    person: Person,
    courses: list[PlannedCourse],
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
        write_course(rows, one, rng)
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
