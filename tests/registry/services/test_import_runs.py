"""An import in the background: checked without a trace, written whole, resumed after a kill."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from registry.exchange.ledger import Ledger
from registry.models import AuditEvent, Course, ImportPiece, ImportState, ImportUpload, Patient
from registry.scope import system_scope
from registry.selectors.imports import summary
from registry.services import import_runs, import_uploads
from registry.services.import_uploads import UploadRefused
from tests.registry.importing import (
    COURSES,
    PATIENTS,
    SOUND_COURSES,
    World,
    csv_file,
    importing,
    workbook_file,
)

__all__ = ["importing"]

pytestmark = pytest.mark.django_db


def patients() -> list[str]:
    with system_scope():
        return list(Patient.objects.values_list("pseudonym", flat=True))


def found(upload: ImportUpload) -> dict:
    with system_scope():
        return summary(upload) or {}


def stored_files() -> list[Path]:
    folder = Path(settings.UPLOAD_DIR)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def sound(importing: World) -> ImportUpload:
    return importing.upload(
        csv_file("patients.csv", PATIENTS), csv_file("courses.csv", SOUND_COURSES)
    )


@pytest.mark.services
def test_a_check_finds_everything_and_keeps_nothing(importing: World) -> None:
    before = AuditEvent.objects.count()
    upload = importing.upload(csv_file("patients.csv", PATIENTS), csv_file("courses.csv", COURSES))

    upload = importing.check(upload)

    assert upload.state == ImportState.CHECKED
    assert patients() == []
    assert AuditEvent.objects.count() == before
    assert (upload.rows_done, upload.rows_total) == (4, 4)
    assert upload.counts["patients_in"] == upload.counts["patients_refused"] == 1
    refused = {(file, line): reason for file, line, _c, _v, reason in found(upload)["refused"]}
    assert "month 13" in refused.pop(("courses.csv", 3))
    assert refused == {}, "rows that are held back with their patient are counted, not listed"
    files = {file["file"]: file["refused"] for file in found(upload)["files"]}
    assert files == {"patients.csv": 1, "courses.csv": 1}


@pytest.mark.services
def test_an_import_writes_the_sound_patients_whole_in_the_name_of_the_person(
    importing: World,
) -> None:
    upload = importing.upload(csv_file("patients.csv", PATIENTS), csv_file("courses.csv", COURSES))

    upload = importing.bring_in(importing.check(upload))

    assert upload.state == ImportState.DONE
    assert patients() == ["A-1"]
    event = AuditEvent.objects.filter(table="registry_course").get()
    assert event.actor_id == importing.manager.pk
    assert event.reason == "import of patients.csv, courses.csv"
    assert event.origin == f"import {upload.key}"
    files = {
        file["file"]: (file["read"], file["refused"], file["in"]) for file in found(upload)["files"]
    }
    assert files == {"patients.csv": (2, 1, 1), "courses.csv": (2, 1, 1)}


def test_the_same_files_again_change_nothing(importing: World) -> None:
    importing.bring_in(importing.check(sound(importing)))
    before = AuditEvent.objects.count()

    again = importing.bring_in(importing.check(sound(importing)))

    assert AuditEvent.objects.count() == before
    assert again.counts["tables"]["courses"] == {"created": 0, "changed": 0, "unchanged": 2}


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the program catches it."""


@pytest.mark.services
@pytest.mark.parametrize("killed_in", [1, 2])
def test_a_worker_that_is_killed_loses_its_step_and_the_next_one_doubles_nothing(
    importing: World, monkeypatch, killed_in
) -> None:
    monkeypatch.setattr(import_runs, "PATIENTS_AT_ONCE", 1)
    upload = importing.check(sound(importing))
    keep = import_runs._Run._keep
    calls = []

    def killed(self, number, body):
        calls.append(number)
        if len(calls) == killed_in:
            raise Killed
        keep(self, number, body)

    monkeypatch.setattr(import_runs._Run, "_keep", killed)
    with pytest.raises(Killed):
        importing.bring_in(upload)
    upload = importing.fresh(upload)
    assert upload.state == ImportState.IMPORTING
    assert patients() == ["A-1", "A-2"][: killed_in - 1]

    with system_scope():
        assert import_runs.stalled() == []
    import_runs.run(str(upload.key))
    assert importing.fresh(upload).state == ImportState.IMPORTING, "its worker may be alive"

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=4), tick=False):
        assert import_runs.stalled() == [str(upload.key)]
        import_runs.run(str(upload.key))
    upload = importing.fresh(upload)

    assert upload.state == ImportState.DONE
    assert patients() == ["A-1", "A-2"]
    with system_scope():
        assert Course.objects.count() == 2
    assert upload.counts["patients_in"] == 2
    assert upload.counts["tables"]["courses"] == {"created": 2, "changed": 0, "unchanged": 0}
    assert upload.rows_done == upload.rows_total == 4


def test_a_task_that_comes_twice_does_nothing_the_second_time(importing: World) -> None:
    upload = importing.bring_in(importing.check(sound(importing)))
    before = AuditEvent.objects.count()

    import_runs.run(str(upload.key))

    assert AuditEvent.objects.count() == before
    assert importing.fresh(upload).finished_at == upload.finished_at


