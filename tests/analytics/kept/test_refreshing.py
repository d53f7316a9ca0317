"""From a saved fact to fresh tables: one task for many saves, and nothing lost on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics import tasks
from analytics.curves import survival_result
from analytics.extract import times_to_events
from analytics.kept import changes, refreshing, writing
from analytics.kept.reading import standing
from analytics.models import KeptRow, StudyState
from registry.announce import announce
from registry.models import Enrolment, Patient, Progression, ProtocolVersion, Study, User
from registry.scope import scoped_to, system_scope
from registry.services import records, transfers
from tests.analytics.extract.cohort import add_lesion, after, enrol, irradiate, see
from tests.analytics.kept.broker import take_all
from tests.analytics.kept.keeping import (
    keep,
    kept_centres,
    kept_codes,
    kept_pseudonyms,
    kept_rows,
    local_failures,
    save_local_failure,
    state_of,
    study_with_patients,
)
from tests.factories import IdentityFactory, ProtocolVersionFactory, coordinator, data_manager

pytestmark = [pytest.mark.django_db, pytest.mark.services]

REFRESH = "analytics.tasks.refresh"
NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)

Commit = Callable[..., Any]


@pytest.fixture
def commit(django_capture_on_commit_callbacks) -> Commit:
    """What is done in the block is committed at its end, so that the rooms are told."""

    def block() -> Any:
        return django_capture_on_commit_callbacks(execute=True)

    return block


@pytest.fixture
def study() -> Study:
    with time_machine.travel(NOW - dt.timedelta(hours=1), tick=False):
        study = study_with_patients()
        keep(study)
    take_all(REFRESH)
    return study


@pytest.fixture
def patient(study: Study) -> Patient:
    """Centre A's patient whose lesion has not failed."""
    return Patient._base_manager.get(pseudonym="A-5")


@pytest.fixture
def another(study: Study) -> Patient:
    """One more of centre A, whom the tables do not know yet."""
    patient = enrol(study, "A-6", centre="A")
    irradiate(patient, lesions=[add_lesion(patient, 1)])
    see(patient, 900)
    return patient


@pytest.fixture
def manager(patient: Patient) -> User:
    return data_manager(patient.centre)


def test_a_local_failure_that_is_saved_is_in_the_kept_curve_after_one_task(
    study, patient, manager, commit
) -> None:
    # Of each centre's patients one has a lesion that failed after the origin.
    assert local_failures(study) == 3
    with time_machine.travel(NOW, tick=False):
        with commit():
            save_local_failure(patient, manager)
        assert state_of(study).is_stale
        (task,) = take_all(REFRESH)
        assert task.arguments == [study.pk]
        assert task.eta == NOW + dt.timedelta(seconds=changes.DEBOUNCE_SECONDS)
        task.run()

    state = state_of(study)
    assert local_failures(study) == 4
    assert (state.is_stale, state.stale_since, state.asked_at) == (False, None, None)
    assert state.kept_at == NOW
    with system_scope():
        assert survival_result(study, "LC").events == 4


def test_fifty_saves_in_a_row_give_one_task(study, patient, manager, commit) -> None:
    with commit():
        save_local_failure(patient, manager)
    for _ in range(49):
        with commit():
            announce([patient.pk])  # what every save ends with
    (task,) = take_all(REFRESH)
    task.run()
    assert take_all(REFRESH) == []
    assert state_of(study).kept_number == 50
    assert local_failures(study) == 4


def test_a_crash_in_the_middle_leaves_the_old_tables_whole(
    study, patient, manager, commit, monkeypatch
) -> None:
    before = state_of(study)
    with commit():
        save_local_failure(patient, manager)

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("the worker is gone")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "insert_values", crash)
        with pytest.raises(RuntimeError, match="gone"):
            refreshing.refresh(study.pk, clock=timezone.now)
    assert local_failures(study) == 3
    state = state_of(study)
    assert (state.kept_number, state.kept_at) == (before.kept_number, before.kept_at)
    assert state.is_stale

    take_all(REFRESH)
    later = timezone.now() + changes.LOST_AFTER + MINUTE
    with time_machine.travel(later, tick=False):
        tasks.tick.apply()
        (task,) = take_all(REFRESH)
        task.run()
    assert local_failures(study) == 4


def during(monkeypatch: pytest.MonkeyPatch, action: Callable[[], None]) -> None:
    """Once: do this after the facts were read and before the tables are kept."""

    def read(*args: Any) -> Any:
        tables = times_to_events(*args)
        monkeypatch.setattr(refreshing, "times_to_events", times_to_events)
        action()
        return tables

    monkeypatch.setattr(refreshing, "times_to_events", read)


def test_what_changes_while_tables_are_made_is_asked_for_again(
    study, patient, another, manager, commit, monkeypatch
) -> None:
    with commit():
        save_local_failure(patient, manager)
    (task,) = take_all(REFRESH)

    def another_save() -> None:
        with commit():
            save_local_failure(another, manager)
        assert take_all(REFRESH) == []  # the running one asks when it is done

    during(monkeypatch, another_save)
    task.run()
    state = state_of(study)
    assert (state.kept_number, state.change_number, state.is_stale) == (1, 2, True)
    assert local_failures(study) == 4
    (again,) = take_all(REFRESH)
    again.run()
    assert (local_failures(study), state_of(study).is_stale) == (5, False)


