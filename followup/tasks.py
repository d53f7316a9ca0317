"""What the worker runs. Tasks carry no patient data, and running one twice does no harm."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from followup import sweep as sweeps
from followup.webhooks import sending


@shared_task(name="followup.tasks.sweep")
def sweep() -> dict[str, int]:
    """Tell everybody what is due; returns the counts of :class:`followup.sweep.Summary`."""
    return sweeps.sweep(clock=timezone.now).as_dict()


@shared_task(name="followup.tasks.tick", ignore_result=True)
def tick() -> None:
    """Beat's short-interval tick: sweep.

    What is due is a question to the database, so a lost tick is made up for by the next one, and a
    sweep that finds nothing new costs two queries over the open visits and some short ones.
    """
    sweep()


@shared_task(name="followup.tasks.send_webhooks")
def send_webhooks() -> dict[str, int]:
    """Tell hospitals' systems what is new; returns the counts of the run's summary.

    A task of its own, so that a slow receiver keeps no mail waiting.
    """
    return sending.run(today=timezone.localdate(), clock=timezone.now).as_dict()
