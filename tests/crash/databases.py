"""The two ways to run, each with a throwaway database and broker: both can be begun anew."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

from tests.services import WAIT_SECONDS, Absent, find_postgresql

REDIS_URL = "redis://127.0.0.1:6379/14"
OWNER = "crash-harness"
"""Key in Redis that says which process the database belongs to, by its id."""
QUEUE = "celery"


class Site(ABC):
    """Database and broker of one way to run. Nothing may be connected when it begins anew."""

    name: str
    title: str

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """What the settings need to find them."""

    @abstractmethod
    def keep(self) -> None:
        """Keep the database as it is, to begin anew with."""

    @abstractmethod
    def begin_anew(self) -> None:
        """The database as it was kept, and no task in the broker."""

    @abstractmethod
    def queued(self) -> int:
        """Tasks that wait in the broker."""

    @abstractmethod
    def flush(self) -> int:
        """Throw away what is in the broker; returns how many tasks waited there."""


class OnFiles(Site):
    """SQLite and the broker in a folder, as in the embedded default."""

    name = "sqlite"
    title = "SQLite, broker in a folder"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "registry.sqlite3"
        self._kept = folder / "kept.sqlite3"
        self._broker = folder / "broker"

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": f"sqlite:///{self._file}", "CRASH_REDIS_URL": ""}

    def keep(self) -> None:
        shutil.copy(self._file, self._kept)  # nobody is connected: its log is in the file by now

    def begin_anew(self) -> None:
        for path in self._file.parent.glob(f"{self._file.name}*"):
            path.unlink()
        shutil.copy(self._kept, self._file)
        self.flush()

    def queued(self) -> int:
        return len(self._messages())

    def flush(self) -> int:
        messages = self._messages()
        for path in messages:
            path.unlink(missing_ok=True)
        return len(messages)

    def _messages(self) -> list[Path]:
        return list(self._broker.glob("*.msg"))


class OnServers(Site):
    """PostgreSQL and Redis, as in production; databases of the harness's own."""

    name = "postgresql"
    title = "PostgreSQL and Redis"

    def __init__(self, server: str, database: str, redis_url: str) -> None:
        self._server = server
        self._database = database
        self._redis_url = redis_url

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": urlsplit(self._server)._replace(path=f"/{self._database}").geturl(),
            "CRASH_REDIS_URL": self._redis_url,
        }

    def make(self) -> None:
        """Make the empty database."""
        self._run("CREATE DATABASE {0} ENCODING 'UTF8' TEMPLATE template0")

    def remove(self) -> None:
        """Remove the databases and what is in Redis."""
        self._run("DROP DATABASE IF EXISTS {0} WITH (FORCE)")
        self._run("DROP DATABASE IF EXISTS {1} WITH (FORCE)")
        with self._redis() as client:
            client.flushdb()

    def keep(self) -> None:
        self._run("CREATE DATABASE {1} TEMPLATE {0}")

    def begin_anew(self) -> None:
        self._run("DROP DATABASE {0} WITH (FORCE)")
        self._run("CREATE DATABASE {0} TEMPLATE {1}")
        self.flush()

    def queued(self) -> int:
        with self._redis() as client:
            return int(client.llen(QUEUE))

    def flush(self) -> int:
        with self._redis() as client, client.pipeline(transaction=True) as pipeline:
            owner = client.get(OWNER)
            waiting, *_ = pipeline.llen(QUEUE).flushdb().set(OWNER, owner or "").execute()
        return int(waiting)

    def _run(self, statement: str) -> None:
        names = sql.Identifier(self._database), sql.Identifier(f"{self._database}_kept")
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*names))

    def _redis(self) -> redis.Redis:
        return redis.Redis.from_url(self._redis_url)


@contextmanager
def on_files(folder: Path) -> Iterator[Site]:
    """SQLite and the folder broker inside a folder that is the caller's."""
    yield OnFiles(folder)


@contextmanager
def on_servers(_: Path) -> Iterator[Site]:
    """PostgreSQL and Redis; what was made there is gone afterwards.

    Raises:
        Absent: when one of them does not answer, or the database of Redis is somebody's.
    """
    server = find_postgresql()
    redis_url = _own_redis()
    site = OnServers(server, f"crash_{os.getpid()}", redis_url)
    site.make()
    try:
        yield site
    finally:
        site.remove()


SITES = {OnFiles.name: on_files, OnServers.name: on_servers}


def site_of(environment: Mapping[str, str]) -> Site:
    """The site that the environment of this process names."""
    if not environment["CRASH_REDIS_URL"]:
        return OnFiles(Path(environment["REGISTRY_DATA_DIR"]))
    url = urlsplit(environment["DATABASE_URL"])
    server = url._replace(path=urlsplit(find_postgresql()).path).geturl()
    return OnServers(server, url.path.removeprefix("/"), environment["CRASH_REDIS_URL"])


def _own_redis() -> str:
    """A database of Redis that is empty, or that a run left behind which is no more."""
    url = os.environ.get("CRASH_REDIS_URL", REDIS_URL)
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=WAIT_SECONDS) as client:
            owner = client.get(OWNER)
            is_left = owner is not None and not Path(f"/proc/{int(owner)}").exists()
            if client.dbsize() and not is_left:
                raise Absent(
                    f"the Redis database {urlsplit(url).path} is not empty and not of a run of "
                    "this harness that has ended; name another by CRASH_REDIS_URL"
                )
            client.flushdb()
            client.set(OWNER, os.getpid())
    except redis.RedisError as exc:
        raise Absent(f"no Redis at {url} ({exc})") from exc
    return url
