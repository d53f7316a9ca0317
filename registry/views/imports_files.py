"""Files that people take from an import: refused rows with the reasons, and empty tables."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path, PurePath
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from registry.exchange.refused_rows import as_csv, as_workbook, rows_with_reasons
from registry.exchange.template import write_workbook
from registry.models import ImportUpload
from registry.selectors.imports import imports_cases, pieces, summary
from registry.views.imports import import_of

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def import_rows_workbook(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The refused rows of all files as a workbook with a sheet for each table."""
    upload = import_of(key)
    found = list(pieces(upload))
    tables = [
        (_table_name(file["file"]), file["columns"], rows_with_reasons(found, file["file"]))
        for file in _refused_files(upload)
    ]
    return _download(as_workbook(tables), "refused-rows.xlsx", WORKBOOK)


@require_safe
def import_rows_csv(request: HttpRequest, key: uuid.UUID, number: int) -> StreamingHttpResponse:
    """The refused rows of one file as CSV."""
    upload = import_of(key)
    try:
        file = _refused_files(upload)[number]
    except IndexError:
        raise Http404 from None
    # Read before the answer begins: it is sent outside of the reader's scope.
    rows = list(rows_with_reasons(pieces(upload), file["file"]))
    response = StreamingHttpResponse(as_csv(file["columns"], rows), content_type="text/csv")
    name = "".join(sign for sign in _table_name(file["file"]) if sign.isalnum() or sign in "-_")
    response["Content-Disposition"] = f'attachment; filename="{name or "rows"}.csv"'
    return response


@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    """Empty tables of the registry's own format with an explanation of every column."""
    if not imports_cases():
        raise PermissionDenied
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_workbook(path)
        return _download(path.read_bytes(), "registry-tables.xlsx", WORKBOOK)


def _refused_files(upload: ImportUpload) -> list[dict[str, Any]]:
    found = summary(upload)
    refused = [file for file in found["files"] if file["refused"]] if found else []
    if not refused:
        raise Http404
    return refused


def _table_name(file: str) -> str:
    """The name of the sheet, or of the file without its suffix."""
    name, _, sheet = file.partition(" [")
    return sheet.removesuffix("]") if sheet else PurePath(name).stem


def _download(contents: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(contents, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
