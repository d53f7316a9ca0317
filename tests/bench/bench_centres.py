"""The coordinator's and the monitor's pages over 100,000 patients of one study at five centres.

Every patient has ten events in the trail; a tenth is verified throughout, by a mark on the case.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

if TYPE_CHECKING:
    from django.test import Client

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "100000"))
REPEATS = int(os.environ.get("BENCH_REPEATS", "5"))
PAGES = (
    ("all centres", "/steering/cams/"),
    ("one centre", "/steering/cams/B1/"),
    ("table as CSV", "/steering/cams/centres.csv"),
    ("monitor's round", "/monitoring/"),
    ("monitor, one centre", "/monitoring/cams/B1/"),
)
EVENTS = 10


def measure() -> None:
    """Fill the database of BENCH_DATABASE_URL and print the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from registry.scope import system_scope
    from tests.bench.grid_rows import fill

    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    with system_scope():
        fill(PATIENTS, dt.date.today())
        reader = _reader()
        _one_study()
    print(f"{PATIENTS:,} patients in {time.perf_counter() - begun:.0f} s", flush=True)
    print_table(("page", "first ms", "median ms"), [_row(reader, *page) for page in PAGES])


def _one_study() -> None:
    """Everybody in one study, with days of enrolment over ten years, a trail and marks."""
    from django.db import connection

    study = "(SELECT id FROM registry_study WHERE key = 'cams')"
    version = "(SELECT id FROM registry_protocolversion WHERE study_id = " + study + ")"
    month = "2015 + id % 10, 1 + id % 12"
    day = f"printf('%04d-%02d-11', {month})"
    if connection.vendor == "postgresql":
        day = "to_char(make_date((2015 + id % 10)::int, (1 + id % 12)::int, 11), 'YYYY-MM-DD')"
    now = "'2026-01-01 12:00:00+00:00'"
    person = "(SELECT min(id) FROM registry_user)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE registry_enrolment SET study_id = {study}, protocol_version_id = {version}, "
            f"enrolled_on = {day}"
        )
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {EVENTS}) "
            'INSERT INTO registry_auditevent (at, actor_id, reason, origin, operation, "table", '
            f"row_id, patient_id) SELECT {now}, {person}, '', '', 'I', 'registry_assessment', "
            "p.id, p.id FROM n CROSS JOIN registry_patient p"
        )
        cursor.execute(
            "INSERT INTO registry_formmark (kind, entity, row_id, content_sha256, meaning, code, "
            f"at, end_reason, patient_id, by_id) SELECT 'verified', 'case', id, '', '', '', {now}, "
            f"'', id, {person} FROM registry_patient WHERE id % 10 = 0"
        )
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


def _reader() -> Client:
    """A person who coordinates and monitors the study."""
    from django.test import Client

    from registry.models import Membership, Study
    from registry.models.choices import Role
    from tests.factories import coordinator

    study = Study.objects.get(key="cams")
    person = coordinator(study)
    Membership.objects.create(user=person, role=Role.MONITOR, study=study)
    client = Client()
    client.force_login(person)
    return client


def _row(reader: Client, name: str, address: str) -> tuple[str, str, str]:
    times = []
    for _ in range(REPEATS + 1):
        begun = time.perf_counter()
        status = reader.get(address).status_code
        if status != 200:
            raise SystemExit(f"{address} answered {status}")
        times.append(1000 * (time.perf_counter() - begun))
    return name, f"{times[0]:.0f}", f"{statistics.median(times[1:]):.0f}"


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        raise SystemExit(measure_on_each("tests.bench.bench_centres"))
