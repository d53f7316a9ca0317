"""An import that is killed half way leaves nothing half done."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.services, pytest.mark.django_db(transaction=True)]

TABLES = ("registry_patient", "registry_course", "registry_study", "registry_auditevent")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "input").mkdir()
    people = [f"A-{number}" for number in range(1, 4)]
    for name, rows in (
        ("patients", ["pseudonym", *people]),
        ("courses", ["patient,number", *(f"{one},{n}" for one in people for n in (1, 2))]),
    ):
        (tmp_path / "input" / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return tmp_path / "input"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Address of a database that other processes reach: a copy of this one, or itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(tmp_path / "registry.sqlite3")])
        return f"sqlite:///{tmp_path / 'registry.sqlite3'}"
    part = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    return (
        f"postgres://{part['USER']}:{part['PASSWORD']}@{part['HOST']}:{part['PORT']}/{part['NAME']}"
    )


def import_folder(folder: Path, database: str, kill_after: int) -> int:
    environment = {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "REGISTRY_DATA_DIR": str(folder.parent),
    }
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.registry.exchange.killed_import",
            str(folder),
            str(kill_after),
        ],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode in {0, -signal.SIGKILL}, run.stderr
    return run.returncode


def counts(database: str) -> list[int]:
    statements = [f"SELECT count(*) FROM {table}" for table in TABLES]
    if database.startswith("sqlite"):
        with sqlite3.connect(database.removeprefix("sqlite:///")) as file:
            return [file.execute(statement).fetchone()[0] for statement in statements]
    found = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            found.append(cursor.fetchone()[0])
    return found


def test_a_killed_import_leaves_nothing_and_the_next_one_brings_everything(folder, database):
    before = counts(database)

    assert import_folder(folder, database, kill_after=2) == -signal.SIGKILL
    assert counts(database) == before

    assert import_folder(folder, database, kill_after=0) == 0
    patients, courses, studies, _ = counts(database)
    assert (patients, courses, studies) == (3, 6, 1)
