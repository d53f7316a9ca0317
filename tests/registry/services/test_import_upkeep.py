"""What imports leave behind is removed in time, and not before."""

import datetime as dt
import os
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from registry import tasks
from registry.models import ImportPiece, ImportState
from registry.sealed_files import SealedWriter
from registry.services.import_upkeep import remove_old
from tests.registry.importing import PATIENTS, World, csv_file, importing

__all__ = ["importing"]

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    return {path.name for path in Path(settings.UPLOAD_DIR).iterdir()}


@pytest.mark.parametrize(("days", "kept"), [(6, True), (8, False)])
def test_an_import_that_nobody_finishes_is_removed_after_a_week(importing: World, days, kept):
    upload = importing.check(importing.upload(csv_file("patients.csv", PATIENTS)))

    with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False):
        tasks.tend_imports()

    upload = importing.fresh(upload)
    assert bool(names()) == kept
    assert ImportPiece._base_manager.exists() == kept
    assert upload.state == (ImportState.CHECKED if kept else ImportState.CANCELLED)
    assert (upload.files_removed_at is None) == kept


def test_findings_of_a_finished_import_go_after_a_week_and_its_counts_stay(importing: World):
    upload = importing.upload(csv_file("patients.csv", PATIENTS))
    upload = importing.bring_in(importing.check(upload))

    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        remove_old()

    assert not ImportPiece._base_manager.exists()
    upload = importing.fresh(upload)
    assert (upload.state, upload.counts["patients_in"]) == (ImportState.DONE, 2)


def test_a_file_that_no_import_knows_is_removed_after_a_day(importing: World):
    importing.upload(csv_file("patients.csv", PATIENTS))
    (known,) = names()
    for age in (1, 30):  # hours
        writer = SealedWriter()
        writer.close()
        old = timezone.now().timestamp() - age * 3600
        os.utime(Path(settings.UPLOAD_DIR) / writer.name, (old, old))
    old_one = writer.name

    remove_old()

    assert known in names()
    assert old_one not in names()
    assert len(names()) == 2


def test_a_stalled_import_is_sent_to_a_worker_again(importing: World, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr("registry.tasks.run_import.delay", sent.append)
    upload = importing.upload(csv_file("patients.csv", PATIENTS))
    from registry.services import import_uploads

    import_uploads.start_check(upload, by=importing.manager, queue=lambda key: None)

    tasks.tend_imports()
    assert sent == []
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=4), tick=False):
        tasks.tend_imports()
    assert sent == [str(upload.key)]
