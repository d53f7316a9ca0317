"""``manage.py import_template``: empty tables of the native import format."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.exchange.template import write_folder, write_workbook


class Command(BaseCommand):
    """Writes a workbook, or a folder of CSV files, to be filled in."""

    help = (
        "Write empty tables of the import format with an explanation of every column: a workbook "
        "when the name ends in .xlsx, otherwise a folder of CSV files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the target."""
        parser.add_argument("target", type=Path, metavar="DIR|FILE.xlsx")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the template."""
        target: Path = options["target"]
        try:
            if target.suffix.lower() == ".xlsx":
                write_workbook(target)
            else:
                write_folder(target)
        except OSError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Wrote {target}")
