"""The pages of imports: from files to the result, and who may see them."""

from __future__ import annotations

import io
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import ImportState, ImportUpload, Patient
from registry.scope import system_scope
from registry.services import import_runs
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    coordinator,
    data_manager,
)
from tests.registry.importing import (
    COURSES,
    PATIENTS,
    SOUND_COURSES,
    World,
    body,
    csv_file,
    importing,
    page,
    send,
    strangers,
    the_import,
    workbook_file,
)

__all__ = ["importing"]

pytestmark = pytest.mark.django_db

NEW = reverse("registry:import_new")


@pytest.fixture
def queued(monkeypatch) -> list[str]:
    """Keys of the tasks that were sent."""
    sent: list[str] = []
    monkeypatch.setattr("registry.views.imports.run_import.delay", sent.append)
    return sent


@pytest.fixture
def signed_in(client: Client, importing: World) -> Client:
    client.force_login(importing.manager)
    return client


def test_from_files_to_the_result(
    signed_in: Client, importing: World, queued, django_capture_on_commit_callbacks
) -> None:
    files = csv_file("patients.csv", PATIENTS), csv_file("courses.csv", SOUND_COURSES)
    answer = send(signed_in, importing, *files)
    upload = the_import()
    assert answer.headers["Location"] == page("step", upload)
    assert signed_in.get(page("step", upload)).headers["Location"] == page("mapping", upload)

    shown = body(signed_in.get(page("mapping", upload)))
    assert "tables (the files look like it)" in shown
    answer = signed_in.post(page("mapping", upload), {"how": "native"})
    assert answer.headers["Location"] == page("preview", upload)
    assert "A-1" in body(signed_in.get(page("preview", upload)))

    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(page("check", upload))
    assert queued == [str(upload.key)]
    assert "Waiting for a worker" in body(signed_in.get(page("step", upload)))
    import_runs.run(queued.pop())
    assert "All 2 patients can be imported" in body(signed_in.get(page("step", upload)))

    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(page("start", upload))
    import_runs.run(queued.pop())
    shown = body(signed_in.get(page("step", upload)))
    assert "All 2 patients are in" in shown
    assert "patients.csv" in body(signed_in.get(reverse("registry:imports")))
    with system_scope():
        assert Patient.objects.count() == 2


def test_the_progress_asks_again_while_it_runs_and_then_no_more(
    signed_in: Client, importing: World, queued
) -> None:
    upload = importing.upload(csv_file("patients.csv", PATIENTS))
    signed_in.post(page("check", upload))
    ImportUpload._base_manager.update(claim=uuid.uuid4(), rows_done=1, rows_total=2)

    running = signed_in.get(page("progress", upload))
    assert 'hx-trigger="every 2s"' in body(running)
    assert "1 of 2 rows" in body(running)
    assert "HX-Refresh" not in running.headers

    ImportUpload._base_manager.update(claim=None)
    import_runs.run(str(upload.key))
    over = signed_in.get(page("progress", upload))
    assert "hx-trigger" not in body(over)
    assert over.headers["HX-Refresh"] == "true"


# ---- who may see it ------------------------------------------------------------------------------


def test_another_person_who_enters_cases_at_the_centre_sees_the_import(
    client: Client, importing: World
) -> None:
    upload = importing.upload(csv_file("patients.csv", PATIENTS))
    client.force_login(data_manager(importing.centre))

    assert client.get(page("preview", upload)).status_code == 200


PAGES = ("step", "mapping", "columns", "preview", "progress", "rows_workbook")
STEPS = ("check", "start", "cancel")


def test_nobody_else_sees_or_moves_it(client: Client, importing: World, queued) -> None:
    upload = importing.check(importing.upload(csv_file("patients.csv", PATIENTS)))
    for who, person in strangers(importing).items():
        client.force_login(person)
        for name in PAGES:
            assert client.get(page(name, upload)).status_code == 404, (who, name)
        for name in STEPS:
            assert client.post(page(name, upload)).status_code == 404, (who, name)
        assert client.get(page("rows_csv", upload, 0)).status_code == 404
        assert client.get(page("columns_of", upload, 0)).status_code == 404
    assert importing.fresh(upload).state == ImportState.CHECKED
    assert queued == []


def test_who_enters_no_cases_finds_no_import_in_the_navigation(
    client: Client, importing: World
) -> None:
    for person, status in ((importing.manager, 200), (coordinator(importing.study), 403)):
        client.force_login(person)
        address = reverse("registry:imports")
        assert client.get(address).status_code == status
        assert client.get(NEW).status_code == status
        home = body(client.get(reverse("registry:home")))
        assert (f'href="{address}"' in home) == (status == 200)


def test_a_person_cannot_upload_for_another_centre(signed_in: Client, importing: World) -> None:
    row = ParticipationFactory.create(study=importing.study, centre=CentreFactory.create(code="B"))

    files = [csv_file("patients.csv", PATIENTS)]
    answer = signed_in.post(NEW, {"into": row.pk, "tables": files})

    assert answer.status_code == 400
    assert ImportUpload._base_manager.count() == 0


def test_a_step_that_comes_too_late_is_told_so(signed_in: Client, importing: World, queued) -> None:
    upload = importing.upload(csv_file("patients.csv", PATIENTS))

    answer = signed_in.post(page("start", upload))

    assert answer.status_code == 409
    assert "this step is over" in body(answer)
    assert queued == []


def test_hostile_text_is_shown_as_text(signed_in: Client, importing: World) -> None:
    evil = "<script>alert(1)</script>"
    text = f'pseudonym,sex\n"{evil}",female\n"{evil}2",{evil}\n'
    upload = importing.upload(csv_file(f"{evil[:8]}.csv".replace("/", ""), text), native=False)
    with system_scope():
        from registry.services import import_uploads

        source = 'title = "T"\n[sources.a]\nfile = "x.csv"\npatient = "pseudonym"\n'
        source += '[[rows]]\ntable = "patients"\nfrom = "a"\nfields = { sex = "sex" }\n'
        import_uploads.choose_mapping(upload, title=evil, source=source, by=importing.manager)
    for name in ("mapping", "columns", "preview"):
        assert evil not in body(signed_in.get(page(name, upload)))
    upload = importing.check(upload)
    shown = signed_in.get(page("step", upload))
    assert shown.status_code == 200
    assert evil not in body(shown)
    assert "&lt;script&gt;" in body(shown)
    assert COURSES


def test_the_empty_tables_can_be_taken_along(signed_in: Client) -> None:
    answer = signed_in.get(reverse("registry:import_template"))

    book = load_workbook(io.BytesIO(answer.content))
    assert {"explanation", "patients", "courses"} <= set(book.sheetnames)
    assert workbook_file("x.xlsx", a=[["b"]]).size


def test_files_without_a_patient_are_checked_and_said_to_hold_none(
    signed_in: Client, importing: World
) -> None:
    upload = importing.check(importing.upload(csv_file("patients.csv", "pseudonym\n")))

    assert upload.state == ImportState.CHECKED
    assert "No patient can be imported" in body(signed_in.get(page("step", upload)))
