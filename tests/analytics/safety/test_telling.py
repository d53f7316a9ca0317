"""Coordinators are told once each, of what is still to be acknowledged, under pseudonyms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from analytics.models import RuleKind, StudyState
from analytics.safety import telling
from analytics.services.safety import acknowledge
from followup.models import Leave, Letter, Mail
from registry.models import Enrolment, Membership, Study, User
from registry.models.choices import Role
from tests.analytics.extract.cohort import die, follow, study_of
from tests.analytics.safety.watched import alerts, followed, had, look, set_rule
from tests.factories import (
    CentreFactory,
    IdentityFactory,
    MembershipFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def mailbox(settings) -> None:
    """Mails go to the mailbox, as in the embedded default."""
    settings.EMAIL_BACKEND = "followup.mailbox.MailboxBackend"
    settings.SITE_URL = "https://registry.example"


@pytest.fixture
def study() -> Study:
    return study_of("cnao")


@pytest.fixture
def person(study: Study) -> User:
    return coordinator(study, username="steers", display_name="Coordinator")


def severe(study: Study, pseudonym: str = "A-1", **event: Any) -> None:
    """A patient with an adverse event of grade 4, seen by the rules."""
    had(follow(study, pseudonym, 900, died=False), 4, **event)
    state, _new = StudyState.objects.get_or_create(study=study)
    StudyState.objects.filter(pk=state.pk).update(change_number=state.change_number + 1)
    look(study)


def tell(at: dt.datetime | None = None) -> list[Mail]:
    """Tell, and give all mails there are."""
    with time_machine.travel(at or timezone.now(), tick=False):
        telling.tell(clock=timezone.now)
    return list(Mail.objects.order_by("pk"))


def test_a_coordinator_gets_one_mail_with_rule_case_and_links_and_no_dates(study, person) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study, attribution="possible")
    (mail,) = tell()
    (alert,) = alerts(study)
    assert mail.recipients == [person.email]
    assert mail.subject == "Safety alert, cnao: Severe toxicity"
    assert "Toxicity of grade 4 or more, possibly of radiotherapy" in mail.text
    line = "A-1 · Fibrosis deep connective tissue, grade 4, late, attribution: possible"
    assert line in mail.text
    address = "https://registry.example" + reverse(
        "analytics:safety_alert", args=[study.key, alert.pk]
    )
    assert address in mail.text
    assert address in mail.html
    # Onset 400 days after 15 January 2020.
    assert "2021" not in mail.text + mail.html


def test_nobody_is_told_twice_however_often_rules_look_and_letters_go_out(study, person) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    tell()
    severe(study, "A-2")
    assert len(tell()) == 2
    assert len(tell()) == 2
    assert Letter.objects.filter(state="sent").count() == 2


def test_what_one_look_finds_is_told_in_one_mail(study, person) -> None:
    for one in followed(study, 60):
        had(one, 4)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    (mail,) = tell()
    assert mail.subject == "60 safety alerts, cnao: Severe toxicity"
    assert mail.text.count("/alerts/") == telling.MOST_LINES
    assert "10 more alerts are on the page." in mail.text


def test_the_mail_about_a_rate_gives_its_figures_and_names_nobody(study, person) -> None:
    for one in followed(study, 10)[:4]:
        had(one, 3)
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    look(study)
    (mail,) = tell()
    assert "Late toxicity of grade 3 or more in more than 10 % of the patients" in mail.text
    assert "4 of 10 (40.0 %), lower bound 15.0 %, limit 10.0 %" in mail.text
    assert "A-0" not in mail.text


def test_the_mail_about_a_death_gives_its_cause(study, person) -> None:
    patient = follow(study, "A-1", 400, died=False)
    die(patient, 30, cause="other")
    set_rule(study, RuleKind.TREATMENT_DEATH)
    look(study)
    (mail,) = tell()
    # Radiotherapy ended on day 14.
    assert "A-1 · died, cause: other cause, 16 days after radiotherapy" in mail.text


def test_only_those_who_coordinate_the_study_are_told(study, person) -> None:
    other = ProtocolVersionFactory.create(study__key="cams").study
    coordinator(other)
    monitor(study)
    MembershipFactory.create(role=Role.ANALYST, study=study)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    data_manager(CentreFactory.create(code="A"))
    assert [mail.recipients for mail in tell()] == [[person.email]]


def test_no_identity_is_in_a_mail(study, person) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    IdentityFactory.create(patient=alerts(study)[0].patient, record_number="CANARY-77")
    (mail,) = tell()
    for text in (mail.text, mail.html, mail.subject):
        assert "canary" not in text.lower()
        assert "1960" not in text


def test_what_was_acknowledged_before_the_mail_went_out_is_held_back(study, person) -> None:
    other = coordinator(study)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    acknowledge(alerts(study)[0], note="Seen on the page.", by=other)
    assert tell() == []
    severe(study, "A-2")
    assert len(tell()) == 2


def test_a_letter_that_waits_is_held_back_when_it_was_acknowledged_meanwhile(
    study, person, monkeypatch
) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    with monkeypatch.context() as patch:
        patch.setattr("followup.letters.send", lambda *_args, **_kwargs: None)
        tell()
    acknowledge(alerts(study)[0], note="Seen on the page.", by=person)
    assert tell() == []
    assert [letter.state for letter in Letter.objects.all()] == ["held"]


def test_who_does_not_coordinate_the_study_any_more_gets_no_letter_that_waited(
    study, person, monkeypatch
) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    with monkeypatch.context() as patch:
        patch.setattr("followup.letters.send", lambda *_args, **_kwargs: None)
        tell()
    Membership.objects.filter(user=person).update(ends_on=timezone.localdate() - dt.timedelta(1))
    assert tell() == []


def test_who_becomes_coordinator_is_told_of_what_waits(study, person) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    tell()
    new = coordinator(study)
    assert [mail.recipients for mail in tell()] == [[person.email], [new.email]]


def test_on_leave_the_stand_in_is_told_and_the_coordinator_on_return(study, person) -> None:
    stand_in = coordinator(study)
    day = NOW.date()
    Leave.objects.create(user=person, first_day=day, last_day=day, stand_in=stand_in)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    assert [mail.recipients for mail in tell(NOW)] == [[stand_in.email]]
    assert len(tell(NOW + dt.timedelta(days=1))) == 2


def test_a_patient_who_has_left_the_study_is_not_named(study, person) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    patient = alerts(study)[0].patient
    Enrolment._base_manager.filter(patient=patient).update(voided_at=NOW)
    (mail,) = tell()
    assert "A-1" not in mail.text
    assert "The patient is not of this study any more." in mail.text


def test_without_a_coordinator_the_alert_waits_for_one(study) -> None:
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    severe(study)
    assert tell() == []
    MembershipFactory.create(user=UserFactory.create(), role=Role.COORDINATOR, study=study)
    assert len(tell()) == 1
