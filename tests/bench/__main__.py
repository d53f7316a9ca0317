"""``make bench``: runs every ``tests/bench/bench_*.py`` in a process of its own.

Each prints its own table. Benchmarks measure; whether a figure is good enough is for the reader.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the benchmarks whose names are given, or all; returns the worst exit code."""
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}", flush=True)
    worst = 0
    for path in sorted(HERE.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if names and name not in names:
            continue
        print(f"\n== {name}", flush=True)
        run = subprocess.run([sys.executable, "-m", f"tests.bench.{path.stem}"])
        worst = max(worst, abs(run.returncode))
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
