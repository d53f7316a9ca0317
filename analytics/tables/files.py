"""Tables and figures as files, by the extension of their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.http import Http404, HttpResponse
from django.utils import timezone

from analytics.artefacts.parts import Artefact, Figure, Part, Table, numbers_of
from analytics.artefacts.study_set import Section
from analytics.render import csv_text, docx_bytes, png_bytes
from analytics.tables.state import State

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OF_SECTION = "section-"


def _csv(part: Part) -> bytes:
    table = numbers_of(part)
    return ("\ufeff" + csv_text(table)).encode()


def _svg(part: Part) -> bytes:
    if isinstance(part, Table):
        raise Http404
    return part.svg.encode()


def _png(part: Part) -> bytes:
    return png_bytes(_svg(part).decode())


OF_PARTS: Mapping[str, tuple[str, Callable[[Part], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "svg": ("image/svg+xml", _svg),
    "png": ("image/png", _png),
}
"""Extension → type of the content, and what makes it of a table or figure."""


def section_name(section: Section) -> str:
    """Name of the file that holds a whole section."""
    return f"{_OF_SECTION}{section}"


def file_of(state: State, name: str, extension: str, part_key: str) -> HttpResponse:
    """The file, to be saved under a name that says study and table and nothing of a patient.

    Whether anything may be shown of these patients is asked before.

    Args:
        name: of an artefact; for "docx" of a section too.
        part_key: of a part of the artefact; "" for the first that comes as such a file.

    Raises:
        Http404: there is no such artefact, part or extension, or nothing to show in it.
    """
    artefacts = _artefacts(state, name)
    if extension == "docx":
        title = f"{artefacts[0].title if len(artefacts) == 1 else name} – {state.study.title}"
        content = docx_bytes(artefacts, title=title, at=timezone.now())
        return _attached(state, name, extension, _DOCX, content)
    if extension not in OF_PARTS or len(artefacts) != 1:
        raise Http404
    kind, make = OF_PARTS[extension]
    part = _part(artefacts[0].parts, extension, part_key)
    return _attached(state, part.key, extension, kind, make(part))


def _artefacts(state: State, name: str) -> list[Artefact]:
    found = [
        state.artefact(item)
        for item in state.items
        if item.name == name or section_name(item.section) == name
    ]
    if not found:
        raise Http404
    return found


def _part(parts: Sequence[Part], extension: str, key: str) -> Part:
    """The part of that key; without a key the first one that comes as such a file."""
    for part in parts:
        if part.key == key or (not key and (extension == "csv" or isinstance(part, Figure))):
            return part
    raise Http404


def _attached(state: State, name: str, extension: str, kind: str, content: bytes) -> HttpResponse:
    stem = f"{state.study.key}-{name}".lower().replace("_", "-")
    return HttpResponse(
        content,
        headers={
            "Content-Type": kind,
            "Content-Disposition": f'attachment; filename="{stem}.{extension}"',
        },
    )
