"""When an alert lapses, and when a rule raises anew."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from analytics.models import RuleKind, StudyState, WatchState
from analytics.safety.looks import Rate
from registry.models import Patient, ProtocolVersion, Study, ToxicityEvent, User
from registry.protocols import preset_text
from registry.scope import system_scope
from registry.services import records
from tests.analytics.extract.cohort import after, die, follow, study_of
from tests.analytics.safety.watched import alerts, correct, followed, had, look, set_rule
from tests.factories import ProgressionFactory, data_manager

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def study() -> Study:
    return study_of("cnao")


@pytest.fixture
def patient(study: Study) -> Patient:
    return follow(study, "A-1", 900, died=False)


@pytest.fixture
def manager(patient: Patient) -> User:
    return data_manager(patient.centre)


def test_an_event_that_was_corrected_keeps_its_alert_and_lapses(
    study, patient, manager, commit
) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    event = had(patient, 4, number=1)
    look(study)
    with time_machine.travel(timezone.now() + MINUTE, tick=False):
        with commit():
            correct(event, manager, grade=3)
        look(study)
        (alert,) = alerts(study)
        assert alert.lapsed_at == timezone.now()
    with time_machine.travel(timezone.now() + 2 * MINUTE, tick=False):
        with commit():
            correct(event, manager, grade=4)
        look(study)
    (alert,) = alerts(study)
    assert alert.lapsed_at is None


def test_an_event_that_is_taken_back_lapses(study, patient, manager, commit) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    event = had(patient, 4)
    look(study)
    with time_machine.travel(timezone.now() + MINUTE), commit():
        with system_scope():
            row = ToxicityEvent.objects.get(pk=event.pk)
        records.void(row, by=manager, reason="entered by mistake", version=row.version)
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        look(study)
    assert alerts(study)[0].lapsed_at is not None


def test_one_death_is_one_alert_even_when_its_grade_5_comes_later(study, manager) -> None:
    set_rule(study, RuleKind.TREATMENT_DEATH)
    patient = follow(study, "A-9", 400, died=False)
    die(patient, 500, cause="treatment")
    look(study)
    had(patient, 5, days=490)
    StudyState.objects.update_or_create(study=study, defaults={"change_number": 9})
    look(study)
    (alert,) = alerts(study)
    assert (alert.patient, alert.toxicity) == (patient, None)
    assert alert.figures["cause"] == "treatment"


def change(study: Study, number: int) -> None:
    """A change was noted, a minute later than the one before."""
    StudyState.objects.update_or_create(study=study, defaults={"change_number": number})
    with time_machine.travel(NOW + number * MINUTE, tick=False):
        look(study)


def test_a_rate_is_raised_once_and_anew_only_after_it_had_fallen_back(study) -> None:
    patients = followed(study, 10)
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    events = [had(one, 3) for one in patients[:3]]
    change(study, 1)
    # R: 3 of 10 are 8.7 % at least, 4 of 10 are 15.0 %.
    assert alerts(study) == []

    events.append(had(patients[3], 3))
    change(study, 2)
    change(study, 3)
    (first,) = alerts(study)
    assert (first.crossing, first.patient, first.look) == (1, None, 1)
    rate = Rate.of(first.figures)
    assert (rate.n, rate.k, rate.limit, rate.is_crossed) == (10, 4, 0.1, True)
    assert rate.bound == pytest.approx(0.15002824080667998)

    had(patients[4], 3)
    change(study, 4)
    assert len(alerts(study)) == 1

    for event in events[2:]:
        ToxicityEvent._base_manager.filter(pk=event.pk).update(grade=2)
    change(study, 5)
    assert alerts(study)[0].lapsed_at == NOW + 5 * MINUTE
    change(study, 6)
    assert len(alerts(study)) == 1

    ToxicityEvent._base_manager.filter(pk=events[2].pk).update(grade=3)
    change(study, 7)
    assert [(alert.crossing, alert.lapsed_at is None) for alert in alerts(study)] == [
        (1, False),
        (2, True),
    ]


def test_where_the_protocol_does_not_say_any_more_what_late_is_nothing_lapses(study) -> None:
    patients = followed(study, 10)
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    for one in patients[:5]:
        had(one, 3)
    change(study, 1)
    ProtocolVersion.objects.create(
        study=study, number=2, effective_on=dt.date(2026, 1, 1), source=preset_text("tcga_sarc")
    )
    change(study, 2)
    (alert,) = alerts(study)
    assert alert.lapsed_at is None
    (figures,) = WatchState.objects.get(study=study).figures.values()
    assert figures["reason"] == "no_border"


def test_local_failure_above_plan_is_raised(study) -> None:
    set_rule(study, RuleKind.LOCAL_FAILURE)
    for one in followed(study, 12):
        ProgressionFactory.create(patient=one, occurred_on=after(100 + one.pk))
    look(study)
    (alert,) = alerts(study)
    assert alert.crossing == 1
    assert alert.figures["k"] == 12


def test_all_that_one_look_finds_bears_one_number(study) -> None:
    patients = followed(study, 3)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    for one in patients[:2]:
        had(one, 4)
    change(study, 1)
    had(patients[2], 4)
    change(study, 2)
    assert [alert.look for alert in alerts(study)] == [1, 1, 2]
