"""The demo registry in the database: loaded once, by the import, with visits due and overdue."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from analytics.curves import survival_result
from followup.models import ExpectedVisit, VisitState
from registry.case import load_cases
from registry.checks import check_case
from registry.completeness import protocols_of
from registry.demo import DEMO_LOGINS
from registry.models import (
    CLINICAL_MODELS,
    AuditEvent,
    CaseStatus,
    Centre,
    CorrectionRequest,
    Membership,
    Patient,
    Study,
    User,
)
from registry.models.choices import FormState, Role
from registry.scope import scoped_to, system_scope
from registry.selectors.marks import marks_of
from registry.selectors.messages import waiting_messages
from registry.selectors.past_state import state_at
from registry.selectors.temporary_access import cases_read_as_guest
from registry.selectors.transfers import waiting_for
from tests.registry.past_states import held_by, held_by_the_tables

# The mark makes the database; the fixture holds its own transaction around all tests.
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo, loaded once for the module; returns what the command said."""
    said = io.StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        with TestCase.captureOnCommitCallbacks(execute=True):
            call_command("load_demo", stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


def test_it_tells_how_far_it_is(loaded):
    assert "Making cams" in loaded
    assert "Imported preop, centre E: 16 synthetic patients (16 of 16)" in loaded


def test_five_synthetic_studies_stand_at_five_centres(loaded):
    assert Centre.objects.count() == 5
    studies = {study.key: study for study in Study.objects.all()}
    assert set(studies) == {"miyakojima", "jinling", "cnao", "cams", "preop"}
    for study in studies.values():
        assert study.is_synthetic
        assert "synthetic" in study.title
        assert 2 <= study.participations.count() <= 5
        assert study.protocol_version().number == 1
    with system_scope():
        assert Patient.objects.count() == 259
        earliest = min(
            str(e.enrolled_on) for p in Patient.objects.all() for e in p.enrolments.all()
        )
    assert earliest > str(studies["cams"].protocol_version().effective_on)


def test_every_case_rebuilt_from_the_trail_equals_the_tables(loaded):
    now = timezone.now()
    with system_scope():
        patients = list(Patient.objects.all())
        tables = {patient.pk: held_by_the_tables(patient) for patient in patients}
        rebuilt = {patient.pk: held_by(state_at(patient.pk, now)) for patient in patients}
        rows = sum(
            model.objects.exclude(**{model.patient_path or "pk": None}).count()
            for model in CLINICAL_MODELS
        )
    mismatches = [key for key in tables if tables[key] != rebuilt[key]]

    assert (len(patients), mismatches) == (259, [])
    assert sum(len(held) for held in rebuilt.values()) == rows > 259 * 10


def test_no_check_finds_anything_impossible_or_unlikely(loaded):
    """The cohorts are sound, so what a check says of them is a false alarm of the check."""
    today = timezone.localdate()
    with system_scope():
        cases = load_cases(Patient.objects.all())
    findings = [
        f"{case.patient}: {finding}"
        for case in cases
        for finding in check_case(case, today=today, protocols=protocols_of(case))
        if finding.severity != "incomplete"
    ]

    assert len(cases) == 259
    assert findings == []


def test_every_centre_finds_items_missing_and_a_question_on_its_worklist(loaded):
    with system_scope():
        missing = CaseStatus.objects.filter(incomplete_count__gt=0)
        centres = set(missing.values_list("patient__centre__code", flat=True))
        asked = CorrectionRequest.objects.filter(state="open")
        asked_at = set(asked.values_list("patient__centre__code", flat=True))
    assert centres == {"A", "B", "C", "D", "E"}
    assert asked_at
    assert missing.count() < 25  # the rest is complete


def test_every_case_has_a_status(loaded):
    with system_scope():
        statuses = list(CaseStatus.objects.all())

    assert len(statuses) == 259
    # One case is locked for the demonstration.
    assert {status.disease for status in statuses} == {FormState.COMPLETE, FormState.LOCKED}
    assert {status.unconfirmed_count for status in statuses} == {0}


@pytest.mark.parametrize(
    ("study", "endpoint", "published"),
    [
        ("miyakojima", "OS", {12: 75.8, 36: 30.2}),
        ("miyakojima", "PFS", {12: 96.8}),
        ("miyakojima", "DFS", {12: 45.0}),
        ("jinling", "LC", {12: 80.2, 24: 58.3, 36: 46.6}),
        ("jinling", "OS", {12: 71.5, 24: 40.0, 36: 29.1}),
        ("jinling", "PFS", {12: 43.6, 24: 26.8, 36: 18.4}),
        ("cnao", "LC", {12: 84.8, 24: 67.4, 36: 67.4}),
        ("cnao", "DPFS", {12: 97.5, 24: 92.2, 36: 92.2}),
        ("cnao", "OS", {12: 87.1, 24: 75.4, 36: 64.0}),
        ("cams", "LC", {36: 92.9, 60: 88.1}),
        ("cams", "OS", {36: 87.4, 60: 83.6}),
        ("cams", "DFS", {36: 77.3, 60: 72.6}),
        ("cams", "DMFS", {36: 81.2, 60: 75.2}),
        ("preop", "LC", {60: 93.0}),
        ("preop", "OS", {60: 65.0}),
        ("preop", "WOUND120", {120 / 30.4375: 65.0}),
    ],
)
def test_the_registrys_own_curves_pass_through_the_published_rates(
    loaded, study, endpoint, published
):
    with system_scope():
        result = survival_result(Study.objects.get(key=study), endpoint, at_months=tuple(published))
    assert not result.numbers.excluded or endpoint in ("DFS", "WOUND120")
    for rate, percent in zip(result.rates, published.values(), strict=True):
        assert rate.survival.estimate is not None
        assert 100 * rate.survival.estimate == pytest.approx(percent, abs=1.5)


def test_every_study_has_visits_due_overdue_and_planned(loaded):
    today = timezone.localdate()
    with system_scope():
        for study in Study.objects.all():
            open_visits = ExpectedVisit.objects.filter(
                enrolment__study=study, state=VisitState.OPEN
            )
            due = open_visits.filter(window_start__lte=today, window_end__gte=today)
            assert due.exists(), study.key
            assert open_visits.filter(window_end__lt=today).exists(), study.key
            assert open_visits.filter(window_start__gt=today).exists(), study.key


def test_most_of_the_past_visits_are_done(loaded):
    with system_scope():
        past = ExpectedVisit.objects.filter(window_end__lt=timezone.localdate())
        done = past.filter(state=VisitState.DONE).count()
        overdue = past.filter(state=VisitState.OPEN).count()
    assert done > 1000
    assert overdue < done / 20


def test_each_role_can_log_in_and_sees_what_its_role_shows(loaded, rf):
    assert len({login.username for login in DEMO_LOGINS}) == len(DEMO_LOGINS)
    seen = {}
    for login in DEMO_LOGINS:
        user = authenticate(rf.post("/login/"), username=login.username, password=login.password)
        assert isinstance(user, User), login.role_label
        with scoped_to(user):
            seen[login.username] = Patient.objects.count()
    of_centres = [seen[f"dm-{code}"] for code in "abcde"]
    assert sum(of_centres) == 259
    assert all(of_centres)
    assert seen["coordinator"] == seen["monitor"] == seen["analyst"] == 259
    assert seen["administrator"] == 0
    roles = set(Membership.objects.values_list("role", flat=True))
    assert roles == {role.value for role in Role}


def test_a_second_load_says_so_and_changes_nothing(loaded):
    said = io.StringIO()
    with system_scope():
        before = Patient.objects.count(), User.objects.count()
        call_command("load_demo", stdout=said)
        assert (Patient.objects.count(), User.objects.count()) == before
    assert "loaded already" in said.getvalue()


def test_the_trail_names_the_cohort_that_a_row_came_with(loaded):
    event = AuditEvent.objects.filter(table="registry_patient").earliest("id")

    assert event.reason == "import of synthetic cohort miyakojima, centre A"


def test_an_offer_a_message_and_a_temporary_access_wait_for_somebody(loaded):
    centre_a, guest = User.objects.get(username="dm-a"), User.objects.get(username="inv-b")
    with scoped_to(centre_a):
        assert [offer.from_centre.code for offer in waiting_for(centre_a)] == ["B"]
        assert waiting_messages(centre_a).total == 1
    with scoped_to(guest):
        (access,) = cases_read_as_guest()
        assert access.patient.centre.code == "A"


def test_some_cases_are_signed_verified_and_one_is_locked(loaded):
    with system_scope():
        patients = Patient.objects.filter(form_marks__isnull=False).distinct()
        marks = [one for patient in patients for one in marks_of(patient).shown]

    assert all(one.holds for one in marks)
    on_cases = sorted(one.mark.kind for one in marks if one.form.is_whole_case)
    assert on_cases == ["locked", "signed", "signed"]
    signed = {str(one.mark.by) for one in marks if one.mark.kind == "signed"}
    assert signed == {str(User.objects.get(username="inv-a"))}
    verified = [one for one in marks if one.mark.kind == "verified"]
    assert {one.mark.entity for one in verified} == {"disease", "course"}
    assert len({one.mark.patient_id for one in verified}) == 4
