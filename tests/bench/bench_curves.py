"""The curves of a study of 20,000 patients: computed from the facts, and from kept tables.

Every patient has a course, an operation and ten visits; a fifth has died, a seventh has failed
locally. The study page is asked for as a coordinator and as a data manager of one of five centres.
The safety watch looks with one rule of each kind.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

if TYPE_CHECKING:
    from django.test import Client

    from registry.models import Study

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "20000"))
REPEATS = int(os.environ.get("BENCH_REPEATS", "3"))


def measure() -> None:
    """Fill the database of BENCH_DATABASE_URL and print the table."""
    study = fill()
    print(f"{PATIENTS:,} patients", flush=True)
    print_table(("what", "first ms", "median ms"), _rows(study))


def fill() -> Study:
    """Set up Django, fill the database of BENCH_DATABASE_URL, and give the study."""
    import django

    django.setup()
    from django.core.management import call_command

    from registry.models import Study
    from registry.scope import system_scope
    from tests.bench.bench_figures import add_facts
    from tests.bench.grid_rows import fill_patients

    call_command("migrate", verbosity=0)
    today = dt.date.today()
    with system_scope():
        fill_patients(PATIENTS)
        add_facts(today)
        _fail(today)
    return Study.objects.get(key="cams")


def _rows(study: Study) -> list[tuple[str, str, str]]:
    from django.urls import reverse
    from django.utils import timezone

    from analytics.kept import changes, refreshing
    from analytics.models import StudyState
    from registry.models import Centre, Patient
    from tests.factories import coordinator, data_manager

    page = reverse("analytics:study", args=[study.key])
    readers = {
        "whole study": _client(coordinator(study)),
        "one centre": _client(data_manager(Centre.objects.get(code="B1"))),
    }
    one = [Patient._base_manager.earliest("pk").pk]
    rows = [
        _row(f"page, {who}, from the facts", _asking(client, page))
        for who, client in readers.items()
    ]

    def refresh() -> None:
        StudyState.objects.update(change_number=1 + StudyState.objects.get().change_number)
        refreshing.refresh(study.pk, clock=timezone.now)

    changes.note(one, now=timezone.now())
    rows += _safety(study, readers["whole study"])
    rows.append(_row("refresh, four endpoints", refresh))
    rows += [
        _row(f"page, {who}, from kept tables", _asking(client, page))
        for who, client in readers.items()
    ]
    poll = reverse("analytics:study_curves", args=[study.key])
    seen = {"seen": f"1.{StudyState.objects.get().kept_number}"}
    client = readers["whole study"]
    rows.append(_row("an open page asks, no change", _asking(client, poll, 204, **seen)))
    rows.append(_row("noting a change", lambda: changes.note(one, now=timezone.now())))
    return rows


def _safety(study: Study, reader: Client) -> list[tuple[str, str, str]]:
    """One rule of each kind, that looks after a change; the page with what they have raised."""
    from django.urls import reverse
    from django.utils import timezone

    from analytics.models import StudyState
    from analytics.safety import watching
    from tests.analytics.safety.watched import PARAMETERS, alerts, set_rule

    for kind in PARAMETERS:
        set_rule(study, kind)

    def look() -> None:
        StudyState.objects.update(change_number=1 + StudyState.objects.get().change_number)
        watching.watch(study.pk, clock=timezone.now)

    rows = [_row("look of four safety rules", look)]
    print(f"{len(alerts(study))} safety alerts")
    page = reverse("analytics:safety", args=[study.key])
    return [*rows, _row("page of the safety watch", _asking(reader, page))]


def _client(user: Any) -> Client:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def _asking(client: Client, address: str, expected: int = 200, **query: str) -> Callable[[], None]:
    def ask() -> None:
        status = client.get(address, query).status_code
        if status != expected:
            raise SystemExit(f"{address} answered {status}")

    return ask


def _fail(today: dt.date) -> None:
    """A local failure of every seventh patient, at half of the time since radiotherapy."""
    from django.db import connection

    from registry.models import Progression
    from tests.bench.bench_figures import day_ago, insert

    insert(
        Progression,
        "SELECT ROWS FROM registry_patient p WHERE p.id % 7 = 0",
        occurred_on=day_ago(today, "(30 + p.id * 7919 % 2500) / 2"),
        kind="'local'",
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


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
        raise SystemExit(measure_on_each("tests.bench.bench_curves"))