def test_a_worker_that_is_late_does_not_replace_newer_tables(
    study, patient, another, manager, commit, monkeypatch
) -> None:
    with commit():
        save_local_failure(patient, manager)

    def a_faster_worker() -> None:
        with commit():
            save_local_failure(another, manager)
        refreshing.refresh(study.pk, clock=timezone.now)
        assert local_failures(study) == 5

    during(monkeypatch, a_faster_worker)
    refreshing.refresh(study.pk, clock=timezone.now)
    assert (local_failures(study), state_of(study).kept_number) == (5, 2)


def test_a_task_that_comes_twice_reads_no_facts_the_second_time(
    study, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(4):
        assert not refreshing.refresh(study.pk, clock=lambda: NOW)


def test_without_a_broker_the_save_holds_and_the_tick_asks_later(
    study, patient, manager, commit, monkeypatch, caplog
) -> None:
    def unreachable(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    with time_machine.travel(NOW, tick=False), monkeypatch.context() as patch:
        patch.setattr(tasks.refresh, "apply_async", unreachable)
        with commit():
            save_local_failure(patient, manager)
    assert "could be queued" in caplog.text
    with system_scope():
        assert Progression.objects.filter(patient=patient).count() == 1
    for waited, asked in ((MINUTE, 0), (changes.LOST_AFTER + MINUTE, 1), (4 * MINUTE, 0)):
        with time_machine.travel(NOW + waited, tick=False):
            tasks.tick.apply()
            assert len(take_all(REFRESH)) == asked, waited


def test_whoever_leaves_a_study_or_is_taken_back_leaves_its_curves(study, manager, commit) -> None:
    rows = kept_rows(study, "OS")
    with system_scope():
        enrolment = Enrolment.objects.get(patient__pseudonym="A-1")
        patient = Patient.objects.get(pseudonym="A-5")
    for row in (enrolment, patient):
        with commit():
            records.void(row, by=manager, reason="entered by mistake", version=row.version)
        (task,) = take_all(REFRESH)
        task.run()
        rows -= 1
        assert kept_rows(study, "OS") == rows


def test_a_centre_that_handed_a_patient_over_does_not_count_the_patient_any_more(
    study, patient, manager, commit
) -> None:
    IdentityFactory.create(patient=patient)
    there = study.centres.get(code="B")
    receiver = data_manager(there)
    offer = transfers.offer(patient=patient, to_centre=there, reason="moved", by=manager)

    def counted(user: User) -> set[str]:
        assert is_kept(user)
        return kept_pseudonyms(study, "OS", user)

    def is_kept(user: User) -> bool:
        version, now = study.protocol_version(), timezone.now()
        with scoped_to(user):
            return standing(study, version, now=now, may_be_stale=True).is_kept

    assert counted(manager) == {"A-1", "A-2", "A-4", "A-5"}
    with commit():
        transfers.accept(offer, by=receiver)
    assert not is_kept(manager)
    (task,) = take_all(REFRESH)
    task.run()
    assert counted(manager) == {"A-1", "A-2", "A-4"}
    assert counted(receiver) == {"A-5", "B-1", "B-2", "B-4", "B-5"}
    with scoped_to(receiver):
        assert kept_centres(study, "OS") == {"B"}


def test_the_tick_asks_for_studies_without_tables_with_another_version_or_with_old_ones(
    study,
) -> None:
    new = ProtocolVersionFactory.create(study__key="cnao").study

    def asked(now: dt.datetime) -> list[list[object]]:
        with time_machine.travel(now, tick=False):
            tasks.tick.apply()
            queued = take_all(REFRESH)
            for task in queued:
                task.run()
        return [task.arguments for task in queued]

    assert asked(NOW) == [[new.pk]]
    assert asked(NOW + MINUTE) == []
    source = study.protocol_version().source
    ProtocolVersion.objects.create(
        study=study, number=2, effective_on=dt.date(2026, 3, 1), source=source
    )
    assert asked(NOW + 2 * MINUTE) == [[study.pk]]
    assert state_of(study).kept_version == 2
    assert asked(NOW + changes.RENEWED_AFTER) == [[new.pk]]
    assert asked(NOW + changes.RENEWED_AFTER + 5 * MINUTE) == [[study.pk]]


def test_an_endpoint_that_the_protocol_has_no_more_has_no_table_any_more(study) -> None:
    with system_scope():
        KeptRow.objects.filter(endpoint_code="OS").update(endpoint_code="GONE")
    StudyState.objects.update(change_number=7)
    keep(study)
    assert kept_codes(study) == {
        endpoint.code for endpoint in study.protocol_version().protocol.endpoints
    }


def test_after_an_upgrade_no_table_of_older_rules_is_left(study) -> None:
    call_command("migrate", verbosity=0)
    assert kept_codes(study) == set()
    assert state_of(study).kept_number is None
    assert changes.studies_to_refresh(now=timezone.now()) == [study.pk]
    with scoped_to(coordinator(study)):
        assert survival_result(study, "OS").n == 12


def test_a_change_of_a_patient_in_two_studies_is_counted_in_both(study, patient) -> None:
    other = ProtocolVersionFactory.create(study__key="cnao")
    Enrolment._base_manager.create(
        patient=patient, study=other.study, protocol_version=other, enrolled_on=after(0)
    )
    assert changes.note([patient.pk], now=NOW) == sorted([study.pk, other.study.pk])
    assert state_of(other.study).change_number == 1
    assert changes.note([], now=NOW) == []
