"""Worker and beat as a child of the demo: watched, started again when it ends, ended with it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from config.settings.base import BASE_DIR

STOP_SECONDS = 20  # a running sweep may finish
RESTART_SECONDS = 2


class WorkerChild:
    """The child process; use as a context manager.

    With ``restart`` a child that ends by itself or is killed is started again and the fact printed.
    """

    def __init__(self, log: Path, *, restart: bool) -> None:
        self.log = log
        self.restart = restart
        self._stopping = threading.Event()
        self._process = self._start("w")
        # The kernel ends a child with the thread that started it, so restarts must come from a
        # thread that lives as long as the demo.
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "WorkerChild":
        if self.restart:
            self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self.restart:
            self._watcher.join()
        self._end()

    @property
    def pid(self) -> int:
        """Process id of the child that runs now."""
        return self._process.pid

    def has_ended(self) -> bool:
        """Whether the child has stopped running."""
        return self._process.poll() is not None

    def _start(self, mode: str) -> subprocess.Popen[bytes]:
        with open(self.log, mode) as log:
            return subprocess.Popen(
                [sys.executable, "-m", "config.embedded_worker", str(os.getpid())],
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the demo alone, which then ends the child in order.
                start_new_session=True,
            )

    def _watch(self) -> None:
        while not self._stopping.wait(RESTART_SECONDS):
            if self.has_ended():
                print(
                    f"Worker and beat ended (code {self._process.returncode}; see {self.log}). "
                    "Starting them again.",
                    flush=True,
                )
                self._process = self._start("a")

    def _end(self) -> None:
        if self.has_ended():
            return
        print("Stopping worker and beat", flush=True)
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
