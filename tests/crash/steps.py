"""The steps of a sweep by name: where to kill it, and where it was when it was killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.core.mail import get_connection

BACKEND = "the mail backend"


class MissingStep(Exception):
    """The program has changed, and this list of steps has not."""


@dataclass(frozen=True)
class Step:
    """A function that a sweep calls by its name in a module, or a method of the mail backend."""

    name: str
    module: str
    attribute: str

    def place(self) -> Any:
        """What holds the function.

        Raises:
            MissingStep: when it does not.
        """
        found = type(get_connection()) if self.module == BACKEND else import_module(self.module)
        if not hasattr(found, self.attribute):
            raise MissingStep(
                f"{self.name}: {self.module} has no {self.attribute} any more; "
                "tests/crash/steps.py must name what a sweep calls now"
            )
        return found


RECOMPUTING = Step("recomputing all", "followup.sweep", "recompute_all")
ONCE_A_SWEEP = (
    Step("settling stale claims", "followup.ledger", "settle_stale"),
    Step("carrying over", "followup.ledger", "carry_over"),
    Step("entering needs", "followup.ledger", "enter_needs"),
    Step("asking whom to tell", "followup.ledger", "people_to_tell"),
)
CLAIMING = Step("claiming", "followup.ledger", "claim")
PREPARING = (
    Step("connecting", BACKEND, "open"),
    Step("recomputing the patients", "followup.delivery", "recompute"),
    Step("checking the needs", "followup.ledger", "check_needs"),
    Step("writing the mail", "followup.delivery", "digest_message"),
)
SENDING = (
    Step("handing over", "followup.ledger", "hand_over"),
    Step("sending", BACKEND, "send_messages"),
    Step("marking as sent", "followup.ledger", "mark_sent"),
)
FAILING = Step("marking as failed", "followup.ledger", "mark_failed")
OTHER_ENDS = (
    FAILING,
    Step("marking as held", "followup.ledger", "mark_held"),
    Step("marking as unknown", "followup.ledger", "mark_unknown"),
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
        place = self.step.place()
        original: Callable[..., Any] = getattr(place, self.step.attribute)
        calls = 0

        def killed(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if self.is_before and calls == self.call:
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*args, **kwargs)
            if calls == self.call:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(place, self.step.attribute, killed)


def points(steps: tuple[Step, ...], calls: int) -> list[Point]:
    """Before and after each step, at its first calls."""
    return [
        Point(step, is_before, call)
        for call in range(1, calls + 1)
        for step in steps
        for is_before in (True, False)
    ]
