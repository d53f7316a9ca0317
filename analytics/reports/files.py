"""A report as files: all formats are made before the first is written, each file whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.utils import translation

from analytics.reports.docx import docx_bytes
from analytics.reports.html import html_text
from analytics.reports.pdf import pdf_bytes
from analytics.reports.report import Report

FORMATS: Mapping[str, tuple[str, Callable[[Report], bytes]]] = {
    "pdf": ("application/pdf", pdf_bytes),
    "html": ("text/html; charset=utf-8", lambda report: html_text(report).encode()),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        docx_bytes,
    ),
}
"""Ending of the file → type of its content, and what makes it."""


def report_bytes(report: Report, ending: str) -> bytes:
    """The report in one format, in its own language."""
    with translation.override(report.language):
        return FORMATS[ending][1](report)


def file_stem(report: Report) -> str:
    """Name of the files: study, and the data cut where there is one."""
    cut = f"-{report.data_cut.isoformat()}" if report.data_cut else ""
    return f"{report.study}-report{cut}"


def write_files(report: Report, folder: Path, endings: Sequence[str]) -> list[Path]:
    """Writes the report into a folder, which is made where there is none; returns the files.

    Nothing is written where one format cannot be made. A file of the same name is replaced in one
    step, so that nobody ever reads half of one.

    Raises:
        KeyError: an unknown format.
        OSError: the folder cannot be written to.
    """
    made = {ending: report_bytes(report, ending) for ending in endings}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for ending, content in made.items():
        path = folder / f"{file_stem(report)}.{ending}"
        _write_whole(path, content)
        written.append(path)
    return written


def _write_whole(path: Path, content: bytes) -> None:
    # The temporary file is readable by its owner only, and so is the report.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
