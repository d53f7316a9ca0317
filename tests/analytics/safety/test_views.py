"""Pages of the safety watch: rules, alerts, the case behind one, and who sees what."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from analytics.models import RuleKind, SafetyRule, WatchState
from analytics.services.safety import acknowledge, end_rule
from registry.models import Enrolment, ToxicityEvent
from registry.models.choices import Role
from registry.scope import system_scope
from registry.services import records
from tests.analytics.extract.cohort import after, die, follow, study_of
from tests.analytics.safety.watched import alerts, correct, followed, had, look, set_rule
from tests.factories import (
    MembershipFactory,
    ParticipationFactory,
    ProgressionFactory,
    ToxicityEventFactory,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return study_of("cnao")


@pytest.fixture
def person(study):
    return coordinator(study, display_name="Coordinator")


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


@pytest.fixture
def patient(study):
    return follow(study, "A-1", 900, died=False)


def page_of(study):
    return reverse("analytics:safety", args=[study.key])


def page_of_alert(alert):
    return reverse("analytics:safety_alert", args=[alert.rule.study.key, alert.pk])


def severe(study, patient, **values):
    """A rule, an event that meets it, and its alert."""
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    event = had(patient, 4, number=1, **values)
    look(study)
    return event, alerts(study)[0]


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (
            RuleKind.SEVERE_TOXICITY,
            {"grade": "4", "attribution": "any"},
            "Toxicity of grade 4 or more, of any attribution",
        ),
        (RuleKind.TREATMENT_DEATH, {"within_days": ""}, "Death possibly by treatment"),
        (
            RuleKind.TREATMENT_DEATH,
            {"within_days": "90"},
            "Death possibly by treatment, or within 90 days after radiotherapy",
        ),
        (
            RuleKind.LATE_TOXICITY_RATE,
            {"grade": "3", "limit_percent": "12.5", "least_patients": "10"},
            "Late toxicity of grade 3 or more in more than 12.5 % of the patients",
        ),
        (
            RuleKind.LOCAL_FAILURE,
            {
                "endpoint_code": "LC",
                "months": "24",
                "planned_percent": "85",
                "least_patients": "10",
            },
            "LC at 24 months below the planned 85 %",
        ),
    ],
)
def test_a_coordinator_sets_a_rule_by_its_form(signed_in, study, person, kind, values, words):
    form = read(signed_in, f"{page_of(study)}?kind={kind}")
    assert "Set the rule" in form
    response = signed_in.post(page_of(study), {"kind": kind, **values}, follow=True)
    html = response.content.decode()
    assert "The rule is set" in html
    assert words in html
    with system_scope():
        assert SafetyRule.objects.get().made_by == person


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"grade": "9"}, "Select a valid choice."),
        ({"limit_percent": "0"}, "A number from 0.1 to 99.9."),
        ({"limit_percent": "ten"}, "Enter a number."),
        ({"least_patients": "2"}, "A number from 5 to 10000."),
        ({"limit_percent": ""}, "This field is required."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_set(signed_in, study, values, said):
    given = {"grade": "3", "limit_percent": "10", "least_patients": "10"} | values
    response = signed_in.post(page_of(study), {"kind": "late_toxicity_rate", **given})
    assert response.status_code == 422
    assert said in response.content.decode()
    with system_scope():
        assert not SafetyRule.objects.exists()


def test_a_kind_that_is_none_sets_nothing(signed_in, study):
    assert signed_in.post(page_of(study), {"kind": "nonsense"}).status_code == 422
    assert "Set the rule" not in read(signed_in, f"{page_of(study)}?kind=nonsense")


def test_a_rule_is_ended_and_stays_on_the_page(signed_in, study, person):
    rule = set_rule(study, RuleKind.SEVERE_TOXICITY)
    address = reverse("analytics:safety_rule_end", args=[study.key, rule.pk])
    html = signed_in.post(address, follow=True).content.decode()
    assert "The rule has ended. Its alerts stay." in html
    assert "Ended" in html
    with system_scope():
        assert SafetyRule.objects.get().ended_by == person


def test_a_rule_of_another_study_is_not_ended_here(signed_in, study):
    other = set_rule(study_of("cams"), RuleKind.SEVERE_TOXICITY)
    address = reverse("analytics:safety_rule_end", args=[study.key, other.pk])
    assert signed_in.post(address).status_code == 404
    with system_scope():
        assert SafetyRule.objects.get().is_active


def test_the_page_tells_what_each_rule_found_at_its_last_look(signed_in, study):
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    assert "Not looked yet" in read(signed_in, page_of(study))
    for one in followed(study, 10)[:2]:
        had(one, 4)
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    set_rule(study, RuleKind.LOCAL_FAILURE, least_patients=50)
    look(study)
    html = read(signed_in, page_of(study))
    assert "2 cases on file" in html
    # R: binom.test(2, 10, alternative = "greater") gives 3.7 %.
    assert "2 of 10 (20.0 %), lower bound 3.7 %, limit 10.0 %" in html
    assert "0 failures of 10, plan 85.0 %; fewer patients than the rule asks for" in html


def test_an_alert_shows_the_case_behind_it_with_the_way_to_the_patient(signed_in, study, patient):
    _event, alert = severe(study, patient, attribution="probable")
    html = read(signed_in, page_of(study))
    assert page_of_alert(alert) in html
    assert "Fibrosis deep connective tissue, grade 4, late, onset 18 Feb 2021" in html
    html = read(signed_in, page_of_alert(alert))
    assert reverse("registry:patient", args=["A-1"]) in html
    for words in ("Fibrosis deep connective tissue", "18 Feb 2021", "probable", ">late<"):
        assert html.count(words) == 2, words  # then and now
    assert "No longer so" not in html


def test_a_corrected_event_is_shown_as_no_longer_so_with_the_day_of_the_correction(
    signed_in, study, patient
):
    event, alert = severe(study, patient)
    correct(event, data_manager(patient.centre), grade=2)
    html = read(signed_in, page_of_alert(alert))
    assert "No longer so" in html
    today = timezone.localdate()
    assert "was corrected on <time" in html
    assert f"{today.day} {today:%b} {today.year}" in html
    assert "<td>4</td>" in html
    assert "<strong>2</strong>" in html
    # The list tells it as soon as a worker has looked.
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        look(study)
    assert "No longer so" in read(signed_in, page_of(study))


def test_an_event_that_was_taken_back_leaves_nothing_on_file(signed_in, study, patient):
    event, alert = severe(study, patient)
    with system_scope():
        row = ToxicityEvent.objects.get(pk=event.pk)
    manager = data_manager(patient.centre)
    records.void(row, by=manager, reason="entered by mistake", version=row.version)
    html = read(signed_in, page_of_alert(alert))
    assert "No longer so" in html
    assert html.count("Fibrosis deep connective tissue") == 1


def test_a_patient_who_has_left_the_study_is_named_nowhere(signed_in, study, patient):
    _event, alert = severe(study, patient)
    Enrolment._base_manager.update(voided_at=timezone.now())
    for address in (page_of(study), page_of_alert(alert)):
        html = read(signed_in, address)
        assert "A-1" not in html
        assert "Fibrosis" not in html
        assert "The patient is not of this study any more." in html


def test_a_death_is_shown_with_its_cause_and_what_was_fatal(signed_in, study):
    set_rule(study, RuleKind.TREATMENT_DEATH)
    patient = follow(study, "A-1", 20, died=False)
    die(patient, 30, cause="treatment")
    ToxicityEventFactory.create(
        patient=patient, grade=5, onset_on=after(25), term=had(patient, 1).term
    )
    look(study)
    html = read(signed_in, page_of_alert(alerts(study)[0]))
    assert html.count("<td>Treatment</td>") == 2
    assert html.count("<td>Fibrosis deep connective tissue</td>") == 2
    # The course lasted from day 0 to day 14.
    assert html.count("<td>16</td>") == 2


def test_a_rate_is_shown_then_and_now_with_the_patients_that_count(signed_in, study):
    patients = followed(study, 10)
    events = [had(one, 3) for one in patients[:4]]
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    look(study)
    (alert,) = alerts(study)
    ToxicityEvent._base_manager.filter(pk=events[0].pk).update(grade=1)
    html = read(signed_in, page_of_alert(alert))
    assert '<td class="num">40.0 %</td>' in html
    assert '<td class="num">30.0 %</td>' in html
    assert "No longer so" in html
    shown = [one.pseudonym for one in patients if f">{one.pseudonym}<" in html]
    assert shown == ["A-02", "A-03", "A-04"]


def test_local_failure_is_shown_with_the_days_of_the_failures(signed_in, study):
    set_rule(study, RuleKind.LOCAL_FAILURE)
    for place, one in enumerate(followed(study, 12)):
        ProgressionFactory.create(patient=one, occurred_on=after(100 + place))
    look(study)
    html = read(signed_in, page_of_alert(alerts(study)[0]))
    assert "Local control" in html
    assert "progression in field" in html
    # Day 100 after 15 January 2020.
    assert "24 Apr 2020" in html


def test_an_alert_is_acknowledged_with_a_note_and_moves_to_the_others(
    signed_in, study, person, patient
):
    _event, alert = severe(study, patient)
    empty = signed_in.post(page_of_alert(alert), {"note": ""})
    assert empty.status_code == 422
    html = signed_in.post(page_of_alert(alert), {"note": "Centre <b>asked</b>."}, follow=True)
    assert "The alert is acknowledged." in html.content.decode()
    assert "Centre &lt;b&gt;asked&lt;/b&gt;." in html.content.decode()
    page = read(signed_in, page_of(study))
    assert "No alert waits." in page
    assert "Alerts acknowledged" in page
    again = signed_in.post(page_of_alert(alert), {"note": "Once more."})
    assert again.status_code == 422
    assert "This alert was acknowledged meanwhile." in again.content.decode()


def test_many_acknowledged_alerts_are_on_several_pages(signed_in, study, person):
    for one in followed(study, 52):
        had(one, 4)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    for alert in alerts(study):
        acknowledge(alert, note="Seen.", by=person)
    assert "1–50 of 52" in read(signed_in, page_of(study))
    assert "51–52 of 52" in read(signed_in, f"{page_of(study)}?page=2")


def test_the_list_takes_the_same_number_of_queries_whatever_it_holds(
    signed_in, study, django_assert_max_num_queries
):
    for one in followed(study, 30):
        had(one, 4)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    look(study)
    with django_assert_max_num_queries(25):
        read(signed_in, page_of(study))


def test_monitors_and_analysts_read_and_may_do_nothing(client, study, patient):
    _event, alert = severe(study, patient)
    analyst = MembershipFactory.create(role=Role.ANALYST, study=study).user
    for user in (monitor(study), analyst):
        client.force_login(user)
        html = read(client, page_of(study))
        assert "New rule" not in html
        assert "Coordinators of the study set rules" in html
        html = read(client, page_of_alert(alert))
        assert "Fibrosis" in html
        assert "No coordinator of the study has acknowledged it yet." in html
        assert "<textarea" not in html
        assert client.post(page_of_alert(alert), {"note": "Seen."}).status_code == 403
        assert client.post(page_of(study), {"kind": "treatment_death"}).status_code == 403
        end = reverse("analytics:safety_rule_end", args=[study.key, alert.rule_id])
        assert client.post(end).status_code == 403


def test_readers_of_figures_are_refused_and_centres_find_nothing(client, study, patient):
    _event, alert = severe(study, patient)
    ParticipationFactory.create(study=study, centre=patient.centre)
    reader = MembershipFactory.create(role=Role.READER, study=study).user
    manager = data_manager(patient.centre)
    stranger = coordinator(study_of("cams"))
    for user, status in ((reader, 403), (manager, 404), (stranger, 404)):
        client.force_login(user)
        for address in (page_of(study), page_of_alert(alert)):
            assert client.get(address).status_code == status
        if status == 403 or user is manager:
            html = read(client, reverse("analytics:study", args=[study.key]))
            assert page_of(study) not in html
            assert "safety alert" not in html


def test_an_alert_is_found_under_its_own_study_only(client, study, patient):
    _event, alert = severe(study, patient)
    other = study_of("cams")
    client.force_login(coordinator(other))
    address = reverse("analytics:safety_alert", args=[other.key, alert.pk])
    assert client.get(address).status_code == 404


def test_the_page_of_the_study_and_the_first_page_tell_what_waits(signed_in, client, study):
    study_page, home = reverse("analytics:study", args=[study.key]), reverse("registry:home")
    assert "safety alert" not in read(signed_in, study_page) + read(signed_in, home)
    for one in followed(study, 2):
        had(one, 4)
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    told = f"2 safety alerts of the study {study.key} are not acknowledged."
    for address in (study_page, home):
        html = read(signed_in, address)
        assert told in html
        assert page_of(study) in html
    client.force_login(monitor(study))
    assert told in read(client, study_page)
    assert told not in read(client, home)


def test_a_watch_that_is_behind_says_so(signed_in, study):
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    look(study)
    now = timezone.now()
    WatchState.objects.update(stale_since=now - dt.timedelta(minutes=9))
    assert "The watch is behind" not in read(signed_in, page_of(study))
    WatchState.objects.update(stale_since=now - dt.timedelta(minutes=11))
    assert "The watch is behind" in read(signed_in, page_of(study))


def test_the_alert_of_an_ended_rule_says_so(signed_in, study, patient):
    _event, alert = severe(study, patient)
    end_rule(alert.rule, by=None)
    assert "(ended)" in read(signed_in, page_of_alert(alert))
