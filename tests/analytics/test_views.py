"""The pages of the studies: who sees which curve, other endpoints, figures beside the curve."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Centre, ProtocolVersion, Study
from tests.analytics.kept.keeping import keep
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    EnrolmentFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    administrator,
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


def centre_of(study: Study, code: str) -> Centre:
    centre = CentreFactory.create(code=code, name=f"Centre {code}")
    ParticipationFactory.create(study=study, centre=centre)
    return centre


def followed(version: ProtocolVersion, centre: Centre, *, days: int, died: bool) -> None:
    """A patient seen, or dead, so many days after the first day of RT."""
    patient = PatientFactory.create(centre=centre)
    EnrolmentFactory.create(patient=patient, protocol_version=version, enrolled_on="2019-12-20")
    CourseFactory.create(
        patient=patient, number=1, started_on=str(START), ended_on=str(START + dt.timedelta(4))
    )
    end = str(START + dt.timedelta(days))
    if died:
        DeathFactory.create(patient=patient, died_on=end)
    else:
        AssessmentFactory.create(patient=patient, number=1, assessed_on=end)


def page(client: Client, study: Study, **query: str) -> str:
    response = client.get(reverse("analytics:study", args=[study.key]), query)
    assert response.status_code == 200
    return response.content.decode()


def section(html: str, ident: str) -> str:
    return html.split(f'<section class="section" id="{ident}"')[1].split("</section>")[0]


def figures(html: str) -> list[list[str]]:
    """The rows of the table of rates: months, rate, interval, at risk, events."""
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    return [re.findall(r'class="num">([^<]*)<', row) for row in body.split("<tr>")[1:]]


def test_the_rates_beside_the_curve_are_those_of_the_patients(client, study, version) -> None:
    centre = centre_of(study, "A")
    # 4 at risk; one dies on day 100: S = 3/4. Two are censored, one is seen beyond three years.
    followed(version, centre, days=100, died=True)
    followed(version, centre, days=200, died=False)
    followed(version, centre, days=300, died=False)
    followed(version, centre, days=1200, died=False)
    client.force_login(coordinator(study))

    html = section(page(client, study), "OS")

    assert "4 patients" in html
    # Limits S ** exp(±1.959964 se / log S) with se² = 1/12, to one decimal: R gives 12.8 and 96.1.
    assert figures(html) == [
        ["12", "75.0", "12.8–96.1", "1", "1"],
        ["24", "75.0", "12.8–96.1", "1", "0"],
        ["36", "75.0", "12.8–96.1", "1", "0"],
        ["60", "–", "–", "0", "0"],
    ]
    assert "not reached" in html


def test_a_centre_sees_the_curve_of_its_own_patients_and_is_told_so(client, study, version):
    a, b = centre_of(study, "A"), centre_of(study, "B")
    for centre in (a, b, b):
        followed(version, centre, days=300, died=False)

    client.force_login(coordinator(study))
    whole = page(client, study)
    client.force_login(data_manager(a))
    own = page(client, study)

    assert "3 patients" in section(whole, "OS")
    assert "Centre B" in section(whole, "accrual")
    assert "own centre's patients" not in whole
    assert "1 patient" in section(own, "OS")
    assert "Centre B" not in own
    assert "own centre" in own


def test_other_endpoints_are_chosen_by_the_address(client, study, version) -> None:
    followed(version, centre_of(study, "A"), days=300, died=True)
    client.force_login(coordinator(study))

    html = page(client, study, endpoint="PFS")

    assert "Progression-free survival" in section(html, "PFS")
    assert 'id="OS"' not in html
    assert re.search(r'href="\?endpoint=PFS" aria-current="page"', html)


def test_an_endpoint_that_the_protocol_does_not_have_is_not_found(client, study) -> None:
    client.force_login(coordinator(study))
    address = reverse("analytics:study", args=[study.key])

    assert client.get(address, {"endpoint": "<script>"}).status_code == 404


def test_the_end_of_follow_up_is_told(client: Client, study: Study) -> None:
    client.force_login(coordinator(study))
    page = reverse("analytics:study", args=[study.key])
    assert "Follow-up of this study ends" not in client.get(page).content.decode()

    study.follow_up_ends_on = dt.date(2030, 6, 30)
    study.save()

    told = re.sub("<[^>]*>", "", client.get(page).content.decode())
    assert "Follow-up of this study ends on 30 Jun 2030" in told


def test_a_study_without_patients_says_that_there_is_no_curve(client, study) -> None:
    client.force_login(coordinator(study))

    html = page(client, study)

    assert "there is no curve to draw" in section(html, "OS")
    assert '<svg class="figure' not in html


def test_definition_origin_and_data_cut_stand_on_the_curve(client, study, version) -> None:
    followed(version, centre_of(study, "A"), days=300, died=True)
    client.force_login(coordinator(study))

    svg = section(page(client, study), "OS").split("<svg xmlns")[1].split("</svg>")[0]

    assert "Time from the first day of radiotherapy to death from any cause" in svg
    assert "Time origin: first day of radiotherapy" in svg
    assert "No data cut" in svg


def test_the_protocol_is_told_with_its_assumptions(client, study) -> None:
    client.force_login(coordinator(study))

    html = page(client, study)

    for assumption in study.protocol_version().protocol.assumptions:
        assert assumption.about in section(html, "assumptions")
    assert "CTCAE 4.03" in section(html, "protocol")
    assert "Every 6 months, months 12 to 60" in section(html, "schedule")


def test_the_study_of_another_centre_is_not_found(client: Client, study: Study) -> None:
    address = reverse("analytics:study", args=[study.key])
    for stranger in (data_manager(CentreFactory.create()), administrator()):
        client.force_login(stranger)
        hidden = client.get(address)
        absent = client.get(reverse("analytics:study", args=["no-such-study"]))

        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.content == absent.content


def test_the_list_holds_the_studies_of_the_reader(client: Client, study: Study) -> None:
    other = ProtocolVersionFactory.create(study__key="cnao").study
    centre_of(other, "A")
    client.force_login(coordinator(study))

    html = client.get(reverse("analytics:studies")).content.decode()

    assert study.title in html
    assert other.title not in html


def test_the_number_of_queries_does_not_grow_with_the_patients(
    client: Client, study, version, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    centre = centre_of(study, "A")
    client.force_login(coordinator(study))
    for _ in range(3):
        followed(version, centre, days=300, died=True)
    with django_assert_max_num_queries(35) as three:
        page(client, study)

    for _ in range(27):
        followed(version, centre, days=300, died=True)
    with django_assert_num_queries(len(three)):
        page(client, study)

    keep(study)
    with django_assert_max_num_queries(26) as kept:
        assert "30 patients" in section(page(client, study), "OS")
    client.force_login(data_manager(centre))
    with django_assert_max_num_queries(len(kept) + 1):
        assert "30 patients" in section(page(client, study), "OS")
