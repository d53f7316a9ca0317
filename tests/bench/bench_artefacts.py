"""Everything that the paper of a study shows: made of a cohort in memory, and drawn for a page.

The cohorts are those of the demo, copied under other pseudonyms until they have the size asked for.
Peak memory is that of a process of its own, with its cohort.

``python -m tests.bench.bench_artefacts [PATIENTS ...]``
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.table import print_table

if TYPE_CHECKING:
    from analytics.cohort import Cohort

PATIENTS = (500, 5_000)
RUNS = 5
FRAMES = (
    "patients",
    "lesions",
    "courses",
    "targets",
    "dose_metrics",
    "toxicities",
    "progressions",
    "losses",
    "screenings",
)


def main(sizes: tuple[int, ...] = PATIENTS) -> int:
    """Print seconds and megabytes by study and size."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "REGISTRY_DATA_DIR": folder,
            "DEMO": "1",
            "DEBUG": "0",
        }
        _run("--load", environment=environment)
        for study in ("miyakojima", "jinling", "cnao", "cams", "preop"):
            for size in sizes:
                found = json.loads(_run("--measure", study, str(size), environment=environment))
                lines.append(
                    [
                        f"{study}, {size:,} patients",
                        str(found["artefacts"]),
                        f"{found['made']:.2f}",
                        f"{found['processor']:.2f}",
                        f"{found['drawn']:.2f}",
                        f"{found['slowest_seconds']:.2f}",
                        found["slowest"],
                        f"{found['peak_mb']:.0f}",
                    ]
                )
    head = (
        "all of a paper",
        "artefacts",
        "s",
        "processor s",
        "as HTML s",
        "slowest s",
        "slowest",
        "MB",
    )
    print_table(head, lines)
    return 0


def _run(*arguments: str, environment: dict[str, str]) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_artefacts", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return run.stdout.splitlines()[-1]


def load() -> None:
    """The demo registry, without its people's work."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_demo")


def measure(study: str, size: int) -> None:
    """Medians of some runs, each of a cohort of which nothing was made before."""
    from analytics.artefacts.study_set import study_items
    from analytics.cohort import read_cohort
    from analytics.render import artefact_html
    from registry.models import Study
    from registry.scope import system_scope

    with system_scope():
        cohort = copied(read_cohort(Study.objects.get(key=study)), size)
    made, processor, drawn, slowest = [], [], [], {}
    for _run in range(RUNS):
        fresh = replace(cohort)
        begun, worked = time.perf_counter(), time.process_time()
        artefacts = []
        for item in study_items(fresh):
            one = time.perf_counter()
            artefacts.append(item.artefact())
            slowest[item.name] = time.perf_counter() - one
        made.append(time.perf_counter() - begun)
        processor.append(time.process_time() - worked)
        begun = time.perf_counter()
        for artefact in artefacts:
            artefact_html(artefact)
        drawn.append(time.perf_counter() - begun)
    name = max(slowest, key=lambda one: slowest[one])
    # Not getrusage(): a new process begins there with the peak of the one that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = {
        "artefacts": len(slowest),
        "made": statistics.median(made),
        "processor": statistics.median(processor),
        "drawn": statistics.median(drawn),
        "slowest": name,
        "slowest_seconds": slowest[name],
        "peak_mb": int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024,
    }
    print(json.dumps(found))


def copied(cohort: Cohort, size: int) -> Cohort:
    """At least so many patients: whole copies of the cohort, each under pseudonyms of its own."""
    import pandas as pd

    copies = range(-(-size // len(cohort.patients)))

    def copied_frame(frame: pd.DataFrame) -> pd.DataFrame:
        names = frame["USUBJID"]
        return pd.concat(
            [frame.assign(USUBJID=names.where(names == "", names + f"-{copy}")) for copy in copies],
            ignore_index=True,
        )

    frames: dict[str, Any] = {name: copied_frame(getattr(cohort, name)) for name in FRAMES}
    return replace(
        cohort,
        facts=replace(
            cohort.facts,
            patients=tuple(
                replace(patient, pseudonym=f"{patient.pseudonym}-{copy}")
                for copy in copies
                for patient in cohort.facts.patients
            ),
        ),
        **frames,
    )


if __name__ == "__main__":
    if sys.argv[1:2] in (["--load"], ["--measure"]):
        import django

        django.setup()
        if sys.argv[1] == "--load":
            load()
        else:
            measure(sys.argv[2], int(sys.argv[3]))
    else:
        raise SystemExit(main(tuple(map(int, sys.argv[1:])) or PATIENTS))
