"""Cohorts whose patients are followed for given days, for tests of curves and models."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.cohort import Cohort
from analytics.extract.days import day_of
from analytics.extract.facts import (
    CourseFact,
    DeathFact,
    LesionFact,
    PatientFacts,
    ProgressionFact,
    StudyFacts,
)
from tests.analytics.cohorts import make_cohort

FIRST_DAY = dt.date(2020, 1, 1)
ANSWERS = json.loads(
    (Path(__file__).parents[2] / "data" / "r" / "model_tables.json").read_text(encoding="utf-8")
)


def after(days: int) -> Any:
    """The day that many days after the first day of radiotherapy."""
    return day_of((FIRST_DAY + dt.timedelta(days=days)).isoformat())


def followed(
    days: Sequence[int],
    died: Sequence[bool | int],
    values: Sequence[dict[str, Any]] | None = None,
    *,
    protocol: str = "jinling",
    local_failures: dict[int, int] | None = None,
) -> Cohort:
    """Patients P1, P2, … seen until these days, or dead on them, each with one treated lesion.

    Args:
        values: columns of each patient.
        local_failures: day of the local failure by position of the patient.
    """
    failed = local_failures or {}
    facts = [
        _facts(place, {1: failed.get(place)}, last, dead=bool(dead))
        for place, (last, dead) in enumerate(zip(days, died, strict=True))
    ]
    columns = list(values or [{} for _ in days])
    names = [one.pseudonym for one in facts]
    return make_cohort(
        protocol=protocol,
        patients=[
            {"USUBJID": name, "SITEID": "A"} | row for name, row in zip(names, columns, strict=True)
        ],
        lesions=[
            {"USUBJID": name, "SITEID": "A", "LESID": "1"} | row
            for name, row in zip(names, columns, strict=True)
        ],
        facts=StudyFacts(protocol, None, tuple(facts)),
    )


def patients_of_r() -> Cohort:
    """The thirty patients that R was asked about."""
    rows = ANSWERS["patients"]
    values = [
        {"grade": grade, "sex": sex} | ({} if age is None else {"age": float(age)})
        for grade, sex, age in zip(rows["grade"], rows["sex"], rows["age"], strict=True)
    ]
    return followed(
        [int(day) for day in rows["days"]], [event == 1 for event in rows["event"]], values
    )


def lesions_of_r() -> Cohort:
    """The lesions that R was asked about."""
    return lesions_followed(ANSWERS["lesions"])


def lesions_followed(rows: Mapping[str, Sequence[float]]) -> Cohort:
    """Lesions by patient; those without failure are seen as long as the patient.

    Args:
        rows: number of the patient, days, event (1: local failure) and size of each lesion.
    """
    by_patient: dict[int, list[tuple[int, bool, float]]] = {}
    for patient, days, event, size in zip(
        rows["patient"], rows["days"], rows["event"], rows["size"], strict=True
    ):
        by_patient.setdefault(int(patient), []).append((int(days), event == 1, float(size)))
    facts, lesions = [], []
    for patient, its_lesions in by_patient.items():
        last = max(days for days, _, _ in its_lesions)
        failures = {
            number: days if failed else None
            for number, (days, failed, _) in enumerate(its_lesions, start=1)
        }
        facts.append(_facts(patient - 1, failures, last, dead=False))
        lesions += [
            {
                "USUBJID": f"P{patient}",
                "SITEID": "A",
                "LESID": str(number),
                "lesion_diameter_cm": size,
            }
            for number, (_, _, size) in enumerate(its_lesions, start=1)
        ]
    return make_cohort(
        patients=[{"USUBJID": f"P{patient}", "SITEID": "A"} for patient in by_patient],
        lesions=lesions,
        facts=StudyFacts("jinling", None, tuple(facts)),
    )


def _facts(place: int, failures: dict[int, int | None], last: int, *, dead: bool) -> PatientFacts:
    """Facts of a patient irradiated on one day, with one course that treats every lesion."""
    end = after(last)
    return PatientFacts(
        pseudonym=f"P{place + 1}",
        centre="A",
        courses=[CourseFact(1, 1, after(0), after(0))],
        lesions={number: LesionFact(number, number, {1}) for number in failures},
        progressions=[
            ProgressionFact(after(day), "local", "in_field", number)
            for number, day in failures.items()
            if day is not None
        ],
        death=DeathFact(end, "disease") if dead else None,
        last_contact=end,
        last_imaging=end,
        last_local_imaging=end,
    )
