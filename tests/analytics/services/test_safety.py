"""Rules are set and ended, alerts acknowledged: by coordinators, within limits, and for good."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.models import RuleKind, SafetyAlert, SafetyRule
from analytics.models.safety import OF_KIND
from analytics.services.safety import acknowledge, add_rule, end_rule
from registry.errors import Refused
from registry.models.choices import Role
from registry.scope import ScopeError, scoped_to, system_scope
from tests.analytics.extract.cohort import follow, study_of
from tests.analytics.safety.watched import PARAMETERS, alerts, followed, had, look, set_rule
from tests.factories import (
    IdentityFactory,
    MembershipFactory,
    ProtocolVersionFactory,
    StudyFactory,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study():
    return study_of("cnao")


@pytest.fixture
def person(study):
    return coordinator(study)


@pytest.fixture
def alert(study):
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    had(follow(study, "A-1", 900, died=False), 4)
    look(study)
    return alerts(study)[0]


@pytest.mark.parametrize("kind", RuleKind)
def test_a_coordinator_sets_a_rule_of_each_kind(study, person, kind):
    rule = set_rule(study, kind, by=person)
    with system_scope():
        stored = SafetyRule.objects.get(pk=rule.pk)
    for name, value in PARAMETERS[kind].items():
        assert getattr(stored, name) == value
    assert (stored.made_by, stored.is_active) == (person, True)


def strangers(study):
    other = ProtocolVersionFactory.create(study__key="cams").study
    analyst = MembershipFactory.create(role=Role.ANALYST, study=study).user
    reader = MembershipFactory.create(role=Role.READER, study=study).user
    return [monitor(study), analyst, reader, coordinator(other)]


def test_nobody_else_sets_or_ends_rules_or_acknowledges(study, alert):
    for user in [*strangers(study), data_manager(alert.patient.centre)]:
        with pytest.raises(PermissionDenied):
            set_rule(study, RuleKind.TREATMENT_DEATH, by=user)
        with pytest.raises(PermissionDenied):
            end_rule(alert.rule, by=user)
        with pytest.raises(PermissionDenied):
            acknowledge(alert, note="Seen.", by=user)
    with system_scope():
        assert SafetyRule.objects.filter(ended_at=None).count() == 1
    assert alerts(study)[0].acknowledged_at is None


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (RuleKind.SEVERE_TOXICITY, "grade", 0),
        (RuleKind.SEVERE_TOXICITY, "grade", 6),
        (RuleKind.SEVERE_TOXICITY, "grade", None),
        (RuleKind.SEVERE_TOXICITY, "attribution", ""),
        (RuleKind.TREATMENT_DEATH, "within_days", 0),
        (RuleKind.TREATMENT_DEATH, "within_days", 366),
        (RuleKind.LATE_TOXICITY_RATE, "limit_percent", Decimal(0)),
        (RuleKind.LATE_TOXICITY_RATE, "limit_percent", Decimal(100)),
        (RuleKind.LATE_TOXICITY_RATE, "least_patients", 4),
        (RuleKind.LOCAL_FAILURE, "months", Decimal(-1)),
        (RuleKind.LOCAL_FAILURE, "planned_percent", Decimal(101)),
        (RuleKind.LOCAL_FAILURE, "endpoint_code", "OS"),
        (RuleKind.LOCAL_FAILURE, "endpoint_code", "LC_PT"),
    ],
)
def test_what_is_out_of_range_or_not_of_the_protocol_is_refused_at_its_field(
    study, kind, name, value
):
    with pytest.raises(Refused) as refused:
        set_rule(study, kind, **{name: value})
    assert [finding.field for finding in refused.value.findings] == [name]
    with system_scope():
        assert not SafetyRule.objects.exists()


def test_a_parameter_of_another_kind_is_an_error_of_the_program(study):
    with pytest.raises(ValueError, match="treatment_death has no grade"):
        set_rule(study, RuleKind.TREATMENT_DEATH, grade=3)


def test_late_toxicity_needs_a_border_in_the_protocol():
    study = study_of("tcga_sarc")
    with pytest.raises(Refused, match="no border between acute and late"):
        set_rule(study, RuleKind.LATE_TOXICITY_RATE)


def test_a_study_without_a_protocol_has_no_rules():
    with pytest.raises(Refused, match="no protocol yet"):
        set_rule(StudyFactory.create(key="bare"), RuleKind.TREATMENT_DEATH)


@pytest.mark.parametrize("kind", RuleKind)
def test_the_same_rule_is_not_set_twice_but_again_after_it_has_ended(study, kind):
    rule = set_rule(study, kind)
    with pytest.raises(Refused, match="such a rule already"):
        set_rule(study, kind)
    end_rule(rule, by=None)
    set_rule(study, kind)


def test_an_empty_number_is_like_another_one(study):
    parameters = {"within_days": None}
    add_rule(study=study, kind=RuleKind.TREATMENT_DEATH, parameters=parameters, by=None)
    with pytest.raises(Refused, match="such a rule already"):
        add_rule(study=study, kind=RuleKind.TREATMENT_DEATH, parameters=parameters, by=None)


def test_ending_is_once_and_its_alerts_stay(study, person, alert):
    end_rule(alert.rule, by=person)
    with system_scope():
        ended = SafetyRule.objects.get(pk=alert.rule_id)
    assert (ended.is_active, ended.ended_by) == (False, person)
    end_rule(ended, by=coordinator(study))
    with system_scope():
        assert SafetyRule.objects.get(pk=alert.rule_id).ended_by == person
    assert len(alerts(study)) == 1


def test_an_alert_is_acknowledged_once_with_a_note(study, person, alert):
    acknowledge(alert, note=" Discussed with the centre. ", by=person)
    (seen,) = alerts(study)
    assert (seen.acknowledged_by, seen.note) == (person, "Discussed with the centre.")
    with pytest.raises(Refused, match="acknowledged meanwhile"):
        acknowledge(alert, note="I too.", by=coordinator(study))
    assert alerts(study)[0].note == "Discussed with the centre."


@pytest.mark.parametrize("note", ["", "  ", "\0", "x" * 4001])
def test_a_note_is_needed_and_has_a_length(study, person, alert, note):
    with pytest.raises(Refused):
        acknowledge(alert, note=note, by=person)
    assert alerts(study)[0].acknowledged_at is None


@pytest.mark.parametrize("note", ["", "x" * 4001])
def test_the_note_about_a_rate_is_needed_too(study, person, note):
    for one in followed(study, 10):
        had(one, 3)
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    look(study)
    (alert,) = alerts(study)
    with pytest.raises(Refused):
        acknowledge(alert, note=note, by=person)
    acknowledge(alert, note="Committee informed.", by=person)
    assert alerts(study)[0].note == "Committee informed."


def test_a_note_does_not_name_the_patient(study, person, alert):
    IdentityFactory.create(patient=alert.patient, family_name="Quillanova")
    with pytest.raises(Refused, match="without the patient's name"):
        acknowledge(alert, note="Spoke to Mrs Quillanova.", by=person)


def refused_by_the_database(write):
    with pytest.raises(IntegrityError), transaction.atomic(), system_scope():
        write()


def test_the_database_refuses_to_change_or_remove_a_rule(study, person):
    rule = set_rule(study, RuleKind.SEVERE_TOXICITY, by=person)
    rows = SafetyRule._base_manager.filter(pk=rule.pk)
    earlier = timezone.now() - dt.timedelta(days=1)
    for name, value in (
        ("grade", 3),
        ("attribution", "any"),
        ("made_by", None),
        ("made_at", earlier),
    ):
        refused_by_the_database(lambda change={name: value}: rows.update(**change))
    refused_by_the_database(rows.delete)
    end_rule(rule, by=person)
    refused_by_the_database(lambda: rows.update(ended_at=None, ended_by=None))


def test_the_database_refuses_an_end_without_a_time(study, person):
    rule = set_rule(study, RuleKind.SEVERE_TOXICITY)
    rows = SafetyRule._base_manager.filter(pk=rule.pk)
    refused_by_the_database(lambda: rows.update(ended_by=person))
    refused_by_the_database(lambda: rows.update(ended_at=rule.made_at - dt.timedelta(1)))


def test_the_database_refuses_to_change_or_remove_an_alert(study, person, alert):
    rows = SafetyAlert._base_manager.filter(pk=alert.pk)
    other = followed(study, 1, centre="B")[0]
    for change in ({"patient": other}, {"look": 2}, {"raised_at": timezone.now()}):
        refused_by_the_database(lambda change=change: rows.update(**change))
    refused_by_the_database(rows.delete)
    acknowledge(alert, note="Seen.", by=person)
    refused_by_the_database(lambda: rows.update(note="Not seen."))
    refused_by_the_database(lambda: rows.update(acknowledged_by=coordinator(study)))
    taken_back = {"acknowledged_at": None, "acknowledged_by": None, "note": ""}
    refused_by_the_database(lambda: rows.update(**taken_back))


@pytest.mark.parametrize("kind", RuleKind)
@pytest.mark.parametrize("name", ["grade", "limit_percent", "endpoint_code", "least_patients"])
def test_the_database_refuses_a_rule_that_lacks_or_has_what_is_not_of_its_kind(study, kind, name):
    parameters = dict(PARAMETERS[kind])
    if name in OF_KIND[kind]:
        parameters.pop(name)
    else:
        parameters[name] = "LC" if name == "endpoint_code" else 5
    refused_by_the_database(
        lambda: SafetyRule.objects.create(
            study=study, kind=kind, made_at=timezone.now(), **parameters
        )
    )


@pytest.mark.parametrize(
    "values",
    [
        {"patient": None, "toxicity": None, "crossing": None},
        {"crossing": 1},
        {"toxicity": None, "look": 0},
        {"toxicity": None, "note": "Nobody said it."},
        {"toxicity": None, "acknowledged_at": timezone.now()},
        {},
    ],
)
def test_the_database_refuses_an_alert_that_cannot_be(study, alert, values):
    given = {
        "rule": alert.rule,
        "patient": alert.patient,
        "toxicity": alert.toxicity,
        "look": 1,
        "raised_at": timezone.now(),
        "figures": {},
    }
    refused_by_the_database(lambda: SafetyAlert.objects.create(**given | values))


def test_rules_and_alerts_are_read_by_those_who_read_the_whole_study_only(study, alert):
    with pytest.raises(ScopeError):
        SafetyAlert.objects.count()
    with pytest.raises(ScopeError):
        SafetyRule.objects.count()
    monitor_of_it, analyst, reader, stranger = strangers(study)
    counts = {}
    everybody = {
        "monitor": monitor_of_it,
        "analyst": analyst,
        "coordinator": coordinator(study),
        "reader": reader,
        "stranger": stranger,
        "centre": data_manager(alert.patient.centre),
    }
    for name, user in everybody.items():
        with scoped_to(user):
            counts[name] = (SafetyRule.objects.count(), SafetyAlert.objects.count())
    assert counts == {
        "monitor": (1, 1),
        "analyst": (1, 1),
        "coordinator": (1, 1),
        "reader": (0, 0),
        "stranger": (0, 0),
        "centre": (0, 0),
    }
