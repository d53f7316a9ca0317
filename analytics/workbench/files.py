"""Files of the workbench, by the last part of their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse

from analytics.render import csv_text, png_bytes
from analytics.workbench.bundle import adtte_csv, bundle
from analytics.workbench.result import Result
from analytics.workbench.state import State

BOM = "\ufeff"
"""First sign of a CSV file: by it spreadsheets read UTF-8 as UTF-8."""

Files = Mapping[str, tuple[str, Callable[[Result], bytes]]]


def _svg(result: Result) -> bytes:
    if result.figure is None:
        raise Http404
    return result.figure.svg.encode()


def _rates(result: Result) -> bytes:
    text = csv_text(result.rates) if result.rates else f"{result.survival.reason}\n"
    return (BOM + text).encode()


FIGURE_FILES: Files = {
    "curve.svg": ("image/svg+xml", _svg),
    "curve.png": ("image/png", lambda result: png_bytes(_svg(result).decode())),
    "rates.csv": ("text/csv; charset=utf-8", _rates),
}
"""Name → type of the content, and what makes it: for whoever sees figures."""

ROW_FILES: Files = {
    "adtte.csv": (
        "text/csv; charset=utf-8",
        lambda result: (BOM + adtte_csv(result)).encode(),
    ),
    "analysis.zip": ("application/zip", bundle),
}
"""The same for files that hold patients line by line: for whoever reads the cases."""


def file_of(state: State, files: Files, name: str) -> HttpResponse:
    """The file, to be saved under a name that says study and endpoint and nothing of a patient.

    Raises:
        Http404: there is no such file, or there is nobody in the curve, so no drawing.
    """
    if name not in files:
        raise Http404
    kind, make = files[name]
    stem = f"{state.study.key}-{state.choices.endpoint}".lower().replace("_", "-")
    disposition = f'attachment; filename="{stem}-{name}"'
    return HttpResponse(
        make(state.result), headers={"Content-Type": kind, "Content-Disposition": disposition}
    )
