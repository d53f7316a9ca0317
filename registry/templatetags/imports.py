"""Words and marks of the pages of imports."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from registry.exchange.entities import entities
from registry.models import ImportState, ImportUpload

register = template.Library()

# The shape of the mark; the word is the state's own.
_MARKS: dict[str, str] = {
    ImportState.UPLOADED: "waiting",
    ImportState.MAPPED: "waiting",
    ImportState.CHECKING: "planned",
    ImportState.CHECKED: "due",
    ImportState.IMPORTING: "planned",
    ImportState.DONE: "done",
    ImportState.FAILED: "failed",
    ImportState.CANCELLED: "cancelled",
}


@register.inclusion_tag("components/status.html")
def import_status(upload: ImportUpload) -> dict[str, Any]:
    """The state of an import by shape and word."""
    return {"state": _MARKS[upload.state], "word": upload.get_state_display()}


@register.filter
def table_title(name: str) -> str:
    """The name of a native table for people."""
    title = entities()[name].title if name in entities() else name
    return f"{title[:1].upper()}{title[1:]}"


@register.filter
def severity_word(severity: str) -> str:
    """The strength of a check in the reader's language."""
    words = {"unlikely": _("Unlikely"), "incomplete": _("Incomplete")}
    return words.get(severity, severity)


@register.filter
def refused_files(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The files that have refused rows, in the order of their downloads."""
    return [file for file in found["files"] if file["refused"]]
