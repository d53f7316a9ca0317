"""Imports of 100,000 rows: rows a second and memory, beside saving row by row.

Each import runs in a process of its own, as a worker runs it: files decrypted and read, every case
checked, rows written with audit trail and status, expected visits computed anew.

``python -m tests.bench.bench_import [ROWS]``
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.databases import DATABASES, Absent
from tests.bench.synthetic_rows import write_cohort
from tests.bench.table import print_table

ROWS = 100_000
SAMPLE_PATIENTS = 50
"""Patients that are saved row by row for comparison: some 1,600 rows."""


def main(rows: int = ROWS) -> int:
    """Measure on every database that answers."""
    lines: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = write_cohort(folder / "cohort", rows)
        for label, database in DATABASES.items():
            try:
                with database() as url:
                    lines += _lines(label, written, _in_child(url, folder))
            except Absent as exc:
                print(f"{label}: left out, {exc}")
    print_table((f"import of {written:,} rows", "s", "processor s", "rows/s", "MB", "ratio"), lines)
    return 0


def _lines(label: str, rows: int, found: dict[str, float]) -> list[list[str]]:
    slow = found["sample_rows"] / found["sample_seconds"]
    peak = f"{found['peak_mb']:.0f}"
    lines = []
    for what in ("check", "import"):
        seconds = found[f"{what}_seconds"]
        speed = rows / seconds
        processor = f"{found[f'{what}_processor']:.1f}"
        figures = [f"{seconds:.1f}", processor, f"{speed:,.0f}", peak, f"{speed / slow:.1f}"]
        lines.append([f"{label}: {what}", *figures])
    seconds, processor = found["sample_seconds"], f"{found['sample_processor']:.1f}"
    name = f"{label}: full_clean() + save(), {found['sample_rows']:,.0f} rows"
    lines.append([name, f"{seconds:.1f}", processor, f"{slow:,.0f}", "", "1.0"])
    return lines


def _in_child(url: str, folder: Path) -> dict[str, float]:
    environment = {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "REGISTRY_DATA_DIR": str(folder / "data"),
        "DEBUG": "0",
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_import", "--child", str(folder / "cohort")],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(run.stdout.splitlines()[-1]))


def child(folder: Path) -> None:
    """Migrate, check, import, and save a sample row by row; the figures go out as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    upload, by = _upload(folder)
    from registry.services import import_runs, import_uploads

    figures: dict[str, float] = {}
    for what, start in (
        ("check", import_uploads.start_check),
        ("import", import_uploads.start_import),
    ):
        upload = _fresh(upload)
        start(upload, by=by, queue=lambda key: None)
        begin, worked = time.perf_counter(), time.process_time()
        import_runs.run(str(upload.key))
        figures[f"{what}_seconds"] = time.perf_counter() - begin
        figures[f"{what}_processor"] = time.process_time() - worked
    upload = _fresh(upload)
    if upload.state != "done" or upload.counts["patients_refused"]:
        raise SystemExit(f"the import is {upload.state}: {upload.problem} {upload.counts}")
    # Before the comparison, which is not what is measured. In KB on Linux.
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures |= _row_by_row(upload)
    print(json.dumps(figures))


def _upload(folder: Path) -> tuple[Any, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from registry.models import Centre, Membership, User
    from registry.models.choices import Role
    from registry.scope import system_scope
    from registry.services import import_uploads
    from registry.services.studies import add_centre_to_study, create_study_from_preset

    with system_scope():
        centre = Centre.objects.create(code="BENCH", name="Bench")
        by = User.objects.create(username="bench")
        Membership.objects.create(user=by, centre=centre, role=Role.DATA_MANAGER)
        today = timezone.localdate()
        study = create_study_from_preset(key="preop", by=None, effective_on=today)
        add_centre_to_study(study=study, centre=centre, by=None)
        files = [
            SimpleUploadedFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir())
        ]
        upload = import_uploads.start_upload(files, centre=centre, study=study, by=by)
        import_uploads.choose_mapping(upload, title="", source="", by=by)
    return upload, by


def _fresh(upload: Any) -> Any:
    from registry.scope import system_scope

    with system_scope():
        return type(upload).objects.get(pk=upload.pk)


def _row_by_row(upload: Any) -> dict[str, float]:
    """Save copies of some of the patients row by row, each checked by itself and audited."""
    from django.db import transaction

    from registry.audit import recorded
    from registry.case import load_cases
    from registry.models import Patient
    from registry.scope import system_scope

    with system_scope():
        patients = Patient.objects.order_by("pk")[:SAMPLE_PATIENTS]
        cases = load_cases(list(patients))
        rows = 0
        begin, worked = time.perf_counter(), time.process_time()
        with transaction.atomic(), recorded(by=None, reason="bench"):
            for case in cases:
                for row in _copies(case):
                    row.full_clean()
                    row.save(force_insert=True)
                    rows += 1
        seconds, processor = time.perf_counter() - begin, time.process_time() - worked
    return {"sample_rows": rows, "sample_seconds": seconds, "sample_processor": processor}


def _copies(case: Any) -> Iterator[Any]:
    """The rows of a case as new ones of another patient, parents before children."""
    from django.db.models import ForeignKey

    made: dict[tuple[type, int], Any] = {}
    for row in case.all_rows():
        at = (type(row), row.pk)
        row.pk = None
        row._state.adding = True
        if hasattr(row, "pseudonym"):
            row.pseudonym = f"COPY-{row.pseudonym}"
        for field in row._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                parent = made.get((field.related_model, getattr(row, field.attname)))
                if parent is not None:
                    setattr(row, field.name, parent)
        yield row
        made[at] = row


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]))
    else:
        raise SystemExit(main(*map(int, sys.argv[1:])))
