"""One running instance per data folder, held by a lock that the kernel drops with the process."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process holds the folder; the message names it."""


@contextmanager
def hold(folder: Path, *, port: int | None) -> Iterator[None]:
    """Hold the folder for the block; the lock file tells others which process and port it is.

    Raises:
        AlreadyRunning: when another process holds it, naming its process id and port.
    """
    with open(folder / "running.lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_who_holds(file.name)) from None
        file.truncate(0)
        json.dump({"pid": os.getpid(), "port": port}, file)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _who_holds(path: str) -> str:
    try:
        holder = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError:  # the holder is about to write its line
        return "another process, which is just starting"
    if holder["port"] is None:
        return f"process {holder['pid']}, which serves no port"
    return f"process {holder['pid']}, on port {holder['port']}"
