"""Kills workers at random moments, most of them while a digest is on its way.

Half of the moments are drawn by time, from the claim to somewhat more than a digest takes. Most of
that time goes into few steps, so the other half is drawn by step: as soon as the worker is seen to
be there or farther.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.crash.children import Children
from tests.crash.slots import FIRST_PLACE, LAST_PLACE, Slot
from tests.crash.workers import POOLS, Beat, Worker

BEATS = 2
BEAT_EVERY = 10  # kills of a worker, one of a beat
LONGEST = 1.5  # times what a digest takes, from its claim to the kill
STEP_WAIT = 3  # times what a digest takes, for a step to be seen
FIRST_GUESS = 0.05  # seconds that a digest takes


@dataclass(frozen=True)
class Moment:
    """When a worker is killed: at a time of the monotonic clock, or once it is at a place."""

    at: float
    place: int | None

    @classmethod
    def draw(cls, random: Random, slot: Slot) -> Moment:
        """A moment for a worker that has just claimed a digest."""
        usual = slot.usual_seconds or FIRST_GUESS
        if random.random() < 0.5:
            return cls(time.monotonic() + random.uniform(0, LONGEST * usual), None)
        return cls(time.monotonic() + STEP_WAIT * usual, random.randint(FIRST_PLACE, LAST_PLACE))

    def has_come(self, slot: Slot) -> bool:
        """Whether it is now. A place that is passed unseen comes with the next digest."""
        is_there = self.place is not None and slot.is_busy and slot.place >= self.place
        return is_there or time.monotonic() >= self.at


@dataclass
class Tally:
    """The kills of one part: of workers, of beats, and at which steps of a digest."""

    workers: int = 0
    beats: int = 0
    in_a_digest: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[str, ...]:
        """What was killed, in words."""
        where = ", ".join(f"{step} {count}" for step, count in self.in_a_digest.most_common())
        return (
            f"workers killed {self.workers} times, {self.in_a_digest.total()} of them in a digest; "
            f"beats {self.beats} times",
            f"where: {where}",
        )


class Crew:
    """Two workers and two beats that are started again whenever they are dead."""

    def __init__(self, children: Children, site: str, random: Random) -> None:
        self._workers = [
            Worker(children, pool, number) for number, pool in enumerate(POOLS[site], start=1)
        ]
        self._beats = [Beat(children) for _ in range(BEATS)]
        self._random = random
        self._moments: dict[int, Moment] = {}  # drawn for a worker that is busy
        self.tally = Tally()

    def work(self) -> None:
        """Let everybody work."""
        for worker in self._workers:
            worker.keep_running()
        self.send()

    def work_and_kill(self) -> None:
        """Let everybody work, and kill whose moment has come."""
        self.work()
        for number, worker in enumerate(self._workers):
            if number not in self._moments:
                if worker.slot.is_busy:
                    self._moments[number] = Moment.draw(self._random, worker.slot)
            elif self._moments[number].has_come(worker.slot):
                del self._moments[number]
                self._kill(worker)

    def send(self) -> None:
        """Let the beats send; workers that are dead stay so."""
        for beat in self._beats:
            beat.keep_running()

    def kill_workers(self) -> None:
        """Kill all workers."""
        self._moments.clear()
        for worker in self._workers:
            worker.kill_all()
            self._count(worker)

    def kill_beats(self) -> None:
        """Kill all beats."""
        for beat in self._beats:
            beat.kill()
            self.tally.beats += 1

    def _kill(self, worker: Worker) -> None:
        worker.kill(self._random)
        self._count(worker)
        if self.tally.workers % BEAT_EVERY == 0:
            self._random.choice(self._beats).kill()
            self.tally.beats += 1

    def _count(self, worker: Worker) -> None:
        self.tally.workers += 1
        if worker.slot.is_busy:
            self.tally.in_a_digest[worker.slot.step] += 1
        worker.slot.leave()
