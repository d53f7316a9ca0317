"""The environment in which tests start processes of their own on the database as it stands."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from django.db import connection

SQLITE_FILE = "registry.sqlite3"


def environment_of(folder: Path) -> dict[str, str]:
    """On SQLite the database is a copy of the tests' in that folder, on PostgreSQL itself."""
    on_postgresql = connection.vendor == "postgresql"
    return {
        "DJANGO_SETTINGS_MODULE": "tests.followup.process_settings",
        "REGISTRY_DATA_DIR": str(folder),
        "RELAY_FILE": str(folder / "relay"),
        "DATABASE_URL": _postgresql() if on_postgresql else _copy(folder / SQLITE_FILE),
    }


def _copy(file: Path) -> str:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    return f"sqlite:///{file}"


def _postgresql() -> str:
    part = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    return (
        f"postgres://{part['USER']}:{part['PASSWORD']}@{part['HOST']}:{part['PORT']}/{part['NAME']}"
    )
