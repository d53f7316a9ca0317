"""Imports in the browser: the list, the upload, and the page of one import at its step."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.models import ImportState, ImportUpload
from registry.selectors.imports import imports_cases, own_imports, summary
from registry.services import import_uploads
from registry.services.import_uploads import UploadRefused
from registry.tasks import run_import
from registry.views.imports_forms import UploadForm

PAGE_SIZE = 25


def import_of(key: uuid.UUID) -> ImportUpload:
    """The import of this key, in the scope of the reader; 404 for one that is not visible."""
    upload: ImportUpload = get_object_or_404(own_imports(), key=key)
    return upload


def queue(key: str) -> None:
    """Ask a worker to go on with an import."""
    run_import.delay(key)


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The imports of the reader's centres, the newest first."""
    _require_case_entry()
    page = Paginator(own_imports(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "registry/imports/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload files; ``?like=`` takes study, centre and mapping from an earlier import."""
    _require_case_entry()
    like = _like(request)
    form = UploadForm(request.POST or None, request.FILES or None, initial=_initial(like))
    if request.method == "POST" and form.is_valid():
        row = form.participations[form.cleaned_data["into"]]
        try:
            upload = import_uploads.start_upload(
                form.cleaned_data["tables"],
                centre=row.centre,
                study=row.study,
                by=request.user,  # type: ignore[arg-type]
                like=like,
            )
        except UploadRefused as error:
            form.add_error("tables", str(error))
        else:
            return redirect("registry:import_step", upload.key)
    page = {"form": form, "like": like, "step": "files"}
    return render(request, "registry/imports/new.html", page, status=400 if form.errors else 200)


@require_safe
def import_step(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One import at the step where it stands."""
    upload = import_of(key)
    if upload.state == ImportState.UPLOADED:
        return redirect("registry:import_mapping", key)
    if upload.state == ImportState.MAPPED:
        return redirect("registry:import_preview", key)
    found = None if upload.is_running else summary(upload)
    page = {"upload": upload, "found": found, "step": _step(upload)}
    return render(request, "registry/imports/step.html", page)


@require_safe
def import_progress(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a running import is; when it is not running any more, the page is loaded anew."""
    upload = import_of(key)
    response = render(request, "registry/imports/_progress.html", {"upload": upload})
    if not upload.is_running:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def import_check(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Have every row checked, without keeping anything."""
    return _go_on(request, key, "start_check")


@require_POST
def import_start(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Have the sound patients written."""
    return _go_on(request, key, "start_import")


@require_POST
def import_cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Go no further."""
    upload = import_of(key)
    try:
        import_uploads.cancel(upload, by=request.user)  # type: ignore[arg-type]
    except UploadRefused as error:
        return _came_too_late(request, upload, error)
    return redirect("registry:import_step", key)


def _go_on(request: HttpRequest, key: uuid.UUID, what: str) -> HttpResponse:
    upload = import_of(key)
    try:
        getattr(import_uploads, what)(upload, by=request.user, queue=queue)
    except UploadRefused as error:
        return _came_too_late(request, upload, error)
    return redirect("registry:import_step", key)


def _came_too_late(request: HttpRequest, upload: ImportUpload, error: Exception) -> HttpResponse:
    page = {"upload": upload, "problem": str(error), "step": _step(upload)}
    return render(request, "registry/imports/step.html", page, status=409)


def _step(upload: ImportUpload) -> str:
    checking = {ImportState.CHECKING, ImportState.CHECKED}
    return "check" if upload.state in checking else "import"


def _like(request: HttpRequest) -> ImportUpload | None:
    key = request.GET.get("like", "")
    try:
        return import_of(uuid.UUID(key)) if key else None
    except ValueError:
        raise Http404 from None


def _initial(like: ImportUpload | None) -> dict[str, object]:
    if like is None:
        return {}
    row = like.study.participations.filter(centre=like.centre).first()
    return {"into": row.pk if row else None}


def _require_case_entry() -> None:
    if not imports_cases():
        raise PermissionDenied
