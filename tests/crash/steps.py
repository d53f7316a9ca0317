"""The steps of a sweep by name: where to kill it, and where it was when it was killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.core.mail import get_connection
from django.utils.module_loading import import_string


class MissingStep(Exception):
    """The program has changed, and this list of steps has not."""


@dataclass(frozen=True)
class Step:
    """A function of a sweep, by the dotted name by which it is called.

    A name without dots is that of a method of the mail backend.
    """

    name: str
    called: str

    def place(self) -> tuple[Any, str]:
        """What holds the function, and the function's name in it.

        Raises:
            MissingStep: when it is not to be found.
        """
        path, _, attribute = self.called.rpartition(".")
        try:
            holder = _holder(path)
        except ImportError:
            holder = None
        if not hasattr(holder, attribute):
            raise MissingStep(
                f"{self.name}: there is no {self.called} any more; "
                "tests/crash/steps.py must name what a sweep calls now"
            )
        return holder, attribute


def _holder(path: str) -> Any:
    """A module, a class in one, or for "" the class of the mail backend."""
    if not path:
        return type(get_connection())
    is_class = path.rpartition(".")[2][0].isupper()
    return import_string(path) if is_class else import_module(path)


RECOMPUTING = Step("recomputing all", "followup.sweep.recompute_all")
ONCE_A_SWEEP = (
    Step("settling stale claims", "followup.posting.settle_stale"),
    Step("taking back what was returned", "followup.sweep.take_back_returned"),
    Step("carrying over", "followup.ledger.carry_over"),
    Step("freeing new addresses", "followup.posting.free_readdressed"),
    Step("entering needs", "followup.ledger.enter_needs"),
    Step("entering notices", "followup.sweep.enter_notices"),
    Step("asking whom to tell", "followup.sweep.people_to_tell"),
)
CLAIMING = Step("claiming", "followup.ledger.claim")
PREPARING = (
    Step("connecting", "open"),
    Step("recomputing the patients", "followup.freshness.Freshness.see_to"),
    Step("checking the needs", "followup.ledger.check_needs"),
    Step("writing the mail", "followup.digests.digest_message"),
)
SENDING = (
    Step("handing over", "followup.posting.hand_over"),
    Step("sending", "send_messages"),
    Step("marking as sent", "followup.posting.mark_sent"),
)
FAILING = Step("marking as failed", "followup.posting.mark_failed")
OTHER_ENDS = (
    FAILING,
    Step("marking as held", "followup.posting.mark_held"),
    Step("marking as unknown", "followup.posting.mark_unknown"),
)
OF_A_DIGEST = (CLAIMING, *PREPARING, *SENDING)
ENDS = (SENDING[-1], *OTHER_ENDS)
ALL = (RECOMPUTING, *ONCE_A_SWEEP, *OF_A_DIGEST, *OTHER_ENDS)


@dataclass(frozen=True)
class Point:
    """A moment to be killed at: before or after the n-th call of a step."""

    step: Step
    is_before: bool
    call: int

    def __str__(self) -> str:
        return f"{'before' if self.is_before else 'after'} {self.step.name}, call {self.call}"

    def arm(self) -> None:
        """Make this process kill itself there."""
        place, attribute = self.step.place()
        original: Callable[..., Any] = getattr(place, attribute)
        calls = 0

        def killed(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if self.is_before and calls == self.call:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return original(*args, **kwargs)
            finally:  # also when another sweeper was faster, which is an exception
                if calls == self.call:
                    os.kill(os.getpid(), signal.SIGKILL)

        setattr(place, attribute, killed)


def points(steps: tuple[Step, ...], calls: int) -> list[Point]:
    """Before and after each step, at its first calls."""
    return [
        Point(step, is_before, call)
        for call in range(1, calls + 1)
        for step in steps
        for is_before in (True, False)
    ]
