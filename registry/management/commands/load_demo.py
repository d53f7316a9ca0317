"""``manage.py load_demo``: the demo registry, all of it synthetic."""

from __future__ import annotations

import datetime as dt
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.demo.draw import CohortError
from registry.demo.loading import DemoProblem, is_loaded, load_demo
from registry.exchange.importer import ImportProblem
from registry.exchange.table import TableError


class Command(BaseCommand):
    """Loads once; a second call says so and changes nothing."""

    help = (
        "Load five synthetic studies at five centres, with an account for every role. "
        "Refused in production: the password of the accounts is public."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The day of the demo."""
        parser.add_argument(
            "--today",
            type=dt.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day that the follow-up is relative to, not after today (default: today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, telling how far it is."""
        if not settings.DEMO:
            raise CommandError(
                "Nothing was loaded: this installation is not a demo. `make demo` makes one; "
                "by hand, set DEMO=1 with the development settings."
            )
        today = options["today"] or timezone.localdate()
        if today > timezone.localdate():
            raise CommandError(f"Nothing was loaded: {today} is in the future.")
        began = time.monotonic()
        try:
            if is_loaded():
                self.stdout.write("The demo registry is loaded already; nothing was changed.")
                return
            load_demo(today=today, tell=self.stdout.write)
        except (DemoProblem, CohortError, ImportProblem, TableError) as error:
            raise CommandError(f"Nothing was loaded: {error}") from None
        self.stdout.write(f"Loaded the demo registry in {time.monotonic() - began:.0f} s")
