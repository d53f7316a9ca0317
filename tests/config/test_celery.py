"""Celery speaks JSON only, keeps its schedule in the database and has two ticks."""

import os
import subprocess
import sys

import pytest
from kombu.exceptions import EncodeError

from config.celery import app
from config.settings.base import beat_schedule
from tests.conftest import ROOT

BEAT_AFTER_ITS_WORKER = """
import os
import config.celery
from celery import signals

worker = os.getpid()
if os.fork():
    os._exit(0)
while os.getppid() == worker:
    pass
signals.beat_embedded_init.send(sender=None)
print("beat goes on", flush=True)
"""


def test_only_json_is_accepted_and_sent():
    assert list(app.conf.accept_content) == ["json"]
    assert list(app.conf.result_accept_content) == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"


def test_a_value_that_only_pickle_could_carry_is_refused():
    with pytest.raises(EncodeError):
        app.send_task("followup.tasks.tick", args=[object()])


def test_results_and_schedule_live_in_the_database():
    assert app.conf.result_backend == "django-db"
    assert app.conf.beat_scheduler == "django_celery_beat.schedulers:DatabaseScheduler"


def test_the_tick_of_the_duties_expires_before_the_next():
    entry = beat_schedule(20)["followup-tick"]
    assert entry["task"] == "followup.tasks.tick"
    assert entry["schedule"] == entry["options"]["expires"] == 20


def test_the_tick_of_the_imports_expires_before_the_next():
    entry = beat_schedule(20)["tend-imports"]
    assert entry["schedule"] == entry["options"]["expires"] == 60


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in beat_schedule(20).values()} <= set(app.tasks)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's service is Linux's")
def test_a_beat_whose_worker_was_killed_before_it_began_ends_at_once():
    run = subprocess.run(
        [sys.executable, "-c", BEAT_AFTER_ITS_WORKER],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "beat goes on" not in run.stdout
    assert "The process that started this one has ended." in run.stderr


@pytest.mark.services(only=True)
def test_a_message_goes_through_redis():
    with app.connection_for_write() as connection, connection.SimpleQueue("test-queue") as queue:
        queue.put({"pk": 1}, serializer="json")
        message = queue.get(timeout=5)
        message.ack()
        assert message.payload == {"pk": 1}
        assert connection.transport.driver_type == "redis"
