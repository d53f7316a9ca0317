"""``manage.py paper_tables --study KEY --out DIR``: everything that the study's paper shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from analytics.management.arguments import add_study, add_where, cohort_of
from analytics.tables.folder import OVERVIEW, FolderProblem, write_folder
from registry.scope import system_scope


class Command(BaseCommand):
    """Writes a folder, whole or not at all."""

    help = (
        "Write all tables and figures of a study into a folder, over all centres: an overview "
        "(HTML), each as CSV, Markdown and SVG, all as one DOCX, and a list of the files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study, folder, data cut, part of the patients, language."""
        add_study(parser)
        add_where(parser)
        parser.add_argument(
            "--out", required=True, type=Path, metavar="DIR", help="not there yet, or empty"
        )
        parser.add_argument(
            "--language",
            default="",
            metavar="CODE",
            help="such as de: its numbers, and its words where they are translated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and write."""
        language = options["language"] or translation.get_language() or "en"
        if not translation.check_for_language(language):
            raise CommandError(
                f"--language: there is no language {language!r}; write for example en"
            )
        with system_scope():
            cohort = cohort_of(options)
        out = options["out"].absolute()
        try:
            with translation.override(language):
                files = write_folder(cohort, out, at=timezone.now())
        except FolderProblem as error:
            raise CommandError(f"--out: {error}") from None
        self.stdout.write(f"Wrote {len(files)} files; begin with {out / OVERVIEW}")
