"""Runs parts on one site, in this process and its children: ``python -m tests.crash.run PART…``.

The site is that of the environment; ``tests.crash`` sets it up.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.crash.harness import Outcome

HEAD = ("part", "relay", "of", "due", "delivered", "unknown", "doubled", "lost", "kills", "seconds")
WIDTHS = (12, 21, 9, 7, 9, 7, 7, 6, 6, 7)


def main(parts: list[str]) -> int:
    """Run the parts and print a table; returns 1 when a figure is wrong, else 0."""
    faulthandler.enable()
    django.setup()
    from tests.crash.children import ChildFailed, Stuck
    from tests.crash.databases import site_of
    from tests.crash.harness import Harness
    from tests.crash.steps import MissingStep

    chance = int(os.environ["CRASH_SEED"])
    harness = Harness(site_of(os.environ), seed_of_chance=chance)
    begun = time.monotonic()
    harness.prepare()
    print(f"seeded and migrated in {time.monotonic() - begun:.0f} s", flush=True)
    _line(HEAD)
    wrong = False
    for part in parts:
        module = import_module(f"tests.crash.part_{part}")
        begun = time.monotonic()
        try:
            for outcome in module.run(harness):
                _show(part, outcome, time.monotonic() - begun)
                wrong = wrong or not outcome.is_right
                begun = time.monotonic()
        except (Stuck, ChildFailed, MissingStep) as error:
            print(f"{part}: {error}", flush=True)
            wrong = True
    return int(wrong)


def _show(part: str, outcome: Outcome, seconds: float) -> None:
    for index, name in enumerate(("reminders", "mails")):
        count = outcome.account.reminders if index == 0 else outcome.account.mails
        begin = (part, outcome.relay.name) if index == 0 else ("", "")
        end = (outcome.kills, f"{seconds:.0f}") if index == 0 else ("", "")
        figures = (count.due, count.delivered, count.unknown, count.doubled, count.lost)
        _line((*begin, name, *(f"{figure:,}" for figure in figures), *end))
    notes = list(outcome.notes)
    if outcome.account.doubtful:
        notes.append(_doubt(outcome))
    if outcome.kills < outcome.least:
        notes.append(f"{outcome.kills} kills, and {outcome.least} were to be")
    if not outcome.is_right:
        notes.append("WRONG")
    for note in notes:
        print(f"    {note}", flush=True)


def _doubt(outcome: Outcome) -> str:
    doubtful = outcome.account.doubtful
    shown = ", ".join(doubtful[:3]) + (", …" if len(doubtful) > 3 else "")
    return f"unknown: {shown}; {outcome.account.arrived} of {len(doubtful)} did arrive"


def _line(cells: tuple[object, ...]) -> None:
    texts = [
        str(cell).ljust(width) if index < 3 else str(cell).rjust(width)
        for index, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    ]
    print("  ".join(texts).rstrip(), flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
