"""What the tests of imports in the browser share: files, and a worker that runs when told."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from registry.models import Centre, ImportUpload, Study, User
from registry.scope import system_scope
from registry.services import import_runs, import_uploads
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
)

PATIENTS = "pseudonym,sex,birth_date\nA-1,female,1960\nA-2,male,1961\n"
COURSES = "patient,number,started_on\nA-1,1,2021-01-05\nA-2,1,2021-13-05\n"
SOUND_COURSES = COURSES.replace("2021-13", "2021-03")


def csv_file(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def workbook_file(name: str, **sheets: list[list[Any]]) -> SimpleUploadedFile:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


class World:
    """A centre that takes part in a study, and its data manager."""

    def __init__(self) -> None:
        self.centre: Centre = CentreFactory.create(code="A")
        version = ProtocolVersionFactory.create(study__key="cams")
        self.study: Study = version.study
        ParticipationFactory.create(study=self.study, centre=self.centre)
        self.manager: User = data_manager(self.centre)
        self.queued: list[str] = []

    def upload(self, *files: SimpleUploadedFile, native: bool = True) -> ImportUpload:
        """Files of this world's data manager, read in the native format."""
        with system_scope():
            upload = import_uploads.start_upload(
                files, centre=self.centre, study=self.study, by=self.manager
            )
            if native:
                import_uploads.choose_mapping(upload, title="", source="", by=self.manager)
        return upload

    def check(self, upload: ImportUpload) -> ImportUpload:
        """As a worker does when it is asked to check."""
        with system_scope():
            import_uploads.start_check(upload, by=self.manager, queue=self.queued.append)
        import_runs.run(str(upload.key))
        return self.fresh(upload)

    def bring_in(self, upload: ImportUpload) -> ImportUpload:
        """As a worker does when it is asked to import."""
        with system_scope():
            import_uploads.start_import(upload, by=self.manager, queue=self.queued.append)
        import_runs.run(str(upload.key))
        return self.fresh(upload)

    def fresh(self, upload: ImportUpload) -> ImportUpload:
        """The import as it stands in the database."""
        found: ImportUpload = ImportUpload._base_manager.get(pk=upload.pk)
        return found


@pytest.fixture
def importing(db: None, settings: Any, tmp_path: Any) -> World:
    """A world with an upload folder of its own."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return World()


def page(name: str, upload: ImportUpload, *more: object) -> str:
    return reverse(f"registry:import_{name}", args=[upload.key, *more])


def body(response: Any) -> str:
    return response.content.decode()


def send(client: Client, importing: World, *files: Any, **query: str) -> Any:
    row = importing.study.participations.get()
    return client.post(
        f"{reverse('registry:import_new')}?{'&'.join(f'{k}={v}' for k, v in query.items())}",
        {"into": row.pk, "tables": files},
    )


def the_import() -> ImportUpload:
    found: ImportUpload = ImportUpload._base_manager.latest("pk")
    return found


def strangers(importing: World) -> dict[str, User]:
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
