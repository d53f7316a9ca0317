"""A large registry straight to the tables: patients of five centres with status and visits."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from registry.keyring import blind_index, name_index
from registry.models import (
    CaseStatus,
    Centre,
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
    fill_patients(patients, seed=seed)
    _visits(today)
    analyze()


def fill_patients(patients: int, *, seed: int = 20210314) -> None:
    """Make this many enrolled patients at five centres in five studies, without visits."""
    drop_triggers()
    centres = Centre.objects.bulk_create(
        Centre(code=f"B{number}", name=f"Bench centre {number}") for number in range(1, CENTRES + 1)
    )
    versions = [_version(key) for key in STUDIES]
    Participation.objects.bulk_create(
        Participation(study=version.study, centre=centre)
        for version in versions
        for centre in centres
    )
    draw = random.Random(seed)
    for first in range(0, patients, BATCH):
        with transaction.atomic():
            _batch(range(first, min(first + BATCH, patients)), centres, versions, draw)


def analyze() -> None:
    """What the server does by itself soon after many rows were written."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


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
    numbers: range, centres: list[Centre], versions: list[ProtocolVersion], draw: random.Random
) -> None:
    patients = _create(
        Patient(
            centre=centres[number % CENTRES],
            pseudonym=f"BENCH-{number:06d}",
            sex=draw.choice(("female", "male")),
            birth_date=PartialDate.parse(f"{draw.randrange(1930, 2000)}-0{draw.randint(1, 9)}"),
        )
        for number in numbers
    )
    _create(_identity(patient, draw) for patient in patients)
    _create(_enrolment(patient, draw.choice(versions)) for patient in patients)
    _create(_status(patient, draw) for patient in patients)


def _create(rows: Iterable[Model]) -> list[Any]:
    made = list(rows)
    return list(type(made[0])._base_manager.bulk_create(made))


def _identity(patient: Patient, draw: random.Random) -> Identity:
    code = patient.centre.code
    return Identity(
        patient=patient,
        record_number_index=blind_index(f"MRN {patient.pseudonym}", centre_code=code),
        family_name_index=name_index(f"Family {draw.randrange(2_000)}", centre_code=code),
    )


def _enrolment(patient: Patient, version: ProtocolVersion) -> Enrolment:
    return Enrolment(patient=patient, protocol_version=version, study_id=version.study_id)


def _status(patient: Patient, draw: random.Random) -> CaseStatus:
    missing = draw.randint(1, 12) if draw.random() < 1 / 3 else 0
    states = dict.fromkeys(FORMS, FormState.COMPLETE)
    for form in draw.sample(FORMS, min(missing, 4)):
        states[form] = draw.choice((FormState.PARTIAL, FormState.MISSING))
    return CaseStatus(
        patient=patient,
        incomplete_count=missing,
        unconfirmed_count=int(draw.random() < 0.02),
        **states,
    )


def _visits(today: dt.date) -> None:
    """Six visits a patient, every half year; every tenth patient's next one is overdue."""
    ahead = "CASE WHEN e.id % 10 = 0 THEN -15 - e.id % 75 ELSE e.id * 7919 % 180 END"
    offset = f"({ahead}) + 182 * (v.i - (1 + e.id % {VISITS}))"

    def day(more: int) -> str:
        if connection.vendor == "sqlite":
            return f"date('{today}', ({offset} + {more}) || ' days')"
        return f"DATE '{today}' + CAST({offset} + {more} AS integer)"

    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE v(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM v WHERE i < 6) "
            "INSERT INTO followup_expectedvisit (enrolment_id, key, anchor, offset_count, "
            "offset_unit, target, window_start, window_end, requirements, outstanding, state, "
            "why, provided_by, revision, changed_at) "
            "SELECT e.id, 'last_rt_day-m' || (6 * v.i), 'last_rt_day', 6 * v.i, 'months', "
            f"{day(0)}, {day(-14)}, {day(14)}, '[\"clinic\"]', '[\"clinic\"]', "
            f"CASE WHEN v.i < 1 + e.id % {VISITS} THEN 'done' ELSE 'open' END, '[]', '[]', "
            "0, '2026-01-01 12:00:00+00:00' "
            "FROM registry_enrolment e CROSS JOIN v"
        )
