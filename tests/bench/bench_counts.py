"""Curves and the log-rank test of 1,000,000 kept lesions, of which no row is fetched.

The measure is the bare statement that groups the rows, run by the driver and fetched as tuples; in
memory, one pass over the days. What is compared runs in turns, so that a busy moment of the machine
falls on each of them; the ratios are those of the medians. Every curve has its limits.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
TURNS = int(os.environ.get("BENCH_TURNS", "11"))
LAST_DAY = 3650
CENTRES = 5

NUMBERS = {
    "postgresql": "generate_series(1, {rows}) AS numbers(i)",
    "sqlite": "(WITH RECURSIVE numbers(i) AS "
    "(SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows}) SELECT i FROM numbers)",
}
FILL = """
INSERT INTO analytics_keptrow
  (state_id, endpoint_code, pseudonym, centre, days, ending, ended_on)
SELECT {state}, 'LC', 'P-' || (i / 2), 'C' || (i % 7919 % {centres}), i % {last_day},
  CASE WHEN i % 101 < 40 THEN 0 WHEN i % 101 < 60 THEN 2 WHEN i % 101 < 70 THEN 3 ELSE 1 END,
  {day}
FROM {numbers}
"""
GROUPED = """
SELECT {by}, count(*) FROM analytics_keptrow
WHERE state_id = {state} AND endpoint_code = 'LC' GROUP BY {by}
"""


def measure() -> None:
    """Fill the database of BENCH_DATABASE_URL and print the tables."""
    import django

    django.setup()
    from django.core.management import call_command

    from registry.scope import system_scope

    call_command("migrate", verbosity=0)
    with system_scope():
        state = _fill()
        print(f"{ROWS:,} kept lesions on {LAST_DAY:,} days, {CENTRES} centres", flush=True)
        before = _peak_mb()
        for table in _compared(state):
            _print(_in_turns(table))
    print(f"peak memory {_peak_mb():.0f} MB, {_peak_mb() - before:.0f} MB of it for this")


def _fill() -> int:
    """Key of the study whose rows they are."""
    from django.db import connection

    from analytics.models import StudyState
    from tests.factories import ProtocolVersionFactory

    study = ProtocolVersionFactory.create(study__key="jinling").study
    now = dt.datetime.now(dt.UTC)
    StudyState.objects.create(study=study, kept_number=0, kept_version=1, kept_at=now)
    day = {"postgresql": "DATE '2024-01-10'", "sqlite": "'2024-01-10'"}[connection.vendor]
    numbers = NUMBERS[connection.vendor].format(rows=ROWS)
    statement = FILL.format(
        state=study.pk, centres=CENTRES, last_day=LAST_DAY, day=day, numbers=numbers
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return study.pk


def _compared(state: int) -> list[dict[str, Callable[[], object]]]:
    """What is measured; the first of each is the measure of the others."""
    import numpy as np
    from django.utils import timezone

    from analytics.current import current_results
    from analytics.estimators import kaplan_meier, logrank
    from analytics.kept.counts import day_counts
    from registry.models import Study

    study = Study.objects.get(pk=state)
    number = np.arange(1, ROWS + 1)
    days, event, group = number % LAST_DAY, number % 101 < 40, number % 7919 % CENTRES

    def curve() -> object:
        counts = day_counts(study, "LC")
        return kaplan_meier(counts.days, counts.event, weights=counts.n)

    def compared() -> object:
        counts = day_counts(study, "LC", stratum="centre")
        return logrank(counts.days, counts.event, counts.stratum, weights=counts.n)

    return [
        {
            "GROUP BY days, ending": _bare(state, "days, ending"),
            "Kaplan-Meier with limits": curve,
            "curve of the study page with all its figures": lambda: current_results(
                study, ["LC"], now=timezone.now()
            ),
        },
        {
            "GROUP BY days, ending, centre": _bare(state, "days, ending, centre"),
            f"log-rank, {CENTRES} centres": compared,
        },
        {
            "one pass in memory, bincount(days)": lambda: np.bincount(days),
            "Kaplan-Meier with limits, rows in memory": lambda: kaplan_meier(days, event),
            f"log-rank, {CENTRES} centres, rows in memory": lambda: logrank(days, event, group),
        },
    ]


def _bare(state: int, by: str) -> Callable[[], object]:
    from django.db import connection

    statement = GROUPED.format(by=by, state=state)

    def fetch() -> object:
        cursor = connection.connection.cursor()  # the driver's own
        cursor.execute(statement)
        return cursor.fetchall()

    return fetch


def _in_turns(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of each; one more turn first, so that nothing is read for the first time."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(TURNS + 1):
        for name, function in functions.items():
            begun = time.perf_counter()
            function()
            if turn:
                times[name].append(time.perf_counter() - begun)
    return {name: statistics.median(taken) for name, taken in times.items()}


def _print(medians: dict[str, float]) -> None:
    measure = next(iter(medians.values()))
    rows: list[Any] = [
        (name, f"{1000 * median:.1f}", f"{median / measure:.2f}")
        for name, median in medians.items()
    ]
    print_table(("", "median ms", "times the first"), rows)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        raise SystemExit(measure_on_each("tests.bench.bench_counts"))
