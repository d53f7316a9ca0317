"""Runs an import from files to the database: one transaction, one account of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils import timezone

from registry.audit import recorded
from registry.exchange.conversion import converted_records
from registry.exchange.drafts import Drafting, by_patient
from registry.exchange.ledger import Ledger
from registry.exchange.mapping import Mapping
from registry.exchange.records import EXPLANATION, Record, native_records
from registry.exchange.tabular import read_tables
from registry.models import Centre, Study, User
from registry.scope import system_scope
from registry.services.case_drafts import CaseDraft
from registry.services.case_merge import Destination
from registry.services.cases import Pseudonyms, write_cases
from registry.services.studies import add_centre_to_study, create_study_from_preset

PATIENTS_AT_ONCE = 200
"""Patients that are checked and written together: enough for speed, few enough for memory."""

Progress = Callable[[int, int], None]
"""Told how many patients of how many are done."""


class ImportProblem(ValueError):
    """The import cannot begin: the study or the centre is not there."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to import, and how. ``label`` names it in the trail, in place of the file names."""

    paths: Sequence[Path]
    study: str
    centre: str
    mapping: Mapping | None = None
    dry_run: bool = False
    keep_valid: bool = False
    create_missing: bool = False
    label: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of an import."""

    job: Job
    ledger: Ledger
    written: bool


class _NothingWritten(Exception):
    """Takes back the transaction of a dry run or of a refused import."""


def run_import(job: Job, *, by: User | None, progress: Progress = lambda done, of: None) -> Outcome:
    """Read, check and write; all or nothing unless the job keeps valid patients.

    Raises:
        TableError: a file cannot be read as what it should be.
        ImportProblem: the study or the centre is not there and is not to be created.
        ProtocolError: the study is to be created, and there is no protocol of that key.
        PermissionDenied: the person does not enter cases at the centre.
    """
    ledger = Ledger()
    records = _records(job, ledger)
    names = job.label or ", ".join(sorted({path.name or str(path) for path in job.paths}))
    reason = f"import of {names}"
    written = True
    try:
        with system_scope(), recorded(by=by, reason=reason, origin=f"import_cases {names}"):
            into = _destination(job, by)
            _write(job, into, records, ledger, by, reason, progress)
            if job.dry_run or (ledger.has_refusals and not job.keep_valid):
                raise _NothingWritten
    except _NothingWritten:
        written = False
    if ledger.has_refusals and not job.keep_valid:
        ledger.hold_back()
    ledger.close()
    return Outcome(job, ledger, written)


def _records(job: Job, ledger: Ledger) -> list[Record]:
    tables = read_tables(job.paths)
    if job.mapping is not None:
        return converted_records(job.mapping, tables, ledger)
    for table in tables:
        if table.name.casefold() == EXPLANATION:
            ledger.unused_file(table.file, len(table.rows), "explains the other tables")
        else:
            ledger.read(table)
    return list(native_records(tables))


def _destination(job: Job, by: User | None) -> Destination:
    study = Study.objects.filter(key=job.study).first()
    centre = Centre.objects.filter(code=job.centre).first()
    if not job.create_missing:
        if study is None:
            raise ImportProblem(f"there is no study “{job.study}” (--create-missing makes it)")
        if centre is None:
            raise ImportProblem(f"there is no centre “{job.centre}” (--create-missing makes it)")
        if not study.participations.filter(centre=centre).exists():
            raise ImportProblem(f"the centre {job.centre} does not take part in {job.study}")
        return Destination(study, centre, study.protocol_version())
    if centre is None:
        centre = Centre.objects.create(code=job.centre, name=job.centre)
    if study is None:
        today = timezone.localdate()
        study = create_study_from_preset(key=job.study, by=by, effective_on=today)
    add_centre_to_study(study=study, centre=centre, by=by)
    return Destination(study, centre, study.protocol_version())


def _write(
    job: Job,
    into: Destination,
    records: Iterable[Record],
    ledger: Ledger,
    by: User | None,
    reason: str,
    progress: Progress,
) -> None:
    drafting = Drafting(into.study)
    pseudonyms = Pseudonyms()
    groups = list(by_patient(records))
    waiting = iter(groups)
    done = 0
    while several := list(islice(waiting, PATIENTS_AT_ONCE)):
        write_patients(
            several,
            into=into,
            drafting=drafting,
            pseudonyms=pseudonyms,
            ledger=ledger,
            by=by,
            reason=reason,
            # After a refusal the rest is still checked, so that one report names everything.
            check_only=ledger.has_refusals and not job.keep_valid,
        )
        done += len(several)
        progress(done, len(groups))


def write_patients(
    several: Iterable[tuple[str, list[Record]]],
    *,
    into: Destination,
    drafting: Drafting,
    pseudonyms: Pseudonyms,
    ledger: Ledger,
    by: User | None,
    reason: str,
    check_only: bool = False,
) -> None:
    """Write some patients with their rows; the ledger says what became of each row.

    Raises:
        PermissionDenied: the person does not enter cases at the centre.
        Stale: somebody changed a row of these patients in the same moment.
    """
    sound: list[tuple[CaseDraft, list[Record]]] = []
    for pseudonym, rows in several:
        draft, refusals = drafting.case(pseudonym, rows)
        if refusals:
            ledger.refuse(rows, refusals)
        else:
            sound.append((draft, rows))
    results = write_cases(
        [draft for draft, _ in sound],
        into=into,
        pseudonyms=pseudonyms,
        by=by,
        reason=reason,
        check_only=check_only,
    )
    for result, (_, rows) in zip(results, sound, strict=True):
        if result.refusals:
            ledger.refuse(rows, result.refusals)
        else:
            ledger.take(rows, result)
