"""Kaplan-Meier with limits and the log-rank test at a million rows of whole days.

The measure is one pass over the same days, ``numpy.bincount(days)``: nothing that reads every row
can be faster. All are run in turns, so that a busy moment of the machine falls on each of them;
the ratios are those of the medians, and of the fastest turns, of one run of this program (on a busy
machine what takes longer than a slice of its time is interrupted, which only the medians show).
Then what importing the estimators costs a new process, and the peak memory.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from analytics.estimators import (
    clustered_logrank,
    cumulative_incidence,
    gray_test,
    kaplan_meier,
    logrank,
)
from tests.bench.table import print_table

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
TURNS = 31
FEW_TURNS = 3
LAST_DAY = 3650
IMPORTS = 7
ONE_PASS = "one pass, bincount(days)"


def main() -> int:
    """Print the tables; returns 0."""
    draw = np.random.default_rng(60217)
    days = draw.integers(0, LAST_DAY, ROWS)
    event = draw.random(ROWS) < 0.4
    group = draw.integers(0, 2, ROWS)
    cause = np.where(event, draw.integers(1, 3, ROWS), 0)
    cluster = draw.integers(0, ROWS // 2, ROWS)
    print(f"{ROWS:,} rows on {LAST_DAY:,} days")
    before = _peak_mb()

    fast: dict[str, Callable[[], object]] = {
        ONE_PASS: lambda: np.bincount(days),
        "Kaplan-Meier with limits": lambda: kaplan_meier(days, event),
        "log-rank, 2 groups": lambda: logrank(days, event, group),
    }
    times = _in_turns(fast, TURNS)
    after = _peak_mb()
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    fastest = {name: min(taken) for name, taken in times.items()}
    print_table(
        ("", "median ms", "passes", "fastest ms", "passes"),
        [
            (
                name,
                f"{1000 * middle[name]:.2f}",
                f"{middle[name] / middle[ONE_PASS]:.1f}",
                f"{1000 * fastest[name]:.2f}",
                f"{fastest[name] / fastest[ONE_PASS]:.1f}",
            )
            for name in fast
        ],
    )
    print_table(
        ("", "figure"),
        [
            ("peak memory, above the arrays", f"{after - before:.0f} MB"),
            ("peak memory, all", f"{after:.0f} MB"),
            (
                "import analytics.estimators, median",
                f"{1000 * _import_time('analytics.estimators'):.0f} ms",
            ),
            ("of that numpy", f"{1000 * _import_time('numpy'):.0f} ms"),
        ],
    )

    slower: dict[str, Callable[[], object]] = {
        "cumulative incidence, 2 causes": lambda: cumulative_incidence(days, cause),
        "Gray's test, 2 groups": lambda: gray_test(days, cause, group),
        "clustered score test, 2 groups": lambda: clustered_logrank(days, event, group, cluster),
    }
    print_table(
        ("", "median ms"),
        [
            (name, f"{1000 * statistics.median(taken):.0f}")
            for name, taken in _in_turns(slower, FEW_TURNS).items()
        ],
    )
    return 0


def _in_turns(functions: dict[str, Callable[[], object]], turns: int) -> dict[str, list[float]]:
    """Seconds of each turn; one more turn first, so that nothing is loaded for the first time."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(turns + 1):
        for name, function in functions.items():
            begun = time.perf_counter()
            function()
            if turn:
                times[name].append(time.perf_counter() - begun)
    return times


def _import_time(module: str) -> float:
    """Median seconds that a new process takes to import the module."""
    program = (
        "import time; begun = time.perf_counter(); "
        f"import {module}; print(time.perf_counter() - begun)"
    )
    return statistics.median(
        float(
            subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
        )
        for _ in range(IMPORTS)
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
