"""The first page: worklist and studies."""

import datetime as dt
import re

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from followup.services import recompute
from registry.models import Patient, Study
from registry.scope import system_scope
from registry.services import drafts
from registry.services.status import refresh_patient
from tests.factories import (
    CentreFactory,
    CorrectionRequestFactory,
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
    # Three months after 29 February is 29 May: the window opens 14 days before, on 15 May; after
    # 10 March it opens on 27 May, in 7 days; after 11 March in 8.
    followed(study, ended_on="2024-02-29", centre=centre, pseudonym="NOW-2")
    followed(study, ended_on="2024-03-10", centre=centre, pseudonym="WEEK-1")
    followed(study, ended_on="2024-03-11", centre=centre, pseudonym="MONTH-1")
    followed(study, ended_on="2024-03-19", centre=centre, pseudonym="MONTH-2")
    followed(study, ended_on="2024-05-17", centre=centre, pseudonym="FAR-1")
    followed(study, ended_on="2024-01-31", pseudonym="ELSEWHERE-1")
    client.force_login(data_manager(centre))

    html = home(client)

    assert "LATE-1" in part(html, "overdue")
    assert all(name in part(html, "week") for name in ("NOW-1", "NOW-2", "WEEK-1"))
    assert all(name in part(html, "later") for name in ("MONTH-1", "MONTH-2"))
    assert "MONTH-1" not in part(html, "week")
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


def test_each_line_leads_to_the_form_in_which_it_is_done(client: Client, study) -> None:
    centre = CentreFactory.create()
    late = followed(study, ended_on="2024-01-31", centre=centre, pseudonym="LATE-1")
    waits = PatientFactory.create(centre=centre, pseudonym="WAIT-1")
    EnrolmentFactory.create(patient=waits, protocol_version=study.protocol_version())
    CourseFactory.create(patient=waits, number=1, started_on="2024-05-13", ended_on=None)
    with system_scope():
        recompute([waits.pk], today=TODAY)
    form = reverse(
        "registry:enter", args=["assessment", "new", "LATE-1"], query={"visit": "last_rt_day-m03"}
    )

    client.force_login(data_manager(centre))
    html = home(client)
    assert f'href="{form}">Month 3</a>' in part(html, "overdue")
    assert f'href="{reverse("followup:form", args=["courses", "WAIT-1"])}"' in part(html, "waiting")

    client.force_login(coordinator(study))
    html = home(client)
    assert "/enter/" not in html
    assert f'href="{reverse("registry:patient", args=[late.pseudonym])}#visits">Month 3</a>' in html


def test_items_missing_are_named_each_with_the_way_to_its_field(client: Client, study) -> None:
    centre = CentreFactory.create()
    patient = PatientFactory.create(centre=centre, pseudonym="A-1", sex="")
    whole = PatientFactory.create(centre=centre, pseudonym="A-2")
    for one in (patient, whole, PatientFactory.create(pseudonym="B-1", sex="")):
        refresh_patient(one)
    client.force_login(data_manager(centre))

    missing = part(home(client), "missing")

    assert f'href="{reverse("registry:enter", args=["patient", "1", "A-1"])}#id_patient-sex"' in (
        missing
    )
    assert "is missing without a reason" in missing
    assert "A-2" not in missing
    assert "B-1" not in missing


def test_who_enters_no_cases_is_not_told_what_is_missing(client: Client, study) -> None:
    patient = PatientFactory.create(pseudonym="A-1", sex="")
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    refresh_patient(patient)
    client.force_login(coordinator(study))

    assert 'id="missing"' not in home(client)


def test_overdue_visits_come_first_and_sections_without_rows_are_left_out(client, study) -> None:
    patient = followed(study, ended_on="2024-01-31")
    client.force_login(data_manager(patient.centre))

    html = home(client)
    shown = re.findall(r'<section class="section" id="([a-z]+)"', html)
    assert shown == ["overdue", "week", "later", "waiting", "missing", "studies"]
    for word in ("Corrections", "Drafts"):
        assert re.search(rf"<div><b>0</b>(?:(?!</div>).)*{word}", html, re.DOTALL), word

    with system_scope():
        CorrectionRequestFactory.create(patient=patient)
    shown = re.findall(r'<section class="section" id="([a-z]+)"', home(client))
    assert shown == ["overdue", "week", "later", "waiting", "corrections", "missing", "studies"]


def test_own_drafts_lead_back_to_their_forms(client: Client) -> None:
    centre = CentreFactory.create()
    PatientFactory.create(centre=centre, pseudonym="A-1")
    own, other = data_manager(centre), data_manager(centre)
    address = reverse("registry:enter", args=["disease", "new", "A-1"])
    drafts.keep_draft(user=own, address=address, data=QueryDict("disease-site=thigh"))
    stranger = reverse("registry:enter", args=["disease", "new", "NOT-VISIBLE"])
    drafts.keep_draft(user=own, address=stranger, data=QueryDict(""))

    client.force_login(own)
    assert f'<a href="{address}">Disease' in part(home(client), "drafts")
    assert "NOT-VISIBLE" not in home(client)
    client.force_login(other)
    assert 'id="drafts"' not in home(client)


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
        refresh_patient(followed(study, ended_on="2024-01-31", centre=centre, sex=""))
    home(client)  # the first request of a session notes it
    with django_assert_max_num_queries(64) as three:
        home(client)

    for _ in range(12):
        refresh_patient(followed(study, ended_on="2024-01-31", centre=centre, sex=""))
    with django_assert_num_queries(len(three)):
        home(client)
