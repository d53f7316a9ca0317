"""The first page: worklist and studies."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followup.services import recompute
from registry.models import Patient, Study
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 5, 20)


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2024, 5, 20, 12, tzinfo=dt.UTC), tick=False):
        yield


def followed(study: Study, *, ended_on: str, **values: object) -> Patient:
    """A patient whose first follow-up visit is three months after this end of RT."""
    patient = PatientFactory.create(**values)
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    CourseFactory.create(patient=patient, number=1, started_on="2023-01-02", ended_on=ended_on)
    with system_scope():
        recompute([patient.pk], today=TODAY)
    return patient


def part(html: str, ident: str) -> str:
    """The section of the worklist of that name."""
    return html.split(f'<section class="section" id="{ident}"')[1].split("</section>")[0]


def home(client: Client) -> str:
    response = client.get(reverse("registry:home"))
    assert response.status_code == 200
    return response.content.decode()


def test_visits_of_the_own_centre_are_sorted_by_urgency(client: Client, study) -> None:
    centre = CentreFactory.create()
    followed(study, ended_on="2024-01-31", centre=centre, pseudonym="LATE-1")
    followed(study, ended_on="2024-02-19", centre=centre, pseudonym="NOW-1")
    followed(study, ended_on="2024-03-19", centre=centre, pseudonym="SOON-1")
    followed(study, ended_on="2024-05-17", centre=centre, pseudonym="FAR-1")
    followed(study, ended_on="2024-01-31", pseudonym="ELSEWHERE-1")
    client.force_login(data_manager(centre))

    html = home(client)

    assert "LATE-1" in part(html, "overdue")
    assert "NOW-1" in part(html, "due")
    assert "SOON-1" in part(html, "soon")
    assert "FAR-1" not in html
    assert "ELSEWHERE-1" not in html
    assert "By study and centre" not in html


def test_an_overdue_visit_says_by_how_many_days_and_leads_to_the_patient(client, study) -> None:
    patient = followed(study, ended_on="2024-01-31")
    client.force_login(data_manager(patient.centre))

    row = part(home(client), "overdue").split("<tbody>")[1]

    # Three months after 31 January is 30 April; the window of 14 days closes on 14 May.
    assert "6 days overdue" in row
    assert "30 Apr 2024" in row
    assert "14 May 2024" in row
    assert f'href="{reverse("registry:patient", args=[patient.pseudonym])}#visits"' in row


def test_a_coordinator_sees_the_counts_of_every_centre(client: Client, study) -> None:
    for code in ("A", "B"):
        centre = CentreFactory.create(code=code)
        ParticipationFactory.create(study=study, centre=centre)
        followed(study, ended_on="2024-01-31", centre=centre)
    client.force_login(coordinator(study))

    html = home(client)

    assert "Centre A" in part(html, "centres")
    assert "Centre B" in part(html, "centres")
    assert '<b>2</b><span class="status status-overdue">' in html


def test_studies_lead_to_their_curves(client: Client, study) -> None:
    client.force_login(coordinator(study))

    assert f'href="{reverse("analytics:study", args=[study.key])}"' in part(home(client), "studies")


def test_an_administrator_has_an_empty_worklist(client: Client, study) -> None:
    followed(study, ended_on="2024-01-31")
    client.force_login(administrator())

    html = home(client)

    assert "No visit is overdue." in html
    assert "You take part in no study yet." in html


def test_the_number_of_queries_does_not_grow_with_the_visits(
    client: Client, study, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    centre = CentreFactory.create()
    client.force_login(data_manager(centre))
    for _ in range(3):
        followed(study, ended_on="2024-01-31", centre=centre)
    with django_assert_max_num_queries(25) as three:
        home(client)

    for _ in range(27):
        followed(study, ended_on="2024-01-31", centre=centre)
    with django_assert_num_queries(len(three)):
        home(client)
