"""A large registry straight to the tables: patients of five centres with status and visits."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from followup.models import ExpectedVisit, VisitState
from registry.keyring import blind_index, name_index
from registry.models import (
    CaseStatus,
    Centre,
    Course,
    Disease,
    Enrolment,
    Identity,
    Participation,
    Patient,
    ProtocolVersion,
    Study,
)
from registry.models.choices import FormState
from registry.models.status import FORMS
from registry.partial_date import PartialDate
from registry.protocols import preset_text

CENTRES = 5
VISITS = 6
BATCH = 5_000
STUDIES = ("cams", "cnao", "jinling", "miyakojima", "preop")


def fill(patients: int, today: dt.date, *, seed: int = 20210314) -> None:
    """Make this many patients, a third of them with something missing, a tenth overdue."""
    drop_triggers()
    centres = Centre.objects.bulk_create(
        Centre(code=f"B{n}", name=f"Bench centre {n}") for n in range(1, CENTRES + 1)
    )
    versions = [_version(key) for key in STUDIES]
    Participation.objects.bulk_create(
        Participation(study=version.study, centre=centre)
        for version in versions
        for centre in centres
    )
    draw = random.Random(seed)
    for first in range(0, patients, BATCH):
        _batch(range(first, min(first + BATCH, patients)), centres, versions, today, draw)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def drop_triggers() -> None:
    """Without the trail and the rules between tables: nothing here is a fact."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET session_replication_role = replica")


def _version(key: str) -> ProtocolVersion:
    study = Study.objects.create(key=key, title=f"Study {key}")
    return ProtocolVersion.objects.create(
        study=study, number=1, effective_on=dt.date(2015, 1, 1), source=preset_text(key)
    )


def _batch(
    numbers: range,
    centres: list[Centre],
    versions: list[ProtocolVersion],
    today: dt.date,
    draw: random.Random,
) -> None:
    with transaction.atomic():
        patients = Patient.objects.bulk_create(
            Patient(
                centre=centres[number % CENTRES],
                pseudonym=f"BENCH-{number:06d}",
                sex=draw.choice(("female", "male")),
                birth_date=PartialDate.parse(f"{draw.randrange(1930, 2000)}-0{draw.randint(1, 9)}"),
            )
            for number in numbers
        )
        _each(Identity, patients, lambda p: _identity(p, draw))
        enrolments = _each(Enrolment, patients, lambda p: _enrolment(p, draw.choice(versions)))
        _each(CaseStatus, patients, lambda p: _status(p, draw))
        _each(Disease, patients, lambda p: {"patient": p, "morphology": "8890/3"})
        _each(Course, patients, lambda p: {"patient": p})
        ExpectedVisit.objects.bulk_create(
            visit for enrolment in enrolments for visit in _visits(enrolment, today, draw)
        )


def _each(model: Any, parents: list[Any], values: Callable[[Any], dict[str, Any]]) -> list[Any]:
    rows: list[Any] = model.objects.bulk_create(model(**values(parent)) for parent in parents)
    return rows


def _identity(patient: Patient, draw: random.Random) -> dict[str, Any]:
    code = patient.centre.code
    return {
        "patient": patient,
        "record_number_index": blind_index(f"MRN {patient.pseudonym}", centre_code=code),
        "family_name_index": name_index(f"Family {draw.randrange(20_000)}", centre_code=code),
    }


def _enrolment(patient: Patient, version: ProtocolVersion) -> dict[str, Any]:
    return {"patient": patient, "protocol_version": version, "study_id": version.study_id}


def _status(patient: Patient, draw: random.Random) -> dict[str, Any]:
    missing = draw.randint(1, 12) if draw.random() < 1 / 3 else 0
    states = {form: FormState.COMPLETE for form in FORMS}
    for form in draw.sample(FORMS, min(missing, 4)):
        states[form] = draw.choice((FormState.PARTIAL, FormState.MISSING))
    unlikely = 1 if draw.random() < 0.02 else 0
    return {
        "patient": patient,
        **states,
        "incomplete_count": missing,
        "unconfirmed_count": unlikely,
    }


def _visits(enrolment: Enrolment, today: dt.date, draw: random.Random) -> list[ExpectedVisit]:
    """Visits every six months; the next one is due in up to half a year, or a while overdue."""
    ahead = draw.randint(-90, -15) if draw.random() < 0.1 else draw.randint(0, 180)
    following = draw.randint(1, VISITS)
    visits = []
    for number in range(1, VISITS + 1):
        target = today + dt.timedelta(days=ahead + 182 * (number - following))
        visits.append(
            ExpectedVisit(
                enrolment=enrolment,
                key=f"last_rt_day-m{6 * number:02d}",
                anchor="last_rt_day",
                offset_count=6 * number,
                offset_unit="months",
                target=target,
                window_start=target - dt.timedelta(days=14),
                window_end=target + dt.timedelta(days=14),
                requirements=["clinic", "toxicity"],
                outstanding=["clinic", "toxicity"],
                state=VisitState.DONE if number < following else VisitState.OPEN,
            )
        )
    return visits
