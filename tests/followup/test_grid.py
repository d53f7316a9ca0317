"""The status grid: who sees whom, marks, filters, order, pages, queries, where a mark leads."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from registry.case_forms import FormKey, whole_case
from registry.models import Centre, Study
from registry.models.status import FORMS
from registry.scope import system_scope
from registry.services import marks as services
from tests.factories import (
    CaseStatusFactory,
    CentreFactory,
    DeathFactory,
    EnrolmentFactory,
    LossToFollowUpFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.followup.factories import open_visit as visit
from tests.registry.views.full_case import full_case

pytestmark = [pytest.mark.django_db, pytest.mark.services]

URL = reverse("followup:grid")
TODAY = dt.date(2024, 5, 20)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2024, 5, 20, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(code="A")


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


def body(response: Any) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def shown(client: Client, **query: str) -> list[str]:
    """Pseudonyms of the grid, in order."""
    page = body(client.get(URL, query))
    return re.findall(r'<th scope="row" class="id"><a href="[^"]+">([^<]+)</a>', page)


def marks(client: Client, pseudonym: str) -> dict[str, str]:
    """Head of the column → word of the mark, of one patient."""
    row = body(client.get(URL)).split(f">{pseudonym}</a></th>")[1].split("</tr>")[0]
    return dict(re.findall(r'title="([^":]+): ([^"]+)"', row))


def test_a_data_manager_sees_the_patients_of_the_own_centre(client: Client, centre) -> None:
    PatientFactory.create(centre=centre, pseudonym="A-1")
    PatientFactory.create(pseudonym="B-1")
    client.force_login(data_manager(centre))

    assert shown(client) == ["A-1"]
    assert "1 patient<" in body(client.get(URL))


@pytest.mark.parametrize("role", [coordinator, monitor])
def test_people_of_a_study_see_its_patients_in_every_centre(client: Client, study, role) -> None:
    version = study.protocol_version()
    for pseudonym in ("A-1", "B-1"):
        EnrolmentFactory.create(patient__pseudonym=pseudonym, protocol_version=version)
    PatientFactory.create(pseudonym="C-1")
    client.force_login(role(study))

    assert shown(client) == ["A-1", "B-1"]


def test_an_administrator_sees_no_patient(client: Client) -> None:
    PatientFactory.create()
    client.force_login(administrator())

    assert shown(client) == []
    assert "No patient fits these filters." in body(client.get(URL))


def test_no_mark_tells_of_a_patient_who_is_not_visible(client: Client, centre) -> None:
    for patient in (PatientFactory.create(pseudonym="B-1"), PatientFactory.create()):
        CaseStatusFactory.create(patient=patient, incomplete_count=3)
        visit(patient, "2024-05-01")
    client.force_login(data_manager(centre))

    for query in (
        *({"sort": order} for order in ("pseudonym", "centre", "birth", "missing", "next")),
        *({"work": work} for work in ("open", "missing", "overdue")),
        {"form": "disease", "form_state": "complete"},
    ):
        assert shown(client, **query) == []


def test_each_form_has_a_mark_with_its_state(client: Client, centre) -> None:
    patient = PatientFactory.create(centre=centre, pseudonym="A-1")
    CaseStatusFactory.create(
        patient=patient,
        baseline="partial",
        disease="missing",
        toxicity="not_applicable",
        outcome="locked",
    )
    client.force_login(data_manager(centre))

    assert marks(client, "A-1") == {
        "Screening": "Complete",
        "Baseline": "Partial",
        "Disease": "Missing",
        "Surgery": "Complete",
        "Lesions": "Complete",
        "RT course": "Complete",
        "Visits": "Complete",
        "Toxicity": "Not applicable",
        "Outcome": "Locked",
    }


def test_a_patient_whose_status_nobody_has_worked_out_is_missing_everything(client, centre):
    PatientFactory.create(centre=centre, pseudonym="A-1")
    client.force_login(data_manager(centre))

    assert set(marks(client, "A-1").values()) == {"Missing"}
    assert len(marks(client, "A-1")) == len(FORMS)
    assert shown(client, form="disease", form_state="missing") == ["A-1"]
    assert shown(client, form="disease", form_state="complete") == []


@pytest.mark.parametrize(
    ("closes", "state", "mark"),
    [
        ("2024-05-19", "open", "Overdue"),
        ("2024-05-20", "open", "Complete"),
        ("2024-05-19", "done", "Complete"),
        ("2024-05-19", "superseded", "Complete"),
    ],
)
def test_assessments_are_overdue_from_the_day_after_the_window(
    client, centre, closes, state, mark
) -> None:
    patient = PatientFactory.create(centre=centre, pseudonym="A-1")
    CaseStatusFactory.create(patient=patient)
    visit(patient, closes, state=state)
    client.force_login(data_manager(centre))

    assert marks(client, "A-1")["Visits"] == mark
    assert shown(client, work="overdue") == (["A-1"] if mark == "Overdue" else [])
    assert shown(client, form="assessments", form_state="overdue") == shown(client, work="overdue")


def test_the_next_visit_is_the_one_that_closes_first(client: Client, centre) -> None:
    patient = PatientFactory.create(centre=centre)
    visit(patient, "2024-05-17", key="m03")
    visit(patient, "2024-08-14", key="m06")
    due = PatientFactory.create(centre=centre)
    visit(due, "2024-06-01")
    client.force_login(data_manager(centre))

    page = body(client.get(URL))

    assert "3 days overdue" in page
    assert "18 May 2024" in page  # the target of the visit that is due, 14 days before its end
    assert "31 Jul 2024" not in page


def test_filters_cut_the_grid_to_study_centre_and_state(client: Client, study) -> None:
    version = study.protocol_version()
    a, b = CentreFactory.create(code="A"), CentreFactory.create(code="B")
    for centre in (a, b):
        ParticipationFactory.create(study=study, centre=centre)
    alive, dead, lost = (PatientFactory.create(centre=a, pseudonym=f"A-{n}") for n in (1, 2, 3))
    elsewhere = PatientFactory.create(centre=b, pseudonym="B-1")
    for patient in (alive, dead, lost, elsewhere):
        EnrolmentFactory.create(patient=patient, protocol_version=version)
    LossToFollowUpFactory.create(patient=dead, number=1)
    DeathFactory.create(patient=dead)
    LossToFollowUpFactory.create(patient=lost, number=1)
    client.force_login(coordinator(study))

    assert shown(client, study=study.key) == ["A-1", "A-2", "A-3", "B-1"]
    assert shown(client, centre="B") == ["B-1"]
    assert shown(client, state="alive") == ["A-1", "B-1"]
    assert shown(client, state="dead") == ["A-2"]
    assert shown(client, state="lost", centre="A") == ["A-3"]
    page = body(client.get(URL))
    assert [page.count(f'"status status-{state}"') for state in ("alive", "dead", "lost")] == [
        2,
        1,
        1,
    ]


def test_a_patient_who_withdrew_or_was_found_again_is_told_apart(client: Client, centre) -> None:
    gone = PatientFactory.create(centre=centre, pseudonym="A-1")
    EnrolmentFactory.create(patient=gone, withdrawn_on="2024-05-01", withdrawal_scope="all")
    found = PatientFactory.create(centre=centre, pseudonym="A-2")
    LossToFollowUpFactory.create(
        patient=found, number=1, declared_on="2024-01-01", found_again_on="2024-05-01"
    )
    client.force_login(data_manager(centre))

    assert shown(client, state="withdrawn") == ["A-1"]
    assert shown(client, state="alive") == ["A-2"]
    assert body(client.get(URL)).count('"status status-withdrawn"') == 1


def test_filters_cut_the_grid_to_what_is_to_do(client: Client, centre) -> None:
    for number, counts in enumerate([(0, 0), (2, 0), (0, 1), (5, 1)], start=1):
        CaseStatusFactory.create(
            patient__centre=centre,
            patient__pseudonym=f"A-{number}",
            disease="partial" if counts[0] == 5 else "complete",
            incomplete_count=counts[0],
            unconfirmed_count=counts[1],
        )
    client.force_login(data_manager(centre))

    assert shown(client, work="missing") == ["A-2", "A-4"]
    assert shown(client, work="unlikely") == ["A-3", "A-4"]
    assert shown(client, work="open") == ["A-2", "A-3", "A-4"]
    assert shown(client, form="disease", form_state="partial") == ["A-4"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"state": "nonsense"}, "nonsense is not one of the available choices"),
        ({"form": "disease"}, "Choose the state that the form is in."),
        ({"form_state": "missing"}, "Choose the form that is in this state."),
    ],
)
def test_a_filter_that_says_nothing_is_named_and_ignored(client, centre, query, message) -> None:
    PatientFactory.create(centre=centre, pseudonym="A-1")
    client.force_login(data_manager(centre))

    assert message in body(client.get(URL, query))
    assert shown(client, **query) == ["A-1"]


def test_the_filter_finds_part_of_a_pseudonym(client: Client, centre) -> None:
    for pseudonym in ("SARC-17", "SARC-27", "OTHER-1"):
        PatientFactory.create(centre=centre, pseudonym=pseudonym)
    client.force_login(data_manager(centre))

    assert shown(client, search=" sarc-2 ") == ["SARC-27"]


def test_the_order_is_taken_from_a_list_of_allowed_ones(client: Client, centre) -> None:
    for pseudonym, birth in (("A-1", "1980"), ("A-2", "1950-01-02"), ("A-3", "1965-03")):
        PatientFactory.create(centre=centre, pseudonym=pseudonym, birth_date=birth)
    client.force_login(data_manager(centre))

    assert shown(client, sort="-pseudonym") == ["A-3", "A-2", "A-1"]
    assert shown(client, sort="birth") == ["A-2", "A-3", "A-1"]
    assert shown(client, sort="-birth") == ["A-1", "A-3", "A-2"]
    for hostile in ("identity__family_name", "-centre__code; DROP TABLE", "--pseudonym", ""):
        assert shown(client, sort=hostile) == ["A-1", "A-2", "A-3"]


def test_the_order_by_centre_goes_by_code(client: Client, study) -> None:
    for code in ("B", "A"):
        for number in (2, 1):
            EnrolmentFactory.create(
                patient__centre=CentreFactory.create(code=code),
                patient__pseudonym=f"{number}-{code}",
                protocol_version=study.protocol_version(),
            )
    client.force_login(coordinator(study))

    assert shown(client, sort="centre") == ["1-A", "2-A", "1-B", "2-B"]
    assert shown(client, sort="-centre") == ["2-B", "1-B", "2-A", "1-A"]


def test_the_most_missing_come_first_and_the_others_after_them(client: Client, centre) -> None:
    PatientFactory.create(centre=centre, pseudonym="A-1")
    for number, missing in ((2, 0), (3, 4), (4, 9)):
        CaseStatusFactory.create(
            patient__centre=centre, patient__pseudonym=f"A-{number}", incomplete_count=missing
        )
    client.force_login(data_manager(centre))

    assert shown(client, sort="missing") == ["A-4", "A-3", "A-1", "A-2"]


def test_the_next_visits_come_first_and_each_patient_once(client: Client, centre) -> None:
    PatientFactory.create(centre=centre, pseudonym="A-1")
    later, sooner = (PatientFactory.create(centre=centre, pseudonym=f"A-{n}") for n in (2, 3))
    visit(later, "2024-07-01", key="m03")
    visit(sooner, "2024-05-01", key="m03")
    visit(sooner, "2024-06-01", key="m06")
    client.force_login(data_manager(centre))

    assert shown(client, sort="next") == ["A-3", "A-2", "A-1"]


def test_hostile_text_is_shown_as_text(client: Client) -> None:
    centre = CentreFactory.create(code="A", name='<script>alert("c")</script>')
    name = 'A"><script>alert(1)</script>?#&/%'
    PatientFactory.create(centre=centre, pseudonym=name[:40])
    client.force_login(data_manager(centre))

    page = body(client.get(URL))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    link = re.search(r'<th scope="row" class="id"><a href="([^"]+)"', page)
    assert link is not None
    assert client.get(link[1].replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize("role", ["manager", "coordinator"])
def test_the_number_of_queries_does_not_grow_with_the_patients(
    client: Client, centre, study, role, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    version = study.protocol_version()
    client.force_login(data_manager(centre) if role == "manager" else coordinator(study))
    for _ in range(3):
        CaseStatusFactory.create(patient=full_case(version, centre=centre))
    with django_assert_max_num_queries(13) as three:
        assert len(shown(client)) == 3

    for _ in range(27):
        CaseStatusFactory.create(patient=full_case(version, centre=centre, rows=2))
    with django_assert_num_queries(len(three)):
        assert len(shown(client)) == 30


def test_what_is_verified_and_signed_stands_after_the_pseudonym(
    client: Client, centre, study
) -> None:
    patient = full_case(study.protocol_version(), centre=centre, pseudonym="JIN-A-1", rows=2)
    checks = monitor(study)
    with system_scope():
        first, second = patient.diseases.all()
    services.verify(patient, FormKey("disease", first.pk), by=checks)
    client.force_login(checks)
    assert "1 form verified" in body(client.get(URL))

    services.verify(patient, FormKey("disease", second.pk), by=checks)
    assert "2 forms verified" in body(client.get(URL))

    services.verify(patient, whole_case(patient), by=checks)
    page = body(client.get(URL))
    assert "Case verified" in page
    assert "forms verified" not in page
