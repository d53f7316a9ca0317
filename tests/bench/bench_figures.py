"""The figures of follow-up over 100,000 patients of one study at five centres.

Every patient has a course, an operation and ten visits, each with its entry in the trail; a fifth
has died, a tenth is overdue. Each figure is measured by itself, then the pages.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

if TYPE_CHECKING:
    from django.db.models import Model

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "100000"))
REPEATS = int(os.environ.get("BENCH_REPEATS", "3"))
VISITS = 10


def measure() -> None:
    """Fill the database of BENCH_DATABASE_URL and print the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from registry.scope import system_scope
    from tests.bench.grid_rows import fill

    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    today = dt.date.today()
    with system_scope():
        fill(PATIENTS, today)
        add_facts(today)
    print(f"{PATIENTS:,} patients in {time.perf_counter() - begun:.0f} s", flush=True)
    rows = [_row(name, call) for name, call in _figures(today)]
    rows += [_row(name, _asking(address)) for name, address in _pages()]
    print_table(("what", "first ms", "median ms"), rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB", flush=True)


def _figures(today: dt.date) -> list[tuple[str, Callable[[], Any]]]:
    from followup.selectors.follow_up import Period, Reach
    from followup.selectors.follow_up.entry_delay import entry_delays
    from followup.selectors.follow_up.open_visits import open_visits
    from followup.selectors.follow_up.person_times import person_times
    from followup.selectors.follow_up.windows import windows
    from registry.models import Study
    from registry.scope import system_scope

    reach, period = Reach((Study.objects.get(key="cams"),)), Period.before(today)

    def scoped(call: Callable[..., Any], *args: Any) -> Callable[[], Any]:
        def run() -> Any:
            with system_scope():
                return call(reach, *args)

        return run

    return [
        ("overdue, forecast", scoped(open_visits, today)),
        ("in the window", scoped(windows, period)),
        ("completeness", scoped(person_times, today)),
        ("visit to entry", scoped(entry_delays, period)),
    ]


def _pages() -> list[tuple[str, str]]:
    from django.urls import reverse

    return [
        ("page of all centres", reverse("followup:figures", args=["cams"])),
        ("page of one centre", reverse("followup:own_figures")),
        ("figures as CSV", reverse("followup:figures_csv", args=["cams"])),
    ]


def _asking(address: str) -> Callable[[], None]:
    from django.test import Client

    from registry.models import Centre, Study
    from tests.factories import coordinator, data_manager

    client = Client()
    if address.startswith("/steering/"):
        client.force_login(coordinator(Study.objects.get(key="cams")))
    else:
        client.force_login(data_manager(Centre.objects.get(code="B1")))

    def ask() -> None:
        status = client.get(address).status_code
        if status != 200:
            raise SystemExit(f"{address} answered {status}")

    return ask


def add_facts(today: dt.date) -> None:
    """Everybody in one study: courses, operations, visits with their entry, deaths."""
    from django.db import connection

    from registry.models import Assessment, Course, Death, Surgery

    study = "(SELECT id FROM registry_study WHERE key = 'cams')"
    version = f"(SELECT id FROM registry_protocolversion WHERE study_id = {study})"
    days = "30 + p.id * 7919 % 2500"
    ten = (
        f"WITH RECURSIVE v(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM v WHERE i < {VISITS}) "
        "SELECT ROWS FROM registry_patient p CROSS JOIN v"
    )
    one = "SELECT ROWS FROM registry_patient p"
    at = day_ago(today, f"({days}) - ({days}) * v.i / {VISITS + 2}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE registry_enrolment SET study_id = {study}, protocol_version_id = {version}"
        )
        insert(
            Course, one, started_on=day_ago(today, days), ended_on=day_ago(today, f"{days} - 30")
        )
        insert(
            Surgery, one, performed_on=day_ago(today, f"{days} + 60"), procedure="'wide_excision'"
        )
        insert(Assessment, ten, number="v.i", kind="'clinic'", assessed_on=at)
        insert(Death, one + " WHERE p.id % 5 = 0", died_on=day_ago(today, "p.id % 30"))
        person = "(SELECT coalesce(min(id), 1) FROM registry_user)"
        cursor.execute(
            'INSERT INTO registry_auditevent (at, actor_id, reason, origin, operation, "table", '
            f"row_id, patient_id) SELECT '{today} 12:00:00+00:00', {person}, '', 'POST /enter/', "
            "'I', 'registry_assessment', id, patient_id FROM registry_assessment"
        )
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


def insert(model: type[Model], source: str, **columns: str) -> None:
    """A row for each of the source's, the columns given as SQL, the others at their defaults."""
    from django.db import connection

    values = {"patient_id": "p.id", "number": "1"} | columns
    known = {str(field.column): field for field in model._meta.concrete_fields}
    for column, field in known.items():
        default = field.get_default()
        if column not in values and default is not None:
            quoted = f"'{default}'" if isinstance(default, str | dict) else str(default)
            values[column] = quoted
    values = {column: value for column, value in values.items() if column in known}
    select = source.replace("SELECT ROWS", f"SELECT {', '.join(values.values())}")
    names = ", ".join(values)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) {select}")


def day_ago(today: dt.date, ago: str) -> str:
    """The day so many days ago as ISO text, in the words of the database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"to_char(DATE '{today}' - CAST({ago} AS integer), 'YYYY-MM-DD')"
    return f"date('{today}', (-({ago})) || ' days')"


def _row(name: str, call: Callable[[], Any]) -> tuple[str, str, str]:
    times = []
    for _ in range(REPEATS + 1):
        begun = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - begun))
    return name, f"{times[0]:.0f}", f"{statistics.median(times[1:]):.0f}"


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        raise SystemExit(measure_on_each("tests.bench.bench_figures"))
