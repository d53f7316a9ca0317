"""What people do with an import in the browser: upload, choose a mapping, start, cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import sealed_files
from registry.exchange.mapping_reader import mapping_of
from registry.exchange.table import TableError
from registry.exchange.uploaded import SUFFIXES, read_uploaded
from registry.models import (
    Centre,
    ImportPiece,
    ImportState,
    ImportUpload,
    SavedMapping,
    Study,
    User,
)
from registry.models.imports import OVER
from registry.permissions import require_case_entry
from registry.sealed_files import SealedWriter
from registry.upload_handler import MAX_UPLOAD_BYTES, SealedUpload

MAX_FILES = 40
MAX_MAPPING_CHARACTERS = 200_000

Queue = Callable[[str], None]
"""Asks a worker to go on with the import of this key."""


class UploadRefused(ValueError):
    """What is wrong with an upload or a step, in words for the person."""


def start_upload(
    files: Sequence[UploadedFile],
    *,
    centre: Centre,
    study: Study,
    by: User,
    like: ImportUpload | None = None,
) -> ImportUpload:
    """Keep files for an import; contents are encrypted before they are written.

    Args:
        like: an earlier import whose mapping is used again, for rows that come back corrected.

    Raises:
        PermissionDenied: the person does not enter cases at the centre.
        UploadRefused: the files are not tables, too many or too large, or the centre does not
            take part in the study.
    """
    require_case_entry(by, centre.pk)
    if not study.participations.filter(centre=centre).exists():
        raise UploadRefused(_("The centre does not take part in the study."))
    _refuse_files(files)
    stored = [_stored(file) for file in files]
    _refuse_contents(stored)
    upload = ImportUpload(user=by, centre=centre, study=study, files=stored)
    if like is not None and like.state != ImportState.UPLOADED:
        upload.mapping_title, upload.mapping_source = like.mapping_title, like.mapping_source
        upload.state = ImportState.MAPPED
    upload.save()
    return upload


def choose_mapping(upload: ImportUpload, *, title: str, source: str, by: User) -> None:
    """Say how the files are to be read: TOML, or "" for the native format.

    Raises:
        MappingError: the text is no mapping; says why.
        UploadRefused: the import has begun already.
    """
    require_case_entry(by, upload.centre_id)
    if len(source) > MAX_MAPPING_CHARACTERS:
        raise UploadRefused(_("The mapping is too long to be one."))
    if source:
        mapping_of(source, name=title or _("mapping"))
    _move(
        upload,
        {ImportState.UPLOADED, ImportState.MAPPED, ImportState.CHECKED},
        state=ImportState.MAPPED,
        mapping_title=title[:200],
        mapping_source=source,
        counts={},
    )


def save_mapping(
    *, name: str, source: str, centre: Centre, study: Study | None, by: User
) -> SavedMapping:
    """Keep a mapping of a centre under a name; one of that name is replaced.

    Raises:
        MappingError: the text is no mapping; says why.
        UploadRefused: no name.
    """
    require_case_entry(by, centre.pk)
    name = name.strip()
    if not name or len(name) > 80:
        raise UploadRefused(_("Give the mapping a name of up to 80 characters."))
    mapping_of(source, name=name)
    kept: SavedMapping
    kept, _made = SavedMapping._base_manager.update_or_create(
        centre=centre,
        name=name,
        defaults={"source": source, "study": study, "by": by, "at": timezone.now()},
    )
    return kept


def start_check(upload: ImportUpload, *, by: User, queue: Queue) -> None:
    """Have every row checked, and tried to write; nothing is kept.

    Raises:
        UploadRefused: the import is not at this step.
    """
    ready = {ImportState.MAPPED, ImportState.CHECKED}
    _start(upload, ready, ImportState.CHECKING, by=by, queue=queue)


def start_import(upload: ImportUpload, *, by: User, queue: Queue) -> None:
    """Have the patients without refused rows written, each whole.

    Raises:
        UploadRefused: the import is not at this step.
    """
    _start(upload, {ImportState.CHECKED}, ImportState.IMPORTING, by=by, queue=queue)


def cancel(upload: ImportUpload, *, by: User) -> None:
    """Go no further. Patients that are in stay in; a worker stops before the next ones.

    Raises:
        UploadRefused: the import is over already.
    """
    require_case_entry(by, upload.centre_id)
    end = {"state": ImportState.CANCELLED, "claim": None, "finished_at": timezone.now()}
    if upload.state == ImportState.IMPORTING:
        _move(upload, {ImportState.IMPORTING}, **end)
    else:
        # What a check had counted is in nowhere.
        _move(upload, set(ImportState) - OVER - {ImportState.IMPORTING}, counts={}, **end)
    transaction.on_commit(lambda: remove_files(upload))


def remove_files(upload: ImportUpload) -> None:
    """Remove the uploaded files; what was found in them stays for a week."""
    for file in upload.files:
        sealed_files.remove(file["stored"])
    ImportUpload._base_manager.filter(pk=upload.pk).update(files_removed_at=timezone.now())


def _start(
    upload: ImportUpload,
    ready: set[ImportState],
    state: ImportState,
    *,
    by: User,
    queue: Queue,
) -> None:
    require_case_entry(by, upload.centre_id)
    now = timezone.now()
    _move(
        upload,
        ready,
        state=state,
        claim=None,
        beat_at=now,
        started_at=now,
        rows_done=0,
        rows_total=0,
        patients_done=0,
        counts={},
    )
    # The pieces of an earlier check of the same files.
    ImportPiece._base_manager.filter(upload=upload, stage=state).delete()
    key = str(upload.key)
    transaction.on_commit(lambda: queue(key))


def _move(upload: ImportUpload, before: set[ImportState], **columns: object) -> None:
    """From one of these states on; of two people one comes too late."""
    held = ImportUpload._base_manager.filter(pk=upload.pk, state__in=before)
    if not held.update(**columns):
        raise UploadRefused(_("The import has gone on meanwhile: this step is over."))
    upload.refresh_from_db(from_queryset=ImportUpload._base_manager.all())


def _refuse_files(files: Iterable[UploadedFile]) -> None:
    files = list(files)
    if not files:
        raise UploadRefused(_("Choose at least one file."))
    if len(files) > MAX_FILES:
        raise UploadRefused(
            _("{number} files are more than {most}.").format(number=len(files), most=MAX_FILES)
        )
    seen = set()
    for file in files:
        name = _name(file)
        if PurePath(name).suffix.lower() not in SUFFIXES:
            raise UploadRefused(
                _("{name} is neither a .csv file nor a .xlsx workbook.").format(name=name)
            )
        if not file.size:
            raise UploadRefused(_("{name} is empty.").format(name=name))
        if name.casefold() in seen:
            raise UploadRefused(_("{name} was chosen twice.").format(name=name))
        seen.add(name.casefold())
    if sum(file.size or 0 for file in files) > MAX_UPLOAD_BYTES:
        raise UploadRefused(
            _("The files hold more than {most} MB.").format(most=MAX_UPLOAD_BYTES // 2**20)
        )


def _refuse_contents(stored: list[dict[str, Any]]) -> None:
    """Refuse what is no table, before anything is kept of it."""
    try:
        tables = read_uploaded(
            ((file["name"], sealed_files.read(file["stored"])) for file in stored), first=1
        )
        if not tables:
            raise UploadRefused(_("The files hold no table."))
    except (TableError, UploadRefused) as error:
        for file in stored:
            sealed_files.remove(file["stored"])
        raise UploadRefused(str(error)) from None


def _name(file: UploadedFile) -> str:
    """The name without a path and without signs that nobody sees."""
    name = PurePath((file.name or "").replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[-120:]


def _stored(file: UploadedFile) -> dict[str, Any]:
    if isinstance(file, SealedUpload):
        return {"name": _name(file), "stored": file.stored, "size": file.size}
    writer = SealedWriter()
    for chunk in file.chunks():
        writer.write(chunk)
    writer.close()
    return {"name": _name(file), "stored": writer.name, "size": writer.size}
