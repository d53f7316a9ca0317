"""``manage.py make_cohorts``: the synthetic cohorts as files of the import format."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.demo.cohorts import SEED, write_cohorts
from registry.demo.draw import CohortError


class Command(BaseCommand):
    """Writes a folder per study and centre."""

    help = (
        "Write the five synthetic cohorts of the demo as CSV files of the import format: "
        "DIR/<study>/<centre>/*.csv. Same seed and week of today, same bytes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and for which day."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--today",
            type=dt.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day that the follow-up is relative to (default: today)",
        )
        parser.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and write."""
        try:
            folders = write_cohorts(
                options["folder"],
                today=options["today"] or timezone.localdate(),
                seed=options["seed"],
                told=lambda study: self.stdout.write(f"Making {study}"),
            )
        except (CohortError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Wrote {len(folders)} folders to {options['folder']}")
