"""Runs an import of uploaded files in the background, some patients at a time.

Each step is one transaction: the patients, what was found in them, and how far the import is. A
worker that is killed loses the step it was in; the next one goes on from there. Whoever has the
claim works; a worker whose claim was taken, because it was taken for dead or the import was
cancelled, finds no row to update, and its step is taken back.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import logging
import traceback
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import sealed_files
from registry.audit import recorded
from registry.errors import Stale
from registry.exchange.drafts import Drafting, by_patient
from registry.exchange.findings import piece_of, summary_of
from registry.exchange.importer import write_patients
from registry.exchange.ledger import FileAccount, Ledger
from registry.exchange.mapping import MappingError
from registry.exchange.records import Record
from registry.exchange.source import Source, read_source
from registry.exchange.table import TableError
from registry.models import ImportPiece, ImportState, ImportUpload
from registry.models.imports import RUNNING
from registry.protocols import ProtocolError
from registry.scope import system_scope
from registry.sealed_files import SealedFileError
from registry.services.case_merge import Destination
from registry.services.cases import Pseudonyms
from registry.services.import_uploads import remove_files

PATIENTS_AT_ONCE = 100
"""Patients of one step: the database is free for others in between."""

STALLED = dt.timedelta(minutes=3)
"""A worker that gave no sign for so long is taken for dead."""

ATTEMPTS = 3
"""How often a step is tried when a person changes a row in the same moment."""

SUMMARY = 0
"""Number of the piece that sums up the others, which are counted from 1."""

logger = logging.getLogger(__name__)


class _Lost(Exception):
    """The import was cancelled, or another worker is at it."""


def run(key: str) -> None:
    """Check or import an upload from where it stands; nothing when there is nothing to do."""
    upload = _claim(key)
    if upload is None:
        return
    try:
        _Run(upload).go()
    except _Lost:
        return
    except (
        TableError,
        MappingError,
        ProtocolError,
        SealedFileError,
        PermissionDenied,
        Stale,
    ) as error:
        _fail(upload, str(error))
    except OperationalError:
        # The database is busy or away: as after a kill, the import goes on when it gives no sign.
        raise
    except Exception as error:
        # By kind and place only: the text of an error may hold what stands in the files.
        frames = traceback.extract_tb(error.__traceback__)
        places = ", ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
        logger.error("import %s failed: %s at %s", upload.key, type(error).__name__, places)
        _fail(upload, _("Something went wrong that the registry did not expect. Try again."))


def stalled() -> list[str]:
    """Keys of imports that should be running and give no sign."""
    with system_scope():
        late = ImportUpload.objects.filter(state__in=RUNNING, beat_at__lt=timezone.now() - STALLED)
        return [str(key) for key in late.values_list("key", flat=True)]


def _claim(key: str) -> ImportUpload | None:
    now = timezone.now()
    free = Q(claim__isnull=True) | Q(beat_at__lt=now - STALLED)
    with system_scope():
        held = ImportUpload.objects.filter(free, key=key, state__in=RUNNING)
        if not held.update(claim=uuid.uuid4(), beat_at=now):
            return None
        found = ImportUpload.objects.select_related("user", "centre", "study")
        upload: ImportUpload = found.get(key=key)
        return upload


def _fail(upload: ImportUpload, why: str) -> None:
    mine = ImportUpload._base_manager.filter(pk=upload.pk, claim=upload.claim)
    if mine.update(state=ImportState.FAILED, problem=why, claim=None, finished_at=timezone.now()):
        remove_files(upload)


class _Run:
    """One worker at one import."""

    def __init__(self, upload: ImportUpload) -> None:
        self.upload = upload
        self.stage = ImportState(upload.state)
        self.keeps = self.stage == ImportState.IMPORTING
        names = ", ".join(file["name"] for file in upload.files)
        self.reason = _("import of {names}").format(names=names)[:500]

    def go(self) -> None:
        """Read the files, take the patients step by step, sum up."""
        source = self._read()
        groups = list(by_patient(source.records))
        # All that was read stays to the end: looking through it for garbage costs a tenth.
        gc.freeze()
        try:
            self._take(source, groups)
        finally:
            gc.unfreeze()

    def _take(self, source: Source, groups: list[tuple[str, list[Record]]]) -> None:
        drafting = Drafting(self.upload.study)
        with system_scope():
            into = Destination(
                self.upload.study, self.upload.centre, self.upload.study.protocol_version()
            )
        pseudonyms = Pseudonyms()
        counts = self.upload.counts if self.upload.patients_done else _added({}, Ledger())
        rows_done = self.upload.rows_done if self.upload.patients_done else 0
        self._advance(rows_total=len(source.records), rows_done=rows_done)
        for start in range(self.upload.patients_done, len(groups), PATIENTS_AT_ONCE):
            several = groups[start : start + PATIENTS_AT_ONCE]
            rows_done += sum(len(rows) for _name, rows in several)
            for attempt in range(1, ATTEMPTS + 1):
                ledger = Ledger()
                ledger.files = {name: FileAccount() for name in source.files}
                try:
                    with system_scope(), transaction.atomic():
                        self._write(several, into, drafting, pseudonyms, ledger)
                        added = _added(counts, ledger)
                        number = start // PATIENTS_AT_ONCE + 1
                        self._keep(number, piece_of(ledger, source))
                        self._advance(
                            rows_done=rows_done,
                            patients_done=start + len(several),
                            counts=added,
                        )
                    counts = added
                    break
                except Stale:
                    if attempt == ATTEMPTS:
                        raise
        self._finish(counts, source)

    def _read(self) -> Source:
        files = [(file["name"], sealed_files.read(file["stored"])) for file in self.upload.files]
        title = self.upload.mapping_title
        return read_source(files, mapping=self.upload.mapping_source, title=title)

    def _write(
        self,
        several: list[tuple[str, list[Record]]],
        into: Destination,
        drafting: Drafting,
        pseudonyms: Pseudonyms,
        ledger: Ledger,
    ) -> None:
        """Write the patients; a check takes back what it wrote."""
        origin = f"import {self.upload.key}"
        with recorded(by=self.upload.user, reason=self.reason, origin=origin):
            before = transaction.savepoint()
            write_patients(
                several,
                into=into,
                drafting=drafting,
                pseudonyms=pseudonyms,
                ledger=ledger,
                by=self.upload.user,
                reason=self.reason,
            )
            if self.keeps:
                transaction.savepoint_commit(before)
            else:
                transaction.savepoint_rollback(before)

    def _keep(self, number: int, body: dict[str, Any]) -> None:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        ImportPiece.objects.update_or_create(
            upload=self.upload, stage=self.stage, number=number, defaults={"body": text}
        )

    def _advance(self, **columns: Any) -> None:
        """Note how far it is, and that there is life.

        Raises:
            _Lost: the import is not this worker's any more.
        """
        mine = ImportUpload._base_manager.filter(
            pk=self.upload.pk, claim=self.upload.claim, state=self.stage
        )
        if not mine.update(beat_at=timezone.now(), **columns):
            raise _Lost

    def _finish(self, counts: dict[str, Any], source: Source) -> None:
        with system_scope(), transaction.atomic():
            pieces = ImportPiece.objects.filter(
                upload=self.upload, stage=self.stage, number__gt=SUMMARY
            )
            bodies = (json.loads(piece.body) for piece in pieces.iterator(chunk_size=20))
            self._keep(SUMMARY, summary_of(bodies, source))
            self._advance(
                state=ImportState.DONE if self.keeps else ImportState.CHECKED,
                counts=counts,
                claim=None,
                finished_at=timezone.now(),
            )
        if self.keeps:
            remove_files(self.upload)


def _added(counts: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    """The counts with those of one step: patients in and refused, rows by table."""
    tables = {name: dict(made) for name, made in counts.get("tables", {}).items()}
    for name, account in ledger.tables.items():
        made = tables.setdefault(name, {"created": 0, "changed": 0, "unchanged": 0})
        for what, number in vars(account).items():
            made[what] += number
    return {
        "tables": tables,
        "patients_in": counts.get("patients_in", 0) + ledger.patients_in,
        "patients_refused": counts.get("patients_refused", 0) + ledger.patients_refused,
        "rows_refused": counts.get("rows_refused", 0)
        + sum(len(account.refused) for account in ledger.files.values()),
        "remarks": counts.get("remarks", 0) + len(ledger.remarks),
    }
