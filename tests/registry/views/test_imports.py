"""The pages of imports: from files to the result, and who may see them."""

from __future__ import annotations

import csv
import io
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from registry.models import ImportState, ImportUpload, Patient, SavedMapping
from registry.scope import system_scope
from registry.services import import_runs
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
)
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


def page(name: str, upload: ImportUpload, *more: object) -> str:
    return reverse(f"registry:import_{name}", args=[upload.key, *more])


def body(response) -> str:
    return response.content.decode()


def send(client: Client, importing: World, *files, **query: str):
    row = importing.study.participations.get()
    return client.post(
        f"{NEW}?{'&'.join(f'{k}={v}' for k, v in query.items())}", {"into": row.pk, "tables": files}
    )


def the_import() -> ImportUpload:
    found: ImportUpload = ImportUpload._base_manager.latest("pk")
    return found


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


def strangers(importing: World) -> dict:
    other = CentreFactory.create(code="B")
    ParticipationFactory.create(study=importing.study, centre=other)
    monitor = UserFactory.create()
    MembershipFactory.create(user=monitor, role="monitor", study=importing.study)
    return {
        "other centre": data_manager(other),
        "coordinator": coordinator(importing.study),
        "monitor": monitor,
        "administrator": administrator(),
        "nobody": UserFactory.create(),
    }


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


# ---- columns by hand -----------------------------------------------------------------------------

FOREIGN = "Subject,Geschlecht,Birth Date,Shoe size\nA-1,female,1960,39\n"


def test_columns_are_recognised_and_the_rest_is_chosen_and_kept(
    signed_in: Client, importing: World
) -> None:
    upload = importing.upload(csv_file("people.csv", FOREIGN), native=False)
    shown = body(signed_in.get(page("columns", upload)))
    chosen = re.findall(r'<option value="(\w*)" selected>', shown)
    assert chosen == ["patients", "pseudonym", "", "birth_date", ""]

    sent = {
        "table-0": "patients",
        "table-0-shown": "patients",
        "table-0-0": "pseudonym",
        "table-0-1": "sex",
        "table-0-2": "birth_date",
        "table-0-3": "",
        "name": "Our people",
    }
    answer = signed_in.post(page("columns", upload), sent)

    assert answer.headers["Location"] == page("preview", upload)
    upload = importing.check(importing.fresh(upload))
    assert upload.counts["patients_in"] == 1
    upload = importing.bring_in(upload)
    with system_scope():
        assert Patient.objects.get().sex == "female"
    kept = SavedMapping._base_manager.get()
    assert (kept.name, kept.centre, kept.study) == ("Our people", importing.centre, None)

    # Next time, for a file of another name, it is there to be picked.
    again = importing.upload(csv_file("people of May.csv", FOREIGN), native=False)
    assert "Saved: Our people" in body(signed_in.get(page("mapping", again)))
    signed_in.post(page("mapping", again), {"how": f"saved-{kept.pk}"})
    again = importing.check(importing.fresh(again))
    assert again.counts["tables"]["patients"] == {"created": 0, "changed": 0, "unchanged": 1}


def test_choices_that_cannot_work_are_named(signed_in: Client, importing: World) -> None:
    upload = importing.upload(csv_file("people.csv", FOREIGN), native=False)
    sent = {
        "table-0": "deaths",
        "table-0-shown": "deaths",
        "table-0-1": "cause",
        "table-0-2": "cause",
    }

    shown = signed_in.post(page("columns", upload), sent)

    assert shown.status_code == 400
    assert "choose the column with the pseudonym" in body(shown)
    assert "“cause” is chosen for two columns" in body(shown)
    nothing = signed_in.post(page("columns", upload), {"table-0": ""})
    assert "at least one of the files" in body(nothing)


def test_another_table_brings_its_own_proposals(signed_in: Client, importing: World) -> None:
    upload = importing.upload(csv_file("x.csv", "patient,died on\nA-1,2020\n"), native=False)

    shown = body(signed_in.get(page("columns_of", upload, 0), {"table-0": "deaths"}))

    assert re.findall(r'<option value="(\w*)" selected>', shown) == ["patient", "died_on"]
    assert signed_in.get(page("columns_of", upload, 7)).status_code == 404


