"""Finds the servers and the browser that parts of the suite need, or says why there is none."""

import os
import shutil
from dataclasses import dataclass

import psycopg
import redis

DATABASE_URLS = (
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://postgres:postgres@127.0.0.1:5432/postgres",
)
REDIS_URL = "redis://127.0.0.1:6379/15"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAIT_SECONDS = 3


@dataclass(frozen=True)
class Services:
    """Addresses that answered."""

    database_url: str
    redis_url: str


class Absent(Exception):
    """Something outside is not there; the message says what was tried."""


def find_services() -> Services:
    """PostgreSQL and Redis from TEST_DATABASE_URL and TEST_REDIS_URL, or on the usual local ports.

    Raises:
        Absent: when one of them does not answer or the account may not make databases.
    """
    return Services(find_postgresql(), _find_redis())


def find_postgresql() -> str:
    """Address of a PostgreSQL server on which databases may be made.

    Raises:
        Absent: when none answers or the account may not make databases.
    """
    named = os.environ.get("TEST_DATABASE_URL")
    refusals = []
    for url in (named,) if named else DATABASE_URLS:
        try:
            with psycopg.connect(url, connect_timeout=WAIT_SECONDS) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.OperationalError as exc:
            refusals.append(str(exc).strip().splitlines()[0])
            continue
        if row is not None and row[0]:
            return url
        refusals.append("the account may not make databases")
    where = "at TEST_DATABASE_URL" if named else "on 127.0.0.1:5432"
    raise Absent(f"no PostgreSQL {where} ({refusals[0]})")


def _find_redis() -> str:
    url = os.environ.get("TEST_REDIS_URL", REDIS_URL)
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=WAIT_SECONDS) as client:
            client.ping()
    except redis.RedisError as exc:
        where = "at TEST_REDIS_URL" if "TEST_REDIS_URL" in os.environ else "on 127.0.0.1:6379"
        raise Absent(f"no Redis {where} ({exc})") from exc
    return url


def find_chromium() -> str:
    """Path of the installed Chromium or Chrome.

    Raises:
        Absent: when the search path has none.
    """
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    raise Absent(f"no browser on the search path ({', '.join(BROWSERS)})")


def is_required(name: str) -> bool:
    """Whether REQUIRE_SERVICES or REQUIRE_BROWSER is switched on."""
    return os.environ.get(name, "0") not in {"", "0"}
