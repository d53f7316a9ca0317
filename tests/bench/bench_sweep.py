"""A sweep of 10,000 due items: how long until every digest is in the mailbox.

Every patient has one visit that is due, and every person a centre of their own. The first sweep of
a day recomputes all schedules before; the later one finds them stored and computes those anew of
which its mails speak.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import time
from collections.abc import Iterable
from typing import Any

from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

ITEMS = int(os.environ.get("BENCH_ITEMS", "10000"))
PEOPLE = (500, 50)
DUE = dt.datetime(2024, 4, 20, 8, tzinfo=dt.UTC)
"""Month 3 of patients whose radiotherapy ended on 31 January 2024 is due under jinling."""


def measure() -> None:
    """Fill the database of BENCH_DATABASE_URL and print the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from registry.scope import system_scope
    from tests.bench.grid_rows import analyze, drop_triggers

    call_command("migrate", verbosity=0)
    drop_triggers()
    rows = []
    for people in PEOPLE:
        with system_scope():
            _empty()
            _fill(people, ITEMS // people)
        analyze()
        rows.append(_swept(people, is_first=True))
        with system_scope():
            _forget_mails()
        analyze()
        rows.append(_swept(people, is_first=False))
    print_table(("sweep", "digests", "seconds", "processor s", "peak MB"), rows)


def _swept(people: int, *, is_first: bool) -> tuple[str, ...]:
    from followup.sweep import sweep

    begun, started, worked = time.perf_counter(), time.monotonic(), time.process_time()
    summary = sweep(clock=lambda: DUE + dt.timedelta(seconds=time.monotonic() - started))
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    if (summary.reminders_created, summary.digests_sent) != (ITEMS, people):
        raise SystemExit(f"not everything was told: {summary}")
    name = f"{people} people × {ITEMS // people} items" + (", first of a day" if is_first else "")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return name, str(people), f"{seconds:.1f}", f"{processor:.1f}", f"{peak:.0f}"


def _fill(people: int, each: int) -> None:
    from registry.models import (
        Centre,
        Course,
        Enrolment,
        Membership,
        Patient,
        ProtocolVersion,
        Study,
        User,
    )
    from registry.models.choices import Role
    from registry.partial_date import PartialDate
    from registry.protocols import preset_text

    study, _ = Study.objects.get_or_create(key="jinling", defaults={"title": "Bench"})
    version, _ = ProtocolVersion.objects.get_or_create(
        study=study,
        number=1,
        defaults={"effective_on": dt.date(2015, 1, 1), "source": preset_text("jinling")},
    )
    numbers = range(people)
    centres = _create(Centre(code=f"S{people}-{n}", name=f"Centre {n}") for n in numbers)
    users = _create(
        User(username=f"s{people}-{n}", email=f"s{people}-{n}@example.org") for n in numbers
    )
    _create(
        Membership(user=user, role=Role.DATA_MANAGER, centre=centre)
        for user, centre in zip(users, centres, strict=True)
    )
    patients = _create(
        Patient(centre=centre, pseudonym=f"{centre.code}-{n}", sex="female")
        for centre in centres
        for n in range(each)
    )
    _create(Enrolment(patient=one, protocol_version=version, study=study) for one in patients)
    _create(
        Course(
            patient=patient,
            number=1,
            started_on=PartialDate.parse("2024-01-02"),
            ended_on=PartialDate.parse("2024-01-31"),
            radiation_type="photon",
        )
        for patient in patients
    )


def _create(rows: Iterable[Any]) -> list[Any]:
    made = list(rows)
    return list(type(made[0])._base_manager.bulk_create(made, batch_size=2000))


def _forget_mails() -> None:
    from followup.models import Digest, Mail, Reminder

    for model in (Reminder, Digest, Mail):
        model._base_manager.all().delete()


def _empty() -> None:
    from followup.models import ExpectedVisit, Recomputation
    from registry.models import Course, Enrolment, Membership, Patient

    _forget_mails()
    for model in (ExpectedVisit, Recomputation, Course, Enrolment, Patient, Membership):
        model._base_manager.all().delete()


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        raise SystemExit(
            measure_on_each("tests.bench.bench_sweep", settings="tests.bench.sweep_settings")
        )
