"""The Celery application: workers and beat start with ``celery -A config``."""

import os

from celery import Celery, signals
from kombu.transport import TRANSPORT_ALIASES

from config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

TRANSPORT_ALIASES["folder"] = "config.folder_broker:Transport"

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


_WORKER = os.getpid()
"""The process that loaded this module: an embedded beat is forked from it."""


@signals.beat_embedded_init.connect
def _end_beat_with_its_worker(**_: object) -> None:
    """A beat that outlives its killed worker would double every tick of the next one.

    It ends at once where the worker was killed before beat came so far as to ask the kernel.
    """
    die_with_parent(_WORKER if os.getpid() != _WORKER else None)
