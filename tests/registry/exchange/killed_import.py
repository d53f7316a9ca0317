"""An import in a process of its own: ``python -m tests.registry.exchange.killed_import FOLDER N``.

Kills itself by SIGKILL when N patients are written (N = 0: never). Works on the database of the
settings.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from registry.exchange import importer  # noqa: E402


def main(folder: Path, last: int) -> None:
    """Import the folder patient by patient."""
    importer.PATIENTS_AT_ONCE = 1

    def progress(done: int, of: int) -> None:
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)

    job = importer.Job(paths=[folder], study="cams", centre="K", create_missing=True)
    importer.run_import(job, by=None, progress=progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