def test_a_shared_mapping_is_offered_to_the_other_centres_of_the_study_only(
    signed_in: Client, importing: World, client: Client
) -> None:
    source = 'title = "T"\n[sources.a]\nfile = "a.csv"\npatient = "id"\n'
    source += '[[rows]]\ntable = "patients"\nfrom = "a"\n'
    text = csv_file("m.toml", source)
    upload = importing.upload(csv_file("a.csv", "id\nA-1\n"), native=False)
    sent = {"how": "text", "text": text, "name": "Shared", "share": "on"}
    assert signed_in.post(page("mapping", upload), sent).status_code == 302

    people = strangers(importing)
    stranger = data_manager(CentreFactory.create(code="Z"))
    for person, number in ((people["other centre"], 1), (stranger, 0)):
        assert SavedMapping.objects.visible_to(person).count() == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"title = ", "m.toml"),
        (b"\xff\xfe", "The file is not UTF-8 text"),
        (b'title = "T"\n[sources.a]\nfile = "a.csv"\n', "patient"),
        (b"[" * 5000, "m.toml"),
    ],
)
def test_a_text_that_is_no_mapping_is_refused_in_words(
    signed_in: Client, importing: World, text, message
) -> None:
    upload = importing.upload(csv_file("a.csv", "id\nA-1\n"), native=False)
    file = csv_file("m.toml", "")
    file.file = io.BytesIO(text)
    file.size = len(text)

    shown = signed_in.post(page("mapping", upload), {"how": "text", "text": file})

    assert shown.status_code == 400
    assert message in body(shown)
    assert importing.fresh(upload).state == ImportState.UPLOADED


# ---- refused rows --------------------------------------------------------------------------------

FORMULA = "=cmd|' /C calc'!A0"
HOSTILE = {
    "patients": PATIENTS.replace("A-1,female,1960", "A-1,female,1960-13"),
    "surgeries": f'patient,number,description,margin_mm\nA-1,1,"{FORMULA}",-3\nA-1,2,@SUM(1),5\n',
}


def refused(importing: World) -> ImportUpload:
    files = [csv_file(f"{name}.csv", text) for name, text in HOSTILE.items()]
    return importing.check(importing.upload(*files))


def test_refused_rows_come_as_a_workbook_with_the_reasons_and_no_formula(
    signed_in: Client, importing: World
) -> None:
    upload = refused(importing)
    answer = signed_in.get(page("rows_workbook", upload))

    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["patients", "surgeries"]
    head, row = book["patients"].iter_rows(values_only=True)
    assert head == ("#why", "pseudonym", "sex", "birth_date")
    assert "month 13" in str(row[0])
    assert row[1:] == ("A-1", "female", "1960-13")
    cells = {cell.value: cell.data_type for line in book["surgeries"] for cell in line}
    assert cells[FORMULA] == cells["@SUM(1)"] == "s"


def test_refused_rows_come_as_csv_without_formulas(signed_in: Client, importing: World) -> None:
    upload = refused(importing)
    answer = signed_in.get(page("rows_csv", upload, 1))

    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["#why", "patient", "number", "description", "margin_mm"]
    assert [row[3] for row in rows[1:]] == [f"'{FORMULA}", "'@SUM(1)"]
    assert not any(cell.startswith(("=", "@", "+", "\t")) for row in rows for cell in row)
    assert answer["Content-Disposition"] == 'attachment; filename="surgeries.csv"'


@pytest.mark.parametrize("kind", ["workbook", "csv"])
def test_refused_rows_come_back_corrected_and_go_in_as_they_were(
    signed_in: Client, importing: World, kind
) -> None:
    from registry.models import Surgery

    upload = refused(importing)
    if kind == "workbook":
        book = load_workbook(io.BytesIO(signed_in.get(page("rows_workbook", upload)).content))
        book["patients"]["D2"] = "1960-12"
        file = io.BytesIO()
        # The margin is wrong as well: a negative one.
        book["surgeries"]["E2"] = "3"
        book.save(file)
        file.seek(0)
        file.name = "refused-rows.xlsx"
        files: list[Any] = [file]
    else:
        texts = [
            b"".join(signed_in.get(page("rows_csv", upload, number)))
            .decode("utf-8-sig")
            .replace("1960-13", "1960-12")
            .replace(",-3", ",3")
            for number in (0, 1)
        ]
        files = [csv_file("patients.csv", texts[0]), csv_file("surgeries.csv", texts[1])]

    answer = send(signed_in, importing, *files, like=str(upload.key))
    again = the_import()
    assert answer.headers["Location"] == page("step", again)
    assert signed_in.get(page("step", again)).headers["Location"] == page("preview", again)
    again = importing.bring_in(importing.check(again))

    assert again.counts["patients_in"] == 1, again.counts
    with system_scope():
        said = set(Surgery.objects.values_list("description", flat=True))
    assert said == {FORMULA, "@SUM(1)"}


def test_an_import_without_refused_rows_has_no_file_of_them(
    signed_in: Client, importing: World
) -> None:
    upload = importing.check(importing.upload(csv_file("patients.csv", PATIENTS)))

    assert signed_in.get(page("rows_workbook", upload)).status_code == 404


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
