"""``manage.py snapshot --study KEY``: freezes the analysis of a study."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.services.snapshots import freeze
from registry.errors import Refused
from registry.models import Study


class Command(BaseCommand):
    """Makes a snapshot and, where asked, writes its archive."""

    help = (
        "Freeze the analysis of a whole study as its next snapshot. A data cut in the past is "
        "rebuilt from the audit trail as it was known at the end of that day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study, data cut, note, file."""
        parser.add_argument("--study", required=True, metavar="KEY", help="key of the study")
        parser.add_argument(
            "--data-cut", metavar="DATE", help="YYYY-MM-DD: last day that counts (default: today)"
        )
        parser.add_argument("--note", default="", metavar="TEXT", help="kept with the snapshot")
        parser.add_argument(
            "--out", metavar="FILE.zip", help="write the archive there; nothing is overwritten"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Freeze, write, say what was made."""
        try:
            study = Study.objects.get(key=options["study"])
        except Study.DoesNotExist:
            keys = ", ".join(Study.objects.values_list("key", flat=True)) or "none"
            raise CommandError(f"no study {options['study']}; there are: {keys}") from None
        out = Path(options["out"]) if options["out"] else None
        if out is not None and out.exists():
            raise CommandError(f"{out} is there already")
        try:
            made = freeze(
                study=study, data_cut=_day(options["data_cut"]), by=None, note=options["note"]
            )
        except Refused as error:
            raise CommandError("; ".join(one.message for one in error.findings)) from error
        self.stdout.write(
            f"{made}: {made.patient_count} patients, archive {len(made.bundle)} bytes, "
            f"SHA-256 {made.bundle_sha256}"
        )
        if out is not None:
            try:
                out.write_bytes(made.bundle)
            except OSError as error:
                raise CommandError(f"the snapshot is made, but {out}: {error.strerror}") from error


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"--data-cut {text}: no day, write YYYY-MM-DD") from None
