"""Files of the workbench, by the last part of their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from analytics.render import csv_text, png_bytes
from analytics.workbench.bundle import adtte_csv, bundle
from analytics.workbench.result import Result
from analytics.workbench.state import State


def _svg(result: Result) -> bytes:
    if result.figure is None:
        raise Http404
    return result.figure.svg.encode()


def _rates(result: Result) -> bytes:
    if result.rates is None:
        raise Http404
    return ("\ufeff" + csv_text(result.rates)).encode()


FILES: Mapping[str, tuple[str, Callable[[Result], bytes]]] = {
    "curve.svg": ("image/svg+xml", _svg),
    "curve.png": ("image/png", lambda result: png_bytes(_svg(result).decode())),
    "rates.csv": ("text/csv; charset=utf-8", _rates),
    "adtte.csv": (
        "text/csv; charset=utf-8",
        lambda result: ("\ufeff" + adtte_csv(result)).encode(),
    ),
    "analysis.zip": ("application/zip", bundle),
}
"""Name → type of the content, and what makes it."""


OF_ROWS = frozenset({"adtte.csv", "analysis.zip"})
"""Files that hold patients line by line."""


def file_of(state: State, name: str) -> HttpResponse:
    """The file, to be saved under a name that says study and endpoint and nothing of a patient.

    Raises:
        Http404: there is nobody in the curve, so no figure.
        PermissionDenied: a file of rows, for somebody who does not read the cases.
    """
    if name in OF_ROWS and not state.row_access:
        raise PermissionDenied(_("This file holds patients line by line."))
    kind, make = FILES[name]
    stem = f"{state.study.key}-{state.choices.endpoint}".lower().replace("_", "-")
    disposition = f'attachment; filename="{stem}-{name}"'
    return HttpResponse(
        make(state.result), headers={"Content-Type": kind, "Content-Disposition": disposition}
    )
