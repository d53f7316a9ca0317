"""Files that are no tables, or meant to do harm: each is refused in words, and nothing is kept."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from registry.models import ImportUpload
from tests.registry.importing import PATIENTS, World, csv_file, importing, workbook_file

__all__ = ["importing"]

pytestmark = pytest.mark.django_db


def zip_bomb() -> SimpleUploadedFile:
    """A workbook whose one sheet unpacks to 50 MB of blanks."""
    sound = io.BytesIO(workbook_file("x.xlsx", patients=[["pseudonym"], ["A-1"]]).read())
    file = io.BytesIO()
    with (
        zipfile.ZipFile(sound) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            contents = source.read(part)
            if part.filename.startswith("xl/worksheets/"):
                contents = contents.replace(b"<sheetData>", b"<sheetData>" + b" " * 50_000_000)
            target.writestr(part.filename, contents)
    return SimpleUploadedFile("bomb.xlsx", file.getvalue())


HOSTILE = {
    "zip bomb": (zip_bomb, "this is no table"),
    "zip of something else": (
        lambda: SimpleUploadedFile("x.xlsx", b"PK\x03\x04 nonsense"),
        "not an .xlsx workbook",
    ),
    "picture called a workbook": (
        lambda: SimpleUploadedFile("x.xlsx", b"\x89PNG\r\n\x1a\n"),
        "not an .xlsx workbook",
    ),
    "picture called CSV": (
        lambda: SimpleUploadedFile("x.csv", b"\x89PNG\r\n\x1a\n"),
        "not UTF-8 text",
    ),
    "NUL": (lambda: csv_file("x.csv", "patient\nA\0B\n"), "zero byte"),
    "10,000 columns": (
        lambda: csv_file("x.csv", ",".join(f"c{n}" for n in range(10_000)) + "\n"),
        "10000 columns are more than 2000",
    ),
    "empty": (lambda: csv_file("x.csv", "   \n\n"), "the file is empty"),
    "no bytes": (lambda: csv_file("x.csv", ""), "x.csv is empty"),
    "wrong type": (lambda: csv_file("x.exe", "MZ"), "neither a .csv file nor a .xlsx"),
    "two columns of one name": (lambda: csv_file("x.csv", "a,A\n1,2\n"), "two columns"),
    "workbook without a table": (lambda: workbook_file("x.xlsx", a=[]), "hold no table"),
}


@pytest.fixture
def row(client: Client, importing: World) -> int:
    client.force_login(importing.manager)
    key: int = importing.study.participations.get().pk
    return key


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_refused_in_words_and_nothing_is_kept(client: Client, row: int, what) -> None:
    make, message = HOSTILE[what]

    answer = client.post(reverse("registry:import_new"), {"into": row, "tables": [make()]})

    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert ImportUpload._base_manager.count() == 0
    folder = Path(settings.UPLOAD_DIR)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_two_files_of_one_name_and_too_many_files_are_refused(client: Client, row: int) -> None:
    for files, message in (
        ([csv_file("a.csv", PATIENTS), csv_file("A.csv", PATIENTS)], "was chosen twice"),
        ([csv_file(f"{n}.csv", PATIENTS) for n in range(41)], "41 files are more than 40"),
    ):
        answer = client.post(reverse("registry:import_new"), {"into": row, "tables": files})
        assert message in answer.content.decode()


def test_a_large_file_never_lies_readable_in_a_folder(client: Client, row: int) -> None:
    people = "".join(f"CANARY-{n:06d},female,1960\n" for n in range(150_000))
    text = "pseudonym,sex,birth_date\n" + people
    assert len(text) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE

    answer = client.post(
        reverse("registry:import_new"), {"into": row, "tables": [csv_file("patients.csv", text)]}
    )

    assert answer.status_code == 302
    (file,) = Path(settings.UPLOAD_DIR).iterdir()
    assert b"CANARY" not in file.read_bytes()
    upload = ImportUpload._base_manager.get()
    assert upload.files[0]["size"] == len(text)


def test_a_file_beyond_the_limit_is_refused_and_nothing_of_it_is_kept(
    client: Client, row: int, monkeypatch
) -> None:
    monkeypatch.setattr("registry.upload_handler.MAX_UPLOAD_BYTES", 3_000_000)
    monkeypatch.setattr("registry.services.import_uploads.MAX_UPLOAD_BYTES", 3_000_000)
    text = "pseudonym\n" + "A\n" * 2_000_000

    answer = client.post(
        reverse("registry:import_new"), {"into": row, "tables": [csv_file("patients.csv", text)]}
    )

    assert answer.status_code == 400
    assert list(Path(settings.UPLOAD_DIR).iterdir()) == []


def test_a_path_in_the_name_of_a_file_is_not_taken_over(client: Client, row: int) -> None:
    file: Any = csv_file("x.csv", PATIENTS)
    file._name = "../../etc/patients.csv"

    client.post(reverse("registry:import_new"), {"into": row, "tables": [file]})

    assert ImportUpload._base_manager.get().files[0]["name"] == "patients.csv"
