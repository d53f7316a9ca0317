"""``manage.py import_cases``: cases from files into a study and a centre."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from registry.errors import Stale
from registry.exchange.importer import ImportProblem, Job, Progress, run_import
from registry.exchange.mapping import MappingError
from registry.exchange.mapping_reader import read_mapping
from registry.exchange.report import as_text, write_report
from registry.exchange.table import TableError
from registry.protocols import ProtocolError


class Command(BaseCommand):
    """Imports cases; exits with 1 and writes nothing when a row is refused."""

    help = (
        "Import cases from CSV files, workbooks or folders of them: in the native format, or in "
        "any other that a mapping explains (docs/import.md). All or nothing by default."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--mapping", type=Path, metavar="FILE.toml")
        parser.add_argument("--study", required=True, metavar="KEY")
        parser.add_argument("--centre", required=True, metavar="CODE")
        parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="whole report; .json or text"
        )
        parser.add_argument(
            "--keep-valid", action="store_true", help="write the patients without refused rows"
        )
        parser.add_argument(
            "--create-missing", action="store_true", help="make study (from its preset) and centre"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import and print its report."""
        report: Path | None = options["report"]
        if report is not None and not report.resolve().parent.is_dir():
            raise CommandError(f"There is no folder for the report {report}")
        try:
            mapping = read_mapping(options["mapping"]) if options["mapping"] else None
            job = Job(
                paths=options["paths"],
                study=options["study"],
                centre=options["centre"],
                mapping=mapping,
                dry_run=options["dry_run"],
                keep_valid=options["keep_valid"],
                create_missing=options["create_missing"],
            )
            outcome = run_import(job, by=None, progress=self._progress())
        except (TableError, MappingError, ImportProblem, ProtocolError, Stale) as error:
            raise CommandError(f"Nothing was written: {error}") from None
        except (OperationalError, ProgrammingError) as error:
            text = str(error).splitlines()[0]
            raise CommandError(f"Nothing was written: the database fails ({text})") from error
        self.stdout.write(as_text(outcome))
        if report is not None:
            write_report(outcome, report)
        if outcome.ledger.has_refusals and not job.keep_valid:
            raise CommandError("Nothing was written: rows were refused.")

    def _progress(self) -> Progress:
        """A line that counts on a terminal, one line per tenth elsewhere."""
        # Progress is no error: not in the colour of one.
        plain = str
        shown = -1

        def tell(done: int, of: int) -> None:
            nonlocal shown
            if self.stderr.isatty():
                end = "\n" if done == of else ""
                self.stderr.write(f"\r{done} of {of} patients", plain, end)
                self.stderr.flush()
            elif done * 10 // of > shown:
                shown = done * 10 // of
                self.stderr.write(f"{done} of {of} patients", plain)

        return tell
