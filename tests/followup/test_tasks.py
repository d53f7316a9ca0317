"""The tasks of the worker: what they return, and that repeating them does no harm."""

import datetime as dt

import pytest

from config.celery import app
from followup import tasks
from tests.factories import data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import mails_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]


@pytest.fixture
def manager(time_machine):
    time_machine.move_to(dt.datetime(2024, 4, 20, 8, tzinfo=dt.UTC), tick=False)
    return data_manager(followed().patient.centre)


def test_a_sweep_returns_what_it_did(manager):
    assert tasks.sweep.apply().get() == {
        "reminders_created": 1,
        "digests_sent": 1,
        "digests_failed": 0,
        "digests_held": 0,
        "digests_unknown": 0,
    }


def test_ticks_and_sweeps_in_any_number_send_one_mail(manager):
    for task in (tasks.tick, tasks.sweep, tasks.tick, tasks.tick):
        task.apply().get()
    assert len(mails_to(manager.email)) == 1


@pytest.mark.parametrize(
    ("ended_on", "moment"),
    [
        # Clocks jump on 31 March 2024 at 01:00 UTC in Europe, on 3 November at 06:00 in America.
        ("2023-12-31", dt.datetime(2024, 3, 31, 0, 30, tzinfo=dt.UTC)),
        ("2024-08-03", dt.datetime(2024, 11, 3, 5, 30, tzinfo=dt.UTC)),
    ],
)
def test_a_clock_that_jumps_or_is_set_back_sends_nothing_twice(time_machine, ended_on, moment):
    user = data_manager(followed(ended_on=ended_on).patient.centre)
    for minutes in (0, 20, 40, 100, 40, 60, -40, 20, 24 * 60):
        time_machine.move_to(moment + dt.timedelta(minutes=minutes), tick=False)
        tasks.tick.apply().get()
    assert len(mails_to(user.email)) == 1


def test_tasks_are_known_to_the_worker_by_their_names():
    app.loader.import_default_modules()
    assert {"followup.tasks.tick", "followup.tasks.sweep"} <= set(app.tasks)
