"""Pieces of the default that needs no server: database address, SQLite options, private folders."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"

# A write that starts as a read cannot be retried by SQLite, hence IMMEDIATE; WAL lets the pages
# read while the worker writes; 20 s is the wait for the write lock. Of the default cache of 2 MB
# pages of the indexes fall out during large writes and are written again and again: 32 MB (in KiB).
SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;"
    ),
}

# Pages are many short queries: to start a second process for one takes longer than its answer.
POSTGRESQL_OPTIONS: dict[str, Any] = {"options": "-c max_parallel_workers_per_gather=0"}


def database(url: str) -> dict[str, Any]:
    """Django's database settings for an address, with the options that each of both needs.

    Raises:
        ImproperlyConfigured: when the address is neither SQLite nor PostgreSQL.
    """
    scheme = url.split(":", 1)[0]
    if scheme == "sqlite":
        return {**Env.db_url_config(url), "OPTIONS": dict(SQLITE_OPTIONS)}
    if scheme in {"postgres", "postgresql"}:
        return {
            **Env.db_url_config(url),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(POSTGRESQL_OPTIONS),
        }
    raise ImproperlyConfigured(
        f"The database address starts with {scheme!r}; it must start with sqlite:// or postgres://"
    )


def private_folder(path: Path) -> Path:
    """The folder, made when absent, readable by nobody but the account that runs the registry."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def file_broker(folder: Path) -> dict[str, Any]:
    """Transport options of Celery's broker in a folder: web, worker and beat share it."""
    messages = private_folder(folder)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(private_folder(folder / "control")),
        "polling_interval": 0.1,
    }
