"""What the worker runs for the answers. Tasks carry a key; running one twice does no harm."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from analytics.kept import changes, refreshing
from analytics.reports import running
from analytics.safety import telling, watching


@shared_task(name="analytics.tasks.refresh", ignore_result=True)
def refresh(study_id: int) -> None:
    """Make the kept tables of a study anew, unless they are fresh."""
    refreshing.refresh(study_id, clock=timezone.now)


@shared_task(name="analytics.tasks.watch", ignore_result=True)
def watch(study_id: int) -> None:
    """Let the safety rules of a study look, unless they have, and tell what they have raised."""
    watching.watch(study_id, clock=timezone.now)
    telling.tell(clock=timezone.now)


@shared_task(name="analytics.tasks.tick", ignore_result=True)
def tick() -> None:
    """Beat's tick: ask for tables that are stale, and for looks that are due, and tell of alerts.

    What is due is a question to the database, so a lost task is made up for by the next tick.
    """
    now = timezone.now()
    watching.ask(watching.studies_to_watch(now=now), now=now)
    for study_id in changes.studies_to_refresh(now=now):
        changes.ask(study_id, now=now)
    telling.tell(clock=timezone.now)


@shared_task(name="analytics.tasks.make_reports", ignore_result=True)
def make_reports() -> None:
    """Make the reports that are due and send them; beat's tick, and asked for by a test.

    What is due is a question to the database, so a lost task is made up for by the next one.
    """
    running.run(clock=timezone.now)
