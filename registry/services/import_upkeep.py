"""Removes what imports leave behind: files and findings after a week, files nobody refers to."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from registry import sealed_files
from registry.models import ImportPiece, ImportState, ImportUpload
from registry.models.imports import OVER
from registry.scope import system_scope
from registry.services.import_uploads import remove_files

KEPT = dt.timedelta(days=7)
"""How long files of an import that nobody finished, and findings, are kept."""

_ORPHANED = dt.timedelta(days=1)


def remove_old() -> None:
    """Remove what is older than a week. Safe to repeat and to stop half way."""
    now = timezone.now()
    with system_scope():
        old = Q(at__lt=now - KEPT)
        for upload in ImportUpload.objects.filter(
            old | Q(state__in=OVER), files_removed_at__isnull=True
        ):
            if not upload.is_over:
                ImportUpload.objects.filter(pk=upload.pk).update(
                    state=ImportState.CANCELLED, claim=None, finished_at=now
                )
            remove_files(upload)
        ImportPiece.objects.filter(upload__at__lt=now - KEPT).delete()
        _remove_orphans(now)


def _remove_orphans(now: dt.datetime) -> None:
    """Files of requests that broke off before their import was stored."""
    names = set(sealed_files.names_older_than(_ORPHANED.total_seconds(), now=now.timestamp()))
    if names:
        held = ImportUpload.objects.filter(files_removed_at__isnull=True)
        names -= {
            file["stored"] for files in held.values_list("files", flat=True) for file in files
        }
    for name in names:
        sealed_files.remove(name)
