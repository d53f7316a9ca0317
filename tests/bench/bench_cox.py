"""Cox models with five covariates beside the package that fits them, called directly.

``cox()`` takes a table with four numbers and a category of three levels and gives terms, tests and
warnings; the package takes the finished matrix and gives coefficients and their covariance, at its
usual tolerance. Runs of both alternate. Peak memory is that of a process of its own, with its data.

``python -m tests.bench.bench_cox [ROWS ...]``
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.table import print_table

ROWS = (60, 600, 2_000, 20_000, 100_000)
RUNS = {60: 201, 600: 101, 2_000: 21, 20_000: 15}
WAYS = ("plain", "clustered", "late entry", "heavy ties", "Fine-Gray")
# Whoever has a competing event has a row for every later day of a censoring.
MOST_FINE_GRAY = 2_000


def data_of(rows: int, way: str) -> dict[str, Any]:
    """Five covariates, two thirds with the event, by a fixed seed."""
    random = np.random.default_rng(rows)
    x = random.normal(size=(rows, 3))
    grade = random.integers(0, 3, rows)
    hazard = np.exp(x @ np.array([0.3, -0.2, 0.1]) + 0.4 * grade)
    last = 60 if way == "heavy ties" else 5000
    failure = np.ceil(random.exponential(last / 2.5 / hazard))
    censoring = np.ceil(random.uniform(0, last, rows))
    days = np.minimum(failure, censoring)
    frame = pd.DataFrame(x, columns=["age", "size", "dose"])
    frame["grade"] = pd.Categorical(np.array(["G1", "G2", "G3"])[grade])
    entry = np.floor(random.uniform(0, 0.5, rows) * days) if way == "late entry" else None
    event = failure <= censoring
    return {
        "days": days.astype(int),
        "event": event,
        "cause": np.where(event, random.integers(1, 3, rows), 0),
        "covariates": frame,
        "entry": entry,
        "cluster": np.arange(rows) // 3 if way == "clustered" else None,
        "matrix": np.column_stack((x, grade == 1, grade == 2)).astype(float),
    }


def ours(data: dict[str, Any], way: str) -> Callable[[], Any]:
    """The estimator, as the tables of the registry call it."""
    from analytics.estimators import cox, fine_gray

    if way == "Fine-Gray":
        return lambda: fine_gray(data["days"], data["cause"], data["covariates"])
    return lambda: cox(
        data["days"],
        data["event"],
        data["covariates"],
        entry=data["entry"],
        cluster=data["cluster"],
    )


def direct(data: dict[str, Any], way: str) -> Callable[[], Any]:
    """The package with arrays of the types that it wants."""
    from survival import _survival as package

    days, event = data["days"].astype(float), data["event"].astype(float)
    if way != "Fine-Gray":
        return lambda: package.coxph_fit(
            days, event, data["matrix"], entry=data["entry"], cluster=data["cluster"]
        )

    def fine_gray() -> Any:
        rows = package.finegray_expand(days, data["cause"], event_type=1).to_arrays()
        row = np.asarray(rows["row"]) - 1
        return package.coxph_fit(
            rows["end"],
            (data["cause"][row] == 1).astype(float),
            data["matrix"][row],
            entry=rows["start"],
            weights=rows["wt"],
            cluster=row,
        )

    return fine_gray


def main(sizes: tuple[int, ...] = ROWS) -> int:
    """Print milliseconds, their ratio in one run, and megabytes."""
    lines = []
    for rows in sizes:
        for way in WAYS:
            if way == "Fine-Gray" and rows > MOST_FINE_GRAY:
                continue
            medians = _medians(rows, way)
            peaks = [_peak(who, rows, way) for who in ("ours", "direct")]
            lines.append(
                [
                    f"{rows:,} rows, {way}",
                    *(f"{1000 * median:.2f}" for median in medians),
                    f"{medians[0] / medians[1]:.2f}",
                    *(f"{peak:.0f}" for peak in peaks),
                ]
            )
    print_table(("Cox model", "ms", "package ms", "ratio", "MB", "package MB"), lines)
    return 0


def _medians(rows: int, way: str) -> list[float]:
    data = data_of(rows, way)
    functions = (ours(data, way), direct(data, way))
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(RUNS.get(rows, 11) + 1):
        for function, taken in zip(functions, times, strict=True):
            begun = time.perf_counter()
            function()
            if run:
                taken.append(time.perf_counter() - begun)
    return [statistics.median(taken) for taken in times]


def _peak(who: str, rows: int, way: str) -> float:
    command = [sys.executable, "-m", "tests.bench.bench_cox", "--peak", who, str(rows), way]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _print_peak(who: str, rows: int, way: str) -> None:
    function = {"ours": ours, "direct": direct}[who](data_of(rows, way), way)
    function()
    # Not getrusage(): a new process begins there with the peak of the one that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        _print_peak(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        raise SystemExit(main(tuple(map(int, sys.argv[1:])) or ROWS))
