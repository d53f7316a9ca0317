"""What waits in the broker of the tests: in memory, or Redis in the services part."""

from __future__ import annotations

import datetime as dt
import queue
from typing import NamedTuple

from config.celery import app


class Queued(NamedTuple):
    """A task that a worker would take."""

    name: str
    arguments: list[object]
    eta: dt.datetime | None

    def run(self) -> None:
        """Do what a worker would do with it."""
        app.tasks[self.name].apply(tuple(self.arguments), throw=True)


def take_all(name: str) -> list[Queued]:
    """Take every waiting task out of the queue; those of that name."""
    taken: list[Queued] = []
    with (
        app.connection_for_write() as connection,
        connection.SimpleQueue(app.conf.task_default_queue) as waiting,
    ):
        while True:
            try:
                message = waiting.get_nowait()
            except queue.Empty:
                return [one for one in taken if one.name == name]
            message.ack()
            arguments, *_ = message.payload
            eta = message.headers["eta"]
            when = dt.datetime.fromisoformat(eta) if eta else None
            taken.append(Queued(message.headers["task"], arguments, when))
