"""``manage.py outcome_report --study KEY --out DIR``: the outcome report of a study as files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.known import NOW, THEN, known_at
from analytics.reports.blocks import BLOCKS
from analytics.reports.files import FORMATS, file_stem, files_of, write_files
from analytics.reports.goals import Goal
from analytics.reports.report import Report, build_report
from analytics.reports.sight import EVERYTHING
from analytics.services.snapshots import archive_of
from registry.errors import Refused
from registry.models import ProtocolVersion, Study

BUNDLE = "bundle"
"""Format of the archive with rows, results and the R script that makes them again."""


class Command(BaseCommand):
    """Writes the report of a study over all centres."""

    help = (
        "Write the outcome report of a study, over all centres, as PDF, HTML and document. A block "
        "that fails is named in its place and at the end; the others are delivered."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study, folder, data cut, formats, language, blocks, goals."""
        parser.add_argument("--study", required=True, metavar="KEY", help="key of the study")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder")
        parser.add_argument(
            "--data-cut", metavar="DATE", help="YYYY-MM-DD: later facts do not count (default: all)"
        )
        parser.add_argument(
            "--known",
            default=THEN,
            choices=[THEN, NOW],
            help="of a data cut in the past: what was on file then (default), or what is on file "
            "now about the time up to it",
        )
        parser.add_argument(
            "--format",
            default="pdf,html,docx",
            metavar="LIST",
            help=f"of {', '.join((*FORMATS, BUNDLE))} (default pdf,html,docx); the bundle is the "
            "archive of a snapshot, which is not kept",
        )
        parser.add_argument(
            "--language",
            default="en",
            metavar="CODE",
            help=f"of words, figures and dates: {', '.join(_languages())} (default en)",
        )
        parser.add_argument(
            "--blocks", default="", metavar="LIST", help=f"of {', '.join(BLOCKS)} (default all)"
        )
        parser.add_argument(
            "--goal",
            action="append",
            default=[],
            metavar="LC@24>=85",
            help="what the study wants to reach: endpoint, months, percent; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and write."""
        study = _study(options["study"])
        endings = _formats(options["format"])
        if options["language"] not in _languages():
            there = ", ".join(_languages())
            raise CommandError(
                f"--language: {options['language']!r} is not known; there are {there}"
            )
        report = _report(study, options)
        files = files_of(report, [one for one in endings if one != BUNDLE])
        if BUNDLE in endings:
            files[f"{file_stem(report)}.zip"] = _bundle(study, report)
        try:
            written = write_files(files, options["out"])
        except OSError as error:
            raise CommandError(f"--out: {error}") from error
        for path in written:
            self.stdout.write(str(path))
        failed = [block.key for block in report.blocks if block.failed]
        if failed:
            self.stderr.write(f"Blocks that could not be made: {', '.join(failed)}")


def _languages() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def _report(study: Study, options: dict[str, Any]) -> Report:
    data_cut = _day(options["data_cut"])
    past = known_at(data_cut, options["known"])
    try:
        return build_report(
            study,
            sight=EVERYTHING,
            made_at=timezone.localtime(),
            data_cut=data_cut,
            known_at=past,
            blocks=_listed(options["blocks"]),
            goals=[Goal.read(text) for text in options["goal"]],
            language=options["language"],
        )
    except ProtocolVersion.DoesNotExist:
        if past is None:
            raise CommandError(f"study {study.key} has no protocol yet") from None
        raise CommandError(
            f"nothing of study {study.key} was on file on {data_cut}; --known now takes what is "
            "on file now about the time up to that day"
        ) from None
    except ValueError as error:
        raise CommandError(str(error)) from error


def _bundle(study: Study, report: Report) -> bytes:
    try:
        return archive_of(study, data_cut=report.data_cut, known_at=report.known_at)
    except Refused as error:
        raise CommandError("; ".join(one.message for one in error.findings)) from error


def _study(key: str) -> Study:
    try:
        return Study.objects.get(key=key)
    except Study.DoesNotExist:
        there = ", ".join(Study.objects.values_list("key", flat=True)) or "none"
        raise CommandError(f"there is no study {key!r}; there are: {there}") from None


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--data-cut: {text!r} is no day (YYYY-MM-DD)") from None


def _formats(text: str) -> list[str]:
    endings = _listed(text)
    there = (*FORMATS, BUNDLE)
    if not endings or not set(endings) <= set(there):
        raise CommandError(f"--format: {text!r}; choose of {', '.join(there)}")
    return endings


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
