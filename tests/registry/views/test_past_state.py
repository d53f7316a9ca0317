"""The page of a patient in the past: what it shows, to whom, and what it refuses."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import AuditEvent, IdentityLook, Patient, Study
from registry.models.choices import Role
from registry.scope import system_scope
from registry.services import records
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
)
from tests.registry.views.full_case import full_case

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    """A full case; its lesion is described anew after the moment :func:`before`."""
    return full_case(study.protocol_version(), pseudonym="P-1")


def text(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")


@pytest.fixture
def before(patient: Patient) -> str:
    """A moment after which the lesion was described in other words."""
    moment = AuditEvent.objects.latest("id").at
    while timezone.now() - moment < dt.timedelta(milliseconds=2):
        pass
    with system_scope():
        lesion = patient.lesions.get()
        records.change(lesion, by=None, reason="read again", version=1, description="Then unknown")
    return text(moment)


def page(client: Client, at: str | None = None) -> str:
    query = {} if at is None else {"at": at}
    response = client.get(reverse("registry:past", args=["P-1"]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_every_section_is_shown_as_it_stood(client: Client, patient, before) -> None:
    client.force_login(data_manager(patient.centre))

    then, now = page(client, before), page(client, text(timezone.now()))

    assert "This is not what is known today." in then
    assert "Then unknown" not in then
    assert "Then unknown" in now
    for words in (
        "Leiomyosarcoma, NOS",
        "Wide excision",
        "Chemotherapy",
        "Dermatitis radiation",
        "MRI",
        "Lost to follow-up",
        "Canary-Family",
    ):
        assert words in then, words
    idents = re.findall(r'\sid="([^"]+)"', then)
    assert sorted(idents) == sorted(set(idents))


def test_nothing_can_be_entered_into_the_past(client: Client, patient, before) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, before)

    assert "/enter/" not in html
    assert "/marks/" not in html
    assert client.post(reverse("registry:past", args=["P-1"])).status_code == 405


def test_the_derived_figures_are_those_of_then(client: Client, patient) -> None:
    moment = AuditEvent.objects.latest("id").at
    while timezone.now() - moment < dt.timedelta(milliseconds=2):
        pass
    with system_scope():
        phase = patient.courses.get().phases.get()
        records.change(phase, by=None, reason="read again", version=1, dose_gy=40)
    client.force_login(data_manager(patient.centre))

    # 50 Gy in 5 fractions: BED10 is 100 Gy; 40 Gy in 5: 40(1 + 8/10) = 72 Gy.
    assert '<td class="num">100</td>' in page(client, text(moment))
    assert '<td class="num">72</td>' in page(client, text(timezone.now()))


def test_the_name_is_shown_in_the_own_centre_and_counts_as_a_look(client, patient, before) -> None:
    user = data_manager(patient.centre)
    client.force_login(user)

    html = page(client, before)

    assert "Canary-Family" in html
    assert "17 May 1960" in html
    look = IdentityLook._base_manager.get()
    assert (look.user, look.patient, look.place) == (user, patient, "past")


def test_a_coordinator_is_shown_the_case_and_not_the_person(client, patient, study, before):
    client.force_login(coordinator(study))

    html = page(client, before)

    assert "Leiomyosarcoma, NOS" in html
    assert "born 1960" in html
    for word in ("Canary", "CANARY", "17 May 1960", "1960-05-17"):
        assert word not in html
    assert not IdentityLook._base_manager.exists()


def test_a_centre_that_had_the_patient_reads_no_past_of_it(client: Client, patient, before) -> None:
    user = data_manager(patient.centre)
    with system_scope():
        Patient.objects.filter(pk=patient.pk).update(centre=CentreFactory.create())
    client.force_login(user)

    assert client.get(reverse("registry:past", args=["P-1"]), {"at": before}).status_code == 404


def test_a_new_centre_reads_the_name_of_then_and_a_patient_of_the_old_one(client, patient, before):
    new = CentreFactory.create(name="New Centre")
    with system_scope():
        Patient.objects.filter(pk=patient.pk).update(centre=new)
    client.force_login(data_manager(new))

    html = page(client, before)

    assert "Canary-Family" in html
    assert f"<dt>Centre</dt><dd>{patient.centre.name}</dd>" in html


def test_a_patient_of_another_centre_answers_like_one_that_is_not_there(client, patient) -> None:
    client.force_login(data_manager(CentreFactory.create()))

    hidden = client.get(reverse("registry:past", args=["P-1"]))
    absent = client.get(reverse("registry:past", args=["NOBODY"]))

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.content == absent.content


def test_who_reads_the_case_and_no_audit_is_refused(client: Client, patient, study) -> None:
    analyst = UserFactory.create()
    MembershipFactory.create(user=analyst, role=Role.ANALYST, study=study)
    client.force_login(analyst)

    assert client.get(reverse("registry:past", args=["P-1"])).status_code == 403
    history = client.get(reverse("registry:history", args=["P-1"])).content.decode()
    assert "/past/" not in history


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("", "This field is required."),
        ("yesterday", "Enter a date and a time"),
        ("2024-02-30T10:00", "Enter a date and a time"),
        ("0001-01-01T00:00:00+14:00", "Choose a later moment."),
        ("9999-12-31T23:59", "Choose a moment in the past."),
        ("2999-01-01T00:00", "Choose a moment in the past."),
    ],
)
def test_a_moment_that_is_none_is_named_at_the_field(client: Client, patient, at, said) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, at)

    assert said in html
    assert "Canary" not in html
    assert "This is not what is known today." not in html


@pytest.mark.parametrize("at", ["2001-01-01T00:00", "0001-01-01T00:00", "1960-01-01 00:00:00Z"])
def test_before_the_patient_was_entered_there_is_nothing(client: Client, patient, at) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, at)

    assert "the registry held nothing on this patient yet" in html
    assert not IdentityLook._base_manager.exists()


def test_every_change_of_the_history_leads_to_the_case_after_it(client: Client, patient, before):
    client.force_login(data_manager(patient.centre))
    history = client.get(reverse("registry:history", args=["P-1"])).content.decode()
    newest = re.findall(r'href="(/past/P-1/\?at=[^"]+)"', history)[0]

    html = client.get(newest).content.decode()

    assert "Then unknown" in html
    value = re.search(r'name="at" value="([^"]+)"', html)
    assert value is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", value.group(1))


def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: Client, study, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    few = full_case(study.protocol_version())
    many = full_case(study.protocol_version(), rows=6, centre=few.centre)
    client.force_login(data_manager(few.centre))
    now = text(timezone.now())
    # The first request of a session is also written down as such.
    client.get(reverse("registry:past", args=[few.pseudonym]), {"at": now})
    with django_assert_max_num_queries(24) as first:
        client.get(reverse("registry:past", args=[few.pseudonym]), {"at": now})
    with django_assert_num_queries(len(first)):
        client.get(reverse("registry:past", args=[many.pseudonym]), {"at": now})
