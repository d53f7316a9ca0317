"""Throwaway databases for benchmarks: a SQLite file, and PostgreSQL where one answers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.services import Absent, find_postgresql


@contextmanager
def sqlite_file() -> Iterator[str]:
    """Address of an empty SQLite file that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"


@contextmanager
def postgresql_database() -> Iterator[str]:
    """Address of an empty PostgreSQL database that is gone afterwards.

    Raises:
        Absent: when no server answers.
    """
    server = find_postgresql()
    name = sql.Identifier(f"bench_{os.getpid()}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name)
        )
    try:
        yield urlsplit(server)._replace(path=f"/bench_{os.getpid()}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


DATABASES = {"SQLite": sqlite_file, "PostgreSQL": postgresql_database}


def measure_on_each(module: str, settings: str = "tests.bench.grid_settings") -> int:
    """Run a benchmark with ``--measure`` on each database, in a process of its own.

    The module finds the database in BENCH_DATABASE_URL. Returns the worst exit code.
    """
    worst = 0
    for name, database in DATABASES.items():
        try:
            with database() as address:
                print(f"{name}:", flush=True)
                environment = {
                    "TEST_ON_SERVICES": "0",
                    "BENCH_DATABASE_URL": address,
                    "DJANGO_SETTINGS_MODULE": settings,
                }
                run = subprocess.run(
                    [sys.executable, "-m", module, "--measure"], env={**os.environ, **environment}
                )
                worst = max(worst, abs(run.returncode))
        except Absent as exc:
            print(f"{name} skipped: {exc}")
    return worst


__all__ = ["DATABASES", "Absent", "measure_on_each", "postgresql_database", "sqlite_file"]
