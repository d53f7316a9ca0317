"""The page of a report and its files: choices in the address, and who sees what."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Study
from registry.models.choices import Role
from tests.factories import (
    CaseStatusFactory,
    CentreFactory,
    EnrolmentFactory,
    MembershipFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    StudyFactory,
    UserFactory,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    version = ProtocolVersionFactory.create()
    centre = CentreFactory.create(code="A")
    ParticipationFactory.create(study=version.study, centre=centre, target_accrual=10)
    for _ in range(6):
        patient = PatientFactory.create(centre=centre)
        EnrolmentFactory.create(patient=patient, protocol_version=version, enrolled_on="2024-01-10")
        CaseStatusFactory.create(patient=patient)
    return version.study


def page(client: Client, study: Study, query: str = "") -> str:
    response = client.get(f"{reverse('analytics:report', args=[study.key])}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_offers_all_blocks_and_makes_no_report_unasked(
    client: Client, study: Study
) -> None:
    client.force_login(coordinator(study))

    html = page(client, study)

    assert html.count('type="checkbox" name="block"') == html.count(" checked>") == 17
    assert 'id="methods"' not in html


def test_the_chosen_blocks_are_shown_and_files_are_of_the_same_choices(
    client: Client, study: Study
) -> None:
    client.force_login(coordinator(study))

    html = page(
        client, study, "block=methods&block=accrual&cut=2026-01-31&known=now&goal=LC@24>=85"
    )

    assert html.index('id="accrual"') < html.index('id="methods"')
    assert 'id="flow"' not in html
    assert "Data cut 31 Jan 2026" in html
    assert (
        "report.pdf?block=accrual&amp;block=methods&amp;cut=2026-01-31&amp;known=now&amp;goal=LC%4024%3E%3D85"
        in html
    )


def test_what_cannot_be_used_of_an_address_is_said_and_the_rest_is_shown(
    client: Client, study: Study
) -> None:
    client.force_login(coordinator(study))

    html = page(client, study, "block=methods&block=poem&cut=soon&goal=XX@24>=85")

    assert "A block that is not known was left out." in html
    assert "soon is no day" in html
    assert "XX@24" in html
    assert 'id="methods"' in html


def test_a_file_is_saved_under_the_name_of_the_study(client: Client, study: Study) -> None:
    client.force_login(coordinator(study))
    address = reverse("analytics:report_file", args=[study.key, "html"])

    response = client.get(f"{address}?block=methods&cut=2026-01-31&known=now")

    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Content-Disposition"] == (
        f'attachment; filename="{study.key}-report-2026-01-31.html"'
    )
    assert "6 patients enrolled" in response.content.decode()
    assert client.get(reverse("analytics:report_file", args=[study.key, "exe"])).status_code == 404


def test_accrual_stands_beside_the_plan_for_readers_of_the_whole_study(
    client: Client, study: Study
) -> None:
    client.force_login(coordinator(study))

    html = page(client, study, "block=accrual&cut=2026-01-31&known=now")

    assert "Patients by centre against plan" in html
    # 6 of 10 planned.
    assert '<td class="num">60</td>' in html


def test_a_centre_sees_its_own_patients_only(client: Client, study: Study) -> None:
    other = CentreFactory.create(code="B")
    ParticipationFactory.create(study=study, centre=other)
    client.force_login(data_manager(other))

    html = page(client, study, "block=accrual&block=centres")

    assert "There is no patient." in html
    assert "What each centre owes is shown to readers of the whole study." in html


def test_a_reader_of_figures_is_shown_no_small_count(client: Client, study: Study) -> None:
    version = study.protocol_version()
    centre = CentreFactory.create(code="B")
    ParticipationFactory.create(study=study, centre=centre)
    patient = PatientFactory.create(centre=centre)
    EnrolmentFactory.create(patient=patient, protocol_version=version, enrolled_on="2024-02-10")
    reader = UserFactory.create()
    MembershipFactory.create(user=reader, study=study, role=Role.READER)
    client.force_login(reader)

    html = page(client, study, "block=accrual")

    assert "&lt; 5" in html
    assert '<td class="num">1</td>' not in html


def test_the_report_of_a_study_of_others_is_not_there(client: Client, study: Study) -> None:
    stranger = ProtocolVersionFactory.create(study=StudyFactory.create(key="cams")).study
    client.force_login(coordinator(stranger))

    assert client.get(reverse("analytics:report", args=[study.key])).status_code == 404
    assert client.get(reverse("analytics:report_file", args=[study.key, "pdf"])).status_code == 404


def test_the_study_page_leads_to_the_report(client: Client, study: Study) -> None:
    client.force_login(coordinator(study))

    html = client.get(reverse("analytics:study", args=[study.key])).content.decode()

    assert f'href="{reverse("analytics:report", args=[study.key])}"' in html
