"""``manage.py load_ctcae FILE --release 5.0``: official grade texts from the NCI workbook."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.services.terminology import load_ctcae_grade_texts
from registry.terminology import ctcae
from registry.terminology.ctcae_workbook import read_grade_texts
from registry.terminology.errors import TerminologyError


class Command(BaseCommand):
    """Reads the workbook, checks it against the shipped terms, stores the texts."""

    help = (
        "Load the official grade texts of a CTCAE release from the workbook (.xlsx) that the "
        "National Cancer Institute publishes. A second load of the same file changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """File and release."""
        parser.add_argument("file", help="the workbook, as downloaded")
        parser.add_argument(
            "--release", required=True, choices=ctcae.RELEASES, help="the CTCAE release it holds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file and say what changed."""
        release = options["release"]
        try:
            texts = read_grade_texts(options["file"], release)
            loaded = load_ctcae_grade_texts(release=release, texts=texts, by=None)
        except TerminologyError as error:
            raise CommandError(str(error)) from error
        if loaded.is_news:
            message = (
                f"CTCAE {release}: {loaded.added} grade texts added, {loaded.changed} changed, "
                f"{loaded.unchanged} as before."
            )
        else:
            message = (
                f"CTCAE {release}: nothing changed, "
                f"all {loaded.unchanged} grade texts were there before."
            )
        self.stdout.write(message)
