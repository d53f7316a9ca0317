"""Pages and files of the workbench: the address, who sees what, hostile text."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from analytics.workbench.files import ROW_FILES
from registry.models import Centre, Patient, ProtocolVersion, Study
from registry.models.choices import Role
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    DiseaseFactory,
    EnrolmentFactory,
    MembershipFactory,
    ParticipationFactory,
    PatientFactory,
    ProgressionFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db

START = dt.date(2020, 1, 1)


@pytest.fixture
def version() -> ProtocolVersion:
    return ProtocolVersionFactory.create()


@pytest.fixture
def study(version: ProtocolVersion) -> Study:
    return version.study


@pytest.fixture
def centres(study: Study) -> list[Centre]:
    found = [CentreFactory.create(code=code) for code in "AB"]
    for centre in found:
        ParticipationFactory.create(study=study, centre=centre)
    return found


def followed(
    version: ProtocolVersion, centre: Centre, *, days: int, died: bool, **disease: object
) -> Patient:
    patient = PatientFactory.create(centre=centre)
    EnrolmentFactory.create(patient=patient, protocol_version=version, enrolled_on="2019-12-20")
    CourseFactory.create(patient=patient, number=1, started_on=str(START), ended_on=str(START))
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on="2019-11-01", **disease)
    end = str(START + dt.timedelta(days))
    if died:
        DeathFactory.create(patient=patient, died_on=end)
    else:
        AssessmentFactory.create(patient=patient, number=1, assessed_on=end)
    return patient


def file_address(study: Study, name: str) -> str:
    kind = "rows" if name in ROW_FILES else "file"
    return reverse(f"analytics:workbench_{kind}", args=[study.key, name])


def page(client: Client, study: Study, query: str = "") -> str:
    address = f"{reverse('analytics:workbench', args=[study.key])}?{query}"
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_an_address_is_cut_to_what_it_says(client, study, centres) -> None:
    client.force_login(coordinator(study))
    address = reverse("analytics:workbench", args=[study.key])
    response = client.get(f"{address}?endpoint=OS&group=&by=&at=12%2C+24%2C+36%2C+60&cut=")
    assert response.status_code == 302
    assert response.url == f"{address}?endpoint=OS"
    assert client.get(response.url).status_code == 200


def test_a_condition_that_was_filled_in_becomes_part_of_the_address(client, study, centres) -> None:
    client.force_login(coordinator(study))
    address = reverse("analytics:workbench", args=[study.key])
    response = client.get(f"{address}?endpoint=OS&by=grade&is=in&value=2&value=3")
    assert response.url == f"{address}?endpoint=OS&where=grade%3Ain%3A2%2C3"


def test_a_condition_is_asked_for_before_it_counts(client, study, centres) -> None:
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=OS&by=size_cm")
    assert '<option value="ge">' in html
    assert 'name="value"' in html


def test_curves_by_group_count_the_patients_of_each(client, study, version, centres) -> None:
    for n in range(5):
        followed(version, centres[0], days=100 + n, died=True, grade="1")
        followed(version, centres[0], days=200 + n, died=False, grade="3")
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=OS&group=grade")
    table = html.split("<caption>Rates by group")[1]
    lines = re.findall(
        r'<th scope="row"[^>]*>([^<]*)</th>\s*<td class="num">(\d+)</td>\s*<td class="num">(\d+)<',
        table,
    )
    assert lines == [("G1", "5", "5"), ("G3", "5", "0")]


def test_a_centre_sees_its_own_patients_only(client, study, version, centres) -> None:
    followed(version, centres[0], days=100, died=True)
    followed(version, centres[1], days=100, died=True)
    client.force_login(data_manager(centres[0]))
    html = page(client, study, "endpoint=OS")
    assert "1 patient of 1" in " ".join(html.split())
    rows = client.get(file_address(study, "adtte.csv"), {"endpoint": "OS"})
    assert rows.content.decode().count("\n") == 2


def test_a_reader_of_figures_sees_curves_and_gets_no_rows(client, study, version, centres) -> None:
    for n in range(6):
        followed(version, centres[n % 2], days=100 + n, died=True)
    reader = UserFactory.create()
    MembershipFactory.create(user=reader, role=Role.READER, study=study)
    client.force_login(reader)
    assert "6 patients of 6" in " ".join(page(client, study, "endpoint=OS").split())
    answers = {
        name: client.get(file_address(study, name), {"endpoint": "OS"}).status_code
        for name in ("curve.svg", "rates.csv", "adtte.csv", "analysis.zip")
    }
    assert answers == {"curve.svg": 200, "rates.csv": 200, "adtte.csv": 403, "analysis.zip": 403}


def test_what_of_an_address_cannot_be_used_is_said(client, study, centres) -> None:
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=OS&adjust=death&where=%3Cscript%3E")
    assert "death becomes known only after the time origin" in html
    assert "<script>:" not in html
    assert "&lt;script&gt;" in html


def test_a_state_without_a_landmark_is_refused_with_how_to_ask(client, study, centres) -> None:
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=OS&group=distant_progression")
    assert "Ask for it at a landmark" in html
    assert "landmark=12 or later=distant_progression in the address" in html


def test_a_state_that_is_part_of_the_endpoint_is_explained_and_not_offered(
    client, study, version, centres
) -> None:
    followed(version, centres[0], days=500, died=False)
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=PFS&group=distant_progression&landmark=12")
    assert "Distant progression cannot be a later state for PFS" in html
    assert '<option value="distant_progression"' not in html
    assert 'name="landmark" id="id-landmark" value="12"' in html


def progressed(version: ProtocolVersion, centre: Centre) -> None:
    """Ten patients followed for 500 days and more, of whom five progress on day 100 and die."""
    for n in range(5):
        followed(version, centre, days=500 + n, died=False)
        patient = followed(version, centre, days=600 + n, died=True)
        found = str(START + dt.timedelta(100))
        ProgressionFactory.create(patient=patient, occurred_on=found, kind="distant")


def test_curves_at_a_landmark_are_by_what_had_begun_by_then(
    client, study, version, centres
) -> None:
    progressed(version, centres[0])
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=OS&group=distant_progression&landmark=12")
    assert "10 patients of 10, landmark at 12 months" in " ".join(html.split())
    assert '<optgroup label="At the landmark"><option value="local_progression"' in html
    table = html.split("<caption>Rates by group")[1]
    lines = re.findall(
        r'<th scope="row"[^>]*>([^<]*)</th>\s*<td class="num">(\d+)</td>\s*<td class="num">(\d+)<',
        table,
    )
    assert lines == [("no", "5", "0"), ("yes", "5", "5")]


def test_a_state_in_time_is_asked_for_apart_from_what_is_adjusted_for(
    client, study, version, centres
) -> None:
    progressed(version, centres[0])
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=OS&later=distant_progression")
    assert 'name="later" value="distant_progression" checked' in html
    assert 'name="adjust" value="distant_progression"' not in html
    assert "Distant progression (time-dependent)" in html
    assert "the hazard ratio compares, on each day, those in the state" in html


def test_a_reader_of_figures_is_not_told_of_the_few_who_are_left_out_at_a_landmark(
    client, study, version, centres
) -> None:
    progressed(version, centres[0])
    followed(version, centres[1], days=100, died=True)
    followed(version, centres[1], days=100, died=False)
    reader = UserFactory.create()
    MembershipFactory.create(user=reader, role=Role.READER, study=study)
    query = "endpoint=OS&group=distant_progression&landmark=12"
    told = "event up to the landmark: 1; censored up to the landmark: 1."
    hidden = "event up to the landmark: &lt; 5; censored up to the landmark: &lt; 5."
    for person, said, unsaid in ((coordinator(study), told, hidden), (reader, hidden, told)):
        client.force_login(person)
        html = " ".join(page(client, study, query).split())
        assert said in html
        assert unsaid not in html
        drawing = client.get(f"{file_address(study, 'curve.svg')}?{query}").content.decode()
        # The caption is broken into lines.
        assert said.split(";")[0] in " ".join(re.sub(r"<[^>]+>", " ", drawing).split())


def test_lesion_values_for_patients_are_explained_and_the_rest_is_shown(
    client, study, centres
) -> None:
    client.force_login(coordinator(study))
    html = page(client, study, "endpoint=OS&group=lesion_status")
    assert "value of lesions" in html


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [
        ("curve.svg", "image/svg+xml", b"<svg"),
        ("curve.png", "image/png", b"\x89PNG"),
        ("rates.csv", "text/csv; charset=utf-8", "\ufeff".encode()),
        ("analysis.zip", "application/zip", b"PK"),
    ],
)
def test_each_file_is_what_its_name_says(
    client, study, version, centres, name, kind, start
) -> None:
    followed(version, centres[0], days=100, died=True)
    client.force_login(coordinator(study))
    response = client.get(file_address(study, name), {"endpoint": "OS"})
    assert response.status_code == 200
    assert response["Content-Type"] == kind
    assert response.content.startswith(start)
    assert f'filename="{study.key}-os-{name}"' in response["Content-Disposition"]


def test_there_is_no_file_of_another_name_and_no_drawing_of_nobody(client, study, centres) -> None:
    client.force_login(coordinator(study))
    for name in ("curve.exe", "curve.svg"):
        assert client.get(file_address(study, name)).status_code == 404


def test_a_study_of_others_is_not_found(client, study) -> None:
    client.force_login(data_manager(CentreFactory.create(code="X")))
    assert client.get(reverse("analytics:workbench", args=[study.key])).status_code == 404


def test_the_queries_do_not_grow_with_the_patients(
    client, study, version, centres, django_assert_max_num_queries
) -> None:
    for n in range(12):
        followed(version, centres[n % 2], days=100 + n, died=n % 3 == 0, grade=str(1 + n % 3))
    client.force_login(coordinator(study))
    with django_assert_max_num_queries(50):
        page(client, study, "endpoint=OS&group=grade")
