"""One round of the worker over the reports: enter what is due, make it, tell the readers."""

from __future__ import annotations

import logging

from kombu.exceptions import OperationalError

from analytics.reports.mails import compose
from analytics.services.report_issues import enter_due, make_due
from followup import letters
from followup.days import Clock
from followup.models import LetterKind

logger = logging.getLogger(__name__)


def run(*, clock: Clock) -> int:
    """Make and send what is due; returns how many reports were finished.

    Safe to repeat, to interrupt, to run twice at once.
    """
    enter_due(now=clock())
    made = make_due(clock=clock)
    letters.send(LetterKind.REPORT, compose, clock=clock)
    return made


def ask_for_reports() -> None:
    """Have a worker do a round at once; without a broker beat's next tick does."""
    from analytics.tasks import make_reports

    try:
        make_reports.apply_async(expires=60)
    except (OperationalError, OSError):
        logger.exception("No round over the reports could be queued")
