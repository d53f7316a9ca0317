"""``make crash``: reminders are sent while everything is killed, and counted afterwards.

Arguments name parts (``workers steps relays …``) and sites (``sqlite postgresql``); without any
all parts run on both. The exit code is 1 when a figure is wrong.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import SystemRandom

from config.processes import die_with_parent
from tests.crash.databases import SITES, Site
from tests.services import Absent

PARTS = ("workers", "steps", "relays", "broker", "outage", "mail_server", "clock")
LONGEST = 30 * 60  # seconds of one site; more means that the harness itself hangs


def main(names: list[str]) -> int:
    """Run the parts on the sites; returns the worst exit code."""
    unknown = set(names) - set(PARTS) - set(SITES)
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}.")
        print(f"Parts: {', '.join(PARTS)}. Sites: {', '.join(SITES)}.")
        return 2
    signal.signal(signal.SIGTERM, _end)  # what was made is removed then as well
    chance = os.environ.get("CRASH_SEED") or str(SystemRandom().randrange(1_000_000))
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}", end="; ")
    print(f"CRASH_SEED={chance} draws the same numbers again", flush=True)
    begun = time.monotonic()
    worst = 0
    for name, open_site in SITES.items():
        if set(names) & set(SITES) and name not in names:
            continue
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            try:
                with open_site(Path(folder)) as site:
                    print(f"\n== {site.title}", flush=True)
                    parts = [part for part in PARTS if part in names or not set(names) & set(PARTS)]
                    worst = max(worst, _run(site, Path(folder), chance, parts))
            except Absent as exc:
                print(f"\n== {name} skipped: {exc}", flush=True)
    print(f"\n{'Wrong' if worst else 'Right'}, in {time.monotonic() - begun:.0f} s", flush=True)
    return worst


def _end(*_: object) -> None:
    raise SystemExit("ended before the end")


def _run(site: Site, folder: Path, chance: str, parts: list[str]) -> int:
    """Run the parts in a process of their own, which ends with this one."""
    temporary = folder / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.run", *parts],
        env={
            **os.environ,
            **site.environment(),
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "REGISTRY_DATA_DIR": str(folder),
            "TMPDIR": str(temporary),
            "CRASH_SEED": chance,
        },
        preexec_fn=die_with_parent,
        start_new_session=True,
    )
    try:
        code = process.wait(LONGEST)
        if code < 0:
            print(f"{site.title}: ended by {signal.Signals(-code).name}", flush=True)
        return abs(code)
    except subprocess.TimeoutExpired:
        print(f"{site.title}: not at its end after {LONGEST} s", flush=True)
        return 1
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
