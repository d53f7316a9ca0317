"""How the files of an import are to be read: a mapping, or a choice for every column."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from registry.exchange.mapping import MappingError
from registry.exchange.recognise import is_native
from registry.exchange.table import TableError
from registry.models import ImportState, ImportUpload
from registry.sealed_files import SealedFileError
from registry.selectors.imports import first_rows, preview
from registry.services import import_uploads
from registry.services.import_uploads import UploadRefused
from registry.views.column_choice import Choice, choices_of, problems_of, text_of
from registry.views.imports import import_of
from registry.views.imports_forms import COLUMNS, MappingForm

OPEN = frozenset({ImportState.UPLOADED, ImportState.MAPPED, ImportState.CHECKED})
UNREADABLE = (TableError, MappingError, SealedFileError)


def _open_import(key: uuid.UUID) -> ImportUpload:
    upload = import_of(key)
    if upload.state not in OPEN:
        raise Http404
    return upload


@require_http_methods(["GET", "HEAD", "POST"])
def import_mapping(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Choose a mapping, or to choose for every column."""
    upload = _open_import(key)
    try:
        native = is_native(first_rows(upload))
    except UNREADABLE as error:
        return _unreadable(request, upload, error)
    form = MappingForm(request.POST or None, request.FILES or None, upload=upload, native=native)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["how"] == COLUMNS:
            return redirect("registry:import_columns", key)
        try:
            title, source = form.chosen()
            _choose(request, upload, title, source, name=form.cleaned_data["name"])
        except (MappingError, UploadRefused, ValueError) as error:
            form.add_error("how", str(error))
        else:
            return redirect("registry:import_preview", key)
    page = {"upload": upload, "form": form, "step": "columns"}
    return render(
        request, "registry/imports/mapping.html", page, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Choose for every table and every column what it is."""
    upload = _open_import(key)
    try:
        tables = first_rows(upload)
    except UNREADABLE as error:
        return _unreadable(request, upload, error)
    choices = choices_of(tables, request.POST)
    problems: list[str] = []
    name = request.POST.get("name", "").strip()
    if request.method == "POST" and "show" not in request.POST:
        problems = problems_of(choices)
        if not problems:
            try:
                title = name or _("Columns chosen by hand")
                _choose(request, upload, title, text_of(choices, title), name=name)
            except (MappingError, UploadRefused) as error:
                problems = [str(error)]
            else:
                return redirect("registry:import_preview", key)
    page = {
        "upload": upload,
        "choices": choices,
        "problems": problems,
        "name": name,
        "share": "share" in request.POST,
        "step": "columns",
    }
    status = 400 if problems else 200
    return render(request, "registry/imports/columns.html", page, status=status)


@require_safe
def import_columns_of(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponse:
    """The columns of one table, when another table of the registry is chosen for it."""
    upload = _open_import(key)
    try:
        choices: list[Choice] = choices_of(first_rows(upload), request.GET)
        choice = choices[number]
    except (*UNREADABLE, IndexError):
        raise Http404 from None
    return render(request, "registry/imports/_columns_of.html", {"choice": choice})


@require_safe
def import_preview(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The first rows as they would be read, each with what is wrong in it."""
    upload = _open_import(key)
    if upload.state == ImportState.UPLOADED:
        return redirect("registry:import_mapping", key)
    try:
        tables = preview(upload)
    except UNREADABLE as error:
        return _unreadable(request, upload, error)
    page = {"upload": upload, "tables": tables, "step": "preview"}
    return render(request, "registry/imports/preview.html", page)


def _choose(
    request: HttpRequest, upload: ImportUpload, title: str, source: str, *, name: str
) -> None:
    user: Any = request.user
    if name and source:
        study = upload.study if "share" in request.POST else None
        import_uploads.save_mapping(
            name=name, source=source, centre=upload.centre, study=study, by=user
        )
    import_uploads.choose_mapping(upload, title=title, source=source, by=user)


def _unreadable(request: HttpRequest, upload: ImportUpload, error: Exception) -> HttpResponse:
    page = {"upload": upload, "problem": str(error), "step": "columns"}
    return render(request, "registry/imports/unreadable.html", page, status=400)
