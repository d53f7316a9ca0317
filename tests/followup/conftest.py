"""The mailbox for tests in this process, and a database of their own for tests in others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

SQLITE_FILE = "registry.sqlite3"


@pytest.fixture
def mailbox(settings: Any) -> None:
    """Mails go to the mailbox, as in the embedded default."""
    settings.EMAIL_BACKEND = "followup.mailbox.MailboxBackend"


@pytest.fixture
def other_process(transactional_db: None, tmp_path: Path) -> Callable[[], dict[str, str]]:
    """Gives the environment in which other processes work on the database as it stands.

    On SQLite that is a copy of the tests' database in a file, on PostgreSQL that database itself.
    """

    def environment() -> dict[str, str]:
        on_postgresql = connection.vendor == "postgresql"
        return {
            "DJANGO_SETTINGS_MODULE": "tests.followup.process_settings",
            "REGISTRY_DATA_DIR": str(tmp_path),
            "RELAY_FILE": str(tmp_path / "relay"),
            "DATABASE_URL": _postgresql() if on_postgresql else _copy(tmp_path / SQLITE_FILE),
        }

    return environment


def _copy(file: Path) -> str:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    return f"sqlite:///{file}"


def _postgresql() -> str:
    part = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    return (
        f"postgres://{part['USER']}:{part['PASSWORD']}@{part['HOST']}:{part['PORT']}/{part['NAME']}"
    )