def test_a_worker_stops_before_the_patients_that_come_after_a_cancellation(
    importing: World, monkeypatch
) -> None:
    monkeypatch.setattr(import_runs, "PATIENTS_AT_ONCE", 1)
    upload = importing.check(sound(importing))
    steps = []

    class CountedLedger(Ledger):
        """One is made at the beginning of the work, and of each step."""

        def __init__(self) -> None:
            super().__init__()
            steps.append(self)
            if len(steps) == 3:
                with system_scope():
                    import_uploads.cancel(importing.fresh(upload), by=importing.manager)

    monkeypatch.setattr(import_runs, "Ledger", CountedLedger)
    upload = importing.bring_in(upload)

    assert upload.state == ImportState.CANCELLED
    assert patients() == ["A-1"]
    assert upload.counts["patients_in"] == 1


def test_a_cancelled_check_is_over_and_its_files_are_gone(
    importing: World, django_capture_on_commit_callbacks
) -> None:
    upload = importing.check(sound(importing))
    assert len(stored_files()) == 2

    with system_scope(), django_capture_on_commit_callbacks(execute=True):
        import_uploads.cancel(upload, by=importing.manager)

    upload = importing.fresh(upload)
    assert (upload.state, upload.counts) == (ImportState.CANCELLED, {})
    assert stored_files() == []
    with system_scope(), pytest.raises(UploadRefused, match="gone on meanwhile"):
        import_uploads.cancel(upload, by=importing.manager)


def test_files_are_removed_when_the_import_is_done(importing: World) -> None:
    upload = importing.bring_in(importing.check(sound(importing)))

    assert stored_files() == []
    assert upload.files_removed_at is not None


def test_files_lie_encrypted_under_random_names_for_the_account_only(importing: World) -> None:
    identities = "patient,family_name\nA-1,Canary-Family\n"
    importing.upload(csv_file("patients.csv", PATIENTS), csv_file("identities.csv", identities))

    for path in stored_files():
        assert "patients" not in path.name
        assert "identities" not in path.name
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"Canary" not in path.read_bytes()


def test_neither_the_row_nor_the_findings_hold_an_identity_in_clear(importing: World) -> None:
    identities = "patient,family_name,nonsense\nA-1,Canary-Family,x\n"
    text = identities.replace(",nonsense", "").replace(",x", "")
    upload = importing.upload(
        csv_file("patients.csv", PATIENTS.replace("1960", "1960-13")),
        csv_file("identities.csv", text),
    )
    upload = importing.check(upload)

    assert "Canary" not in repr(vars(upload))
    stored = ImportPiece._base_manager.extra(select={"raw": "body"}).values_list("raw", flat=True)
    assert len(stored) == 2
    assert not any("Canary" in body for body in stored)


def test_a_workbook_of_the_native_tables_comes_in(importing: World) -> None:
    book = workbook_file(
        "cases.xlsx",
        patients=[["pseudonym", "sex"], ["A-1", "female"]],
        deaths=[["patient", "died_on"], ["A-1", dt.date(2021, 5, 1)]],
    )
    upload = importing.bring_in(importing.check(importing.upload(book)))

    assert upload.state == ImportState.DONE
    assert upload.counts["tables"]["deaths"]["created"] == 1


def test_a_file_that_cannot_be_read_fails_the_import_in_words(importing: World) -> None:
    late_damage = PATIENTS + "".join(f"B-{n},male,1970\n" for n in range(50)) + '"open\n'
    upload = importing.check(importing.upload(csv_file("patients.csv", late_damage)))

    assert upload.state == ImportState.FAILED
    assert "patients.csv, row 54" in upload.problem
    assert stored_files() == []


def test_more_rows_than_the_limit_are_refused_in_words(importing: World, monkeypatch) -> None:
    monkeypatch.setattr("registry.exchange.uploaded.MAX_ROWS", 1)
    upload = importing.check(importing.upload(csv_file("patients.csv", PATIENTS)))

    assert upload.state == ImportState.FAILED
    assert "The files hold 2 rows" in upload.problem


def test_a_person_who_lost_the_role_imports_nothing(importing: World) -> None:
    upload = importing.check(sound(importing))
    with system_scope():
        import_uploads.start_import(upload, by=importing.manager, queue=importing.queued.append)
    importing.manager.memberships.all().delete()

    import_runs.run(str(upload.key))

    assert importing.fresh(upload).state == ImportState.FAILED
    assert patients() == []


def test_a_database_that_is_away_for_a_while_delays_the_import_and_does_not_end_it(
    importing: World, monkeypatch
) -> None:
    upload = importing.check(sound(importing))

    def away(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(import_runs, "write_patients", away)
        with pytest.raises(OperationalError):
            importing.bring_in(upload)
    assert importing.fresh(upload).state == ImportState.IMPORTING

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=4), tick=False):
        import_runs.run(str(upload.key))
    assert importing.fresh(upload).state == ImportState.DONE
    assert patients() == ["A-1", "A-2"]


def test_what_nobody_expected_fails_the_import_without_a_word_of_the_files(
    importing: World, monkeypatch, caplog
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Canary-Family")

    monkeypatch.setattr(import_runs, "write_patients", broken)
    upload = importing.check(sound(importing))

    assert upload.state == ImportState.FAILED
    assert "RuntimeError" in caplog.text
    assert "Canary" not in upload.problem + caplog.text
