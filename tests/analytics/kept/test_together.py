"""Workers that make the tables of one study at the same moment, and savers beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.utils import timezone

from analytics.kept import changes, refreshing
from analytics.models import StudyState
from registry.models import Patient
from tests.analytics.kept.keeping import (
    keep,
    kept_codes,
    kept_rows,
    state_of,
    study_with_patients,
)

# SQLite in memory has one connection: only a server runs two writers side by side.
pytestmark = [pytest.mark.services(only=True), pytest.mark.django_db(transaction=True)]

WORKERS = 4


def together(*work: Callable[[], object]) -> list[BaseException]:
    """Start everything at once; what went wrong."""
    start, errors = threading.Barrier(len(work)), []

    def run(one: Callable[[], object]) -> None:
        start.wait()
        try:
            one()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_workers_and_savers_at_once_end_in_one_set_of_tables_and_every_change_counted() -> None:
    study = study_with_patients()
    keep(study)
    patients = [patient.pk for patient in Patient._base_manager.all()]
    changes.note(patients, now=timezone.now())

    def worker() -> None:
        refreshing.refresh(study.pk, clock=timezone.now)

    def saver() -> None:
        changes.note(patients, now=timezone.now())

    assert together(*[worker] * WORKERS, *[saver] * WORKERS) == []
    assert state_of(study).change_number == 1 + WORKERS
    refreshing.refresh(study.pk, clock=timezone.now)

    state = state_of(study)
    assert state.kept_number == state.change_number
    assert kept_codes(study) == {
        endpoint.code for endpoint in study.protocol_version().protocol.endpoints
    }
    assert kept_rows(study, "OS") == 12


def test_of_savers_at_once_one_asks() -> None:
    study = study_with_patients()
    StudyState.objects.create(study=study)
    asked: list[bool] = []
    ask = changes.ask

    assert together(*[lambda: asked.append(ask(study.pk, now=timezone.now()))] * WORKERS) == []
    assert sorted(asked) == [False] * (WORKERS - 1) + [True]
