"""Worker and beat in one child process: ``python -m config.embedded_worker PARENT_PID``."""

import sys

from config.celery import app
from config.processes import die_with_parent


def main(parent: int) -> None:
    """Run worker and beat until told to stop, or until the process ``parent`` has ended."""
    die_with_parent(parent)
    app.worker_main(
        [
            "worker",
            "--beat",
            "--pool=solo",
            "--loglevel=INFO",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
