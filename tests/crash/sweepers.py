"""Sweepers in processes of their own that sweep together when they are told to."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from tests.crash.children import Children, Stuck


class Sweepers:
    """Live from sweep to sweep, so that hundreds of sweeps cost no more than they do."""

    def __init__(
        self, children: Children, count: int, work: Callable[[], object], *, patience: float
    ) -> None:
        self._children = children
        self._patience = patience
        self._pipes: list[tuple[int, int]] = []
        self._pids: list[int] = []
        for _ in range(count):
            told, tell = os.pipe()
            answered, answer = os.pipe()

            def sweep_when_told(told: int = told, answer: int = answer) -> None:
                while os.read(told, 1):
                    work()
                    os.write(answer, b".")

            self._pids.append(children.start(sweep_when_told))
            self._pipes.append((tell, answered))
            os.close(told)
            os.close(answer)

    def sweep(self) -> None:
        """All of them at once, until all are done.

        Raises:
            Stuck: they are not done in time.
            ChildFailed: a sweep failed.
        """
        for tell, _ in self._pipes:
            os.write(tell, b".")
        for pid, (_, answered) in zip(self._pids, self._pipes, strict=True):
            ready, _, _ = select.select([answered], [], [], self._patience)
            if not ready or not os.read(answered, 1):
                self._children.has_ended(pid)
                raise Stuck(f"a sweep did not end\n{self._children.tail()}")

    def close(self) -> None:
        """Let them end."""
        for pipe in self._pipes:
            for end in pipe:
                os.close(end)
