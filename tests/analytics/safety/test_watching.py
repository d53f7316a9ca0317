"""From a saved fact to one alert: by a task for many saves, once, and nothing lost on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics import tasks
from analytics.kept import changes
from analytics.models import RuleKind, SafetyAlert, StudyState, WatchState
from analytics.safety import watching
from analytics.safety.facts import read_safety_facts
from analytics.services.safety import end_rule
from registry.announce import announce
from registry.models import Patient, ProtocolVersion, Study, ToxicityEvent, User
from registry.scope import system_scope
from tests.analytics.extract.cohort import follow, study_of
from tests.analytics.kept.broker import take_all
from tests.analytics.safety.watched import (
    alerts,
    correct,
    enter,
    followed,
    had,
    look,
    set_rule,
)
from tests.factories import data_manager

pytestmark = [pytest.mark.django_db, pytest.mark.services]

WATCH = "analytics.tasks.watch"
NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def study() -> Study:
    study = study_of("cnao")
    take_all(WATCH)
    return study


@pytest.fixture
def patient(study: Study) -> Patient:
    return follow(study, "A-1", 900, died=False)


@pytest.fixture
def manager(patient: Patient) -> User:
    return data_manager(patient.centre)


def state_of(study: Study) -> WatchState:
    return WatchState.objects.get(study=study)


def test_a_severe_event_that_is_saved_is_an_alert_after_one_task(
    study, patient, manager, commit
) -> None:
    rule = set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    with time_machine.travel(NOW, tick=False):
        with commit():
            enter(patient, 4, manager)
        (task,) = take_all(WATCH)
        assert task.arguments == [study.pk]
        assert task.eta == NOW + dt.timedelta(seconds=changes.DEBOUNCE_SECONDS)
        task.run()

    (alert,) = alerts(study)
    assert (alert.rule, alert.patient, alert.raised_at) == (rule, patient, NOW)
    assert alert.toxicity is not None
    assert alert.toxicity.grade == 4
    assert alert.figures["grade"] == 4
    state = state_of(study)
    assert (state.stale_since, state.asked_at) == (None, None)


def test_a_rule_looks_as_soon_as_it_is_set_and_finds_what_is_on_file(
    study, patient, commit
) -> None:
    had(patient, 4)
    with commit():
        set_rule(study, RuleKind.SEVERE_TOXICITY)
    (task,) = take_all(WATCH)
    task.run()
    assert len(alerts(study)) == 1


def test_what_does_not_meet_the_rule_is_no_alert(study, patient, manager, commit) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    with commit():
        enter(patient, 3, manager)
    had(patient, 4, attribution="unlikely")
    assert look(study)
    assert alerts(study) == []


def test_fifty_saves_in_a_row_give_one_task_and_one_alert(study, patient, manager, commit) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    with commit():
        enter(patient, 4, manager)
    for _ in range(49):
        with commit():
            announce([patient.pk])  # what every save ends with
    (task,) = take_all(WATCH)
    task.run()
    assert take_all(WATCH) == []
    assert state_of(study).seen_number == 50
    assert len(alerts(study)) == 1


def test_a_study_without_rules_is_not_looked_at(study, patient, manager, commit) -> None:
    with commit():
        enter(patient, 4, manager)
    assert take_all(WATCH) == []
    rule = set_rule(study, RuleKind.SEVERE_TOXICITY)
    end_rule(rule, by=None)
    with commit():
        enter(patient, 4, manager, number=2)
    assert take_all(WATCH) == []
    assert watching.studies_to_watch(now=timezone.now()) == []


def test_a_task_that_comes_twice_reads_no_facts_the_second_time(
    study, patient, monkeypatch
) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    assert look(study)
    monkeypatch.setattr(watching, "read_safety_facts", None)
    assert not look(study)


def test_facts_are_read_in_the_same_number_of_queries_whatever_their_number(study) -> None:
    numbers = []
    had(followed(study, 1)[0], 4)
    for centre in ("B", "C"):
        with CaptureQueriesContext(connection) as queries, system_scope():
            assert read_safety_facts(study).events
        numbers.append(len(queries))
        for one in followed(study, 6, centre=centre):
            had(one, 4)
    assert numbers[0] == numbers[1] < 20


def test_a_lost_task_is_asked_for_again_by_the_tick(study, patient, manager, commit) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    with time_machine.travel(NOW, tick=False):
        look(study)
        with commit():
            enter(patient, 4, manager)
    take_all(WATCH)  # lost
    for waited, asked in ((MINUTE, 0), (changes.LOST_AFTER + MINUTE, 1), (4 * MINUTE, 0)):
        with time_machine.travel(NOW + waited, tick=False):
            tasks.tick.apply(throw=True)
            queued = take_all(WATCH)
            assert len(queued) == asked, waited
    with time_machine.travel(NOW + 4 * MINUTE, tick=False):
        tasks.watch.apply((study.pk,), throw=True)
    assert len(alerts(study)) == 1


def test_without_a_broker_the_save_holds_and_the_change_is_known_to_wait(
    study, patient, manager, commit, monkeypatch, caplog
) -> None:
    def unreachable(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    with time_machine.travel(NOW, tick=False), monkeypatch.context() as patch:
        patch.setattr(tasks.watch, "apply_async", unreachable)
        with commit():
            enter(patient, 4, manager)
    assert "could be queued" in caplog.text
    with system_scope():
        assert ToxicityEvent.objects.filter(patient=patient).count() == 1
    assert state_of(study).stale_since == NOW


def test_what_changes_while_the_rules_look_is_looked_at_again(
    study, patient, manager, commit, monkeypatch
) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    with commit():
        enter(patient, 4, manager)
    (task,) = take_all(WATCH)

    def read(*args: Any) -> Any:
        facts = read_safety_facts(*args)
        monkeypatch.setattr(watching, "read_safety_facts", read_safety_facts)
        with commit():
            enter(patient, 4, manager, days=500, number=2)
        assert take_all(WATCH) == []  # the running one asks when it is done
        return facts

    monkeypatch.setattr(watching, "read_safety_facts", read)
    task.run()
    assert len(alerts(study)) == 1
    (again,) = take_all(WATCH)
    again.run()
    assert len(alerts(study)) == 2


def test_a_worker_that_is_late_raises_nothing_that_a_newer_look_has_refuted(
    study, patient, manager, commit, monkeypatch
) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    with commit():
        enter(patient, 4, manager)
    with system_scope():
        event = ToxicityEvent.objects.get(patient=patient)

    def read(*args: Any) -> Any:
        facts = read_safety_facts(*args)
        monkeypatch.setattr(watching, "read_safety_facts", read_safety_facts)
        with commit():
            correct(event, manager, grade=3)
        look(study)
        return facts

    monkeypatch.setattr(watching, "read_safety_facts", read)
    look(study)
    assert alerts(study) == []


def test_one_event_is_one_alert_of_each_rule_however_often_they_look(study, patient) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    set_rule(study, RuleKind.SEVERE_TOXICITY, attribution="any")
    had(patient, 4)
    for number in range(3):
        StudyState.objects.update_or_create(study=study, defaults={"change_number": number})
        look(study)
    assert [alert.rule.attribution for alert in alerts(study)] == ["possible", "any"]


def test_the_tick_asks_for_rules_that_have_not_looked_new_versions_and_old_looks(study) -> None:
    def asked(now: dt.datetime) -> int:
        with time_machine.travel(now, tick=False):
            tasks.tick.apply(throw=True)
            queued = take_all(WATCH)
            for task in queued:
                task.run()
        return len(queued)

    assert asked(NOW) == 0
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    assert (asked(NOW), asked(NOW + MINUTE)) == (1, 0)
    set_rule(study, RuleKind.TREATMENT_DEATH)
    assert (asked(NOW + 2 * MINUTE), asked(NOW + 3 * MINUTE)) == (1, 0)
    source = study.protocol_version().source
    ProtocolVersion.objects.create(
        study=study, number=2, effective_on=dt.date(2026, 3, 1), source=source
    )
    assert (asked(NOW + 4 * MINUTE), asked(NOW + 5 * MINUTE)) == (1, 0)
    assert asked(NOW + 4 * MINUTE + changes.RENEWED_AFTER) == 1


def test_an_ended_rule_raises_nothing_even_when_it_was_looking(study, patient, monkeypatch) -> None:
    rule = set_rule(study, RuleKind.SEVERE_TOXICITY)
    had(patient, 4)

    def read(*args: Any) -> Any:
        end_rule(rule, by=None)
        return read_safety_facts(*args)

    monkeypatch.setattr(watching, "read_safety_facts", read)
    look(study)
    with system_scope():
        assert not SafetyAlert.objects.exists()
