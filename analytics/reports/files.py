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


def files_of(report: Report, endings: Sequence[str]) -> dict[str, bytes]:
    """The report in several formats, by name of the file.

    Raises:
        KeyError: an unknown format.
    """
    return {f"{file_stem(report)}.{ending}": report_bytes(report, ending) for ending in endings}


def write_files(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Writes files into a folder, which is made where there is none; returns where they are.

    A file of the same name is replaced in one step, so that nobody ever reads half of one.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _write_whole(folder / name, content)
    return [folder / name for name in files]


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
