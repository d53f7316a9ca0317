"""Patients of one synthetic study: their centres, pseudonyms, persons and enrolments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from registry.demo.draw import deal
from registry.demo.rows import NOT_DONE, Cell, Folder, PatientRows
from registry.terminology.codes import codes


@dataclass
class Roster:
    """Hands out patients of a study one after another.

    ``first`` is the number of the first person: no two people of the demo share a number.
    """

    study: str
    prefix: str
    first: int
    centres: list[str]
    monday: dt.date
    folders: dict[str, Folder] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    def of(
        cls,
        study: str,
        prefix: str,
        first: int,
        patients: Mapping[str, int],
        monday: dt.date,
        rng: Random,
    ) -> Roster:
        """A roster with so many patients per centre, in random order."""
        folders = {centre: Folder(study, centre) for centre in patients}
        return cls(study, prefix, first, deal(patients, rng), monday, folders)

    def admit(
        self, *, sex: str, age: int, lived: int, consent_days: int, rng: Random
    ) -> PatientRows:
        """The next patient with identity and enrolment.

        Args:
            age: completed years on the time origin and for six weeks after it.
            lived: days from the time origin to the Monday of this week.
            consent_days: days from consent and enrolment to the time origin.
        """
        centre = self.centres[self._count]
        self._count += 1
        person = self.first + self._count - 1
        origin = self.monday - dt.timedelta(days=lived)
        rows = PatientRows(
            self.folders[centre], f"{self.prefix}-{centre}-{self._count:03d}", origin
        )
        # Some months after the last birthday: the age is the same in leap years and others.
        birth = -(age * 1461 // 4 + rng.randint(60, 290))
        rows.folder.add("patients", pseudonym=rows.pseudonym, sex=sex, birth_date=rows.on(birth))
        rows.add(
            "identities",
            family_name="Synthetic",
            given_names=f"Person {person:03d}",
            record_number=f"SYN-{centre}-{person:04d}",
        )
        rows.add(
            "enrolments",
            enrolled_on=rows.on(-consent_days),
            consent_on=rows.on(-consent_days),
            consent_version="synthetic 1.0",
        )
        return rows


def add_baseline(rows: PatientRows, day: int, **values: Cell) -> None:
    """State of the patient before the first course; what is not given was not done."""
    rows.add(
        "baselines",
        course=1,
        assessed_on=rows.on(day),
        **{"ecog": NOT_DONE, "kps": NOT_DONE, "cci": NOT_DONE, "cci_age_adjusted": NOT_DONE}
        | values,
    )


def histology(morphology: str) -> str:
    """Name of a tumour by its ICD-O-3 code."""
    return next(row.name for row in codes("icdo3_morphology") if row.code == morphology)


def sphere_cm3(diameter_cm: float) -> float:
    """Volume of a sphere, for lesions of which only the diameter is published."""
    return round(3.14159 / 6 * diameter_cm * diameter_cm * diameter_cm, 2)


def diameter_cm(volume_cm3: float) -> float:
    """Diameter of a sphere of this volume, for lesions of which only the volume is published."""
    low, high = 0.0, 30.0
    for _ in range(40):
        middle = (low + high) / 2
        if 3.14159 / 6 * middle * middle * middle < volume_cm3:
            low = middle
        else:
            high = middle
    return round(max(low, 0.5), 1)


def last_fraction_day(fractions: int, *, start_weekday: int = 0) -> int:
    """Day of the last fraction, with one fraction on every weekday from day 0 on."""
    day = 0
    for _ in range(fractions - 1):
        day += 1
        while (start_weekday + day) % 7 > 4:
            day += 1
    return day
