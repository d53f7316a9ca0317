"""All tables and figures of a study in one folder, which is there whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact, Figure, numbers_of
from analytics.artefacts.study_set import study_items
from analytics.cohort import Cohort
from analytics.render import csv_text, docx_bytes, markdown_text
from analytics.tables.overview import Made, overview_html
from registry.csv_safe import safe_row

OVERVIEW, DOCUMENT, INDEX = "index.html", "tables.docx", "files.csv"


class FolderProblem(Exception):
    """The folder cannot be written; the message names it and says why."""


def write_folder(cohort: Cohort, folder: Path, *, at: dt.datetime) -> list[str]:
    """Every artefact as CSV, Markdown and SVG, all as one document, an overview and an index.

    They are written beside the folder, and moved to its place when all are there.

    Args:
        folder: not there yet, or empty; the one above it has to be there.
        at: when it was made, in UTC; kept in the document.

    Returns:
        The names of the files.

    Raises:
        FolderProblem: the folder holds something, or cannot be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderProblem(f"{folder} is there and not empty; name a folder that is not there yet")
    if not folder.parent.is_dir():
        raise FolderProblem(f"{folder.parent} is no folder")
    files = files_of(cohort, at=at)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            (beside / name).write_bytes(content)
        beside.chmod(0o755)
        # Replaces an empty folder, and fails where somebody has filled it meanwhile.
        os.rename(beside, folder)
    except OSError as error:
        raise FolderProblem(f"{folder} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return list(files)


def files_of(cohort: Cohort, *, at: dt.datetime) -> dict[str, bytes]:
    """The files by name, the overview first."""
    made: list[Made] = [(item.name, item.section, item.artefact()) for item in study_items(cohort)]
    artefacts = [artefact for _name, _section, artefact in made]
    files: dict[str, str] = {}
    of_parts: dict[str, list[tuple[str, str]]] = {}
    texts: dict[str, str] = {}
    for place, (name, _section, artefact) in enumerate(made, start=1):
        stem = f"{place:02d}-{name}"
        texts[name] = f"{stem}.md"
        files[texts[name]] = markdown_text(artefact, level=1)
        for part in artefact.parts:
            table = numbers_of(part)
            own = f"{place:02d}-{part.key}".replace("_", "-")
            files[f"{own}.csv"] = "\ufeff" + csv_text(table)
            links = [(_("Figures (CSV)"), f"{own}.csv"), (_("Text (Markdown)"), texts[name])]
            if isinstance(part, Figure):
                files[f"{own}.svg"] = part.svg
                links.append((_("Drawing (SVG)"), f"{own}.svg"))
            of_parts[part.key] = links
    whole = {_("Document (DOCX)"): DOCUMENT, _("List of the files (CSV)"): INDEX}
    overview = overview_html(cohort, made, files=whole, of_parts=of_parts)
    title = _("%(study)s: tables and figures") % {"study": cohort.study_title}
    return {
        OVERVIEW: overview.encode(),
        INDEX: _index(made, of_parts, texts).encode(),
        DOCUMENT: docx_bytes(artefacts, title=title, at=at),
        **{name: text.encode() for name, text in files.items()},
    }


def _index(
    made: Sequence[Made], of_parts: dict[str, list[tuple[str, str]]], texts: dict[str, str]
) -> str:
    """What each file holds: section, artefact, title, file; and why an artefact shows nothing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["section", "artefact", "title", "file", "note"])
    for name, section, artefact in made:
        for line in _index_lines(artefact, of_parts, texts[name]):
            writer.writerow(safe_row([section.value, name, *line]))
    return "\ufeff" + text.getvalue()


def _index_lines(
    artefact: Artefact, of_parts: dict[str, list[tuple[str, str]]], text: str
) -> Iterator[tuple[str, str, str]]:
    if not artefact.parts:
        yield artefact.title, text, artefact.reason
    for part in artefact.parts:
        for _words, file in of_parts[part.key]:
            yield part.title, file, ""
