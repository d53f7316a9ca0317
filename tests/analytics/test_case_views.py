"""Pages of single patients behind the answers: censoring audit and dose-volume figures."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import TemporaryAccess
from registry.scope import system_scope
from tests.analytics.tables.studies import followed, reader_of, study_at
from tests.factories import DoseMetricFactory, PhaseFactory, UserFactory, coordinator, data_manager

pytestmark = pytest.mark.django_db

HOSTILE = "<b>Lung</b>"


@pytest.fixture
def here():
    study, (a, b) = study_at("A", "B")
    dead = followed(study, a, days=100, died=True)
    alive = followed(study, b, days=400)
    return study, a, dead, alive


def audit(client, study, endpoint="OS", query=""):
    address = reverse("analytics:censoring_audit", args=[study.key, endpoint])
    return client.get(f"{address}?{query}")


def dose_of(client, patient):
    return client.get(reverse("analytics:dose_volume", args=[patient.pseudonym]))


def test_the_audit_says_how_each_row_ended(client, here):
    study, _a, dead, alive = here
    client.force_login(coordinator(study))
    html = audit(client, study).content.decode()
    rows = html.split("Rows of the endpoint</caption>")[1].split("</tbody>")[0].split("<tr>")
    (died,) = [row for row in rows if dead.pseudonym in row]
    (seen,) = [row for row in rows if alive.pseudonym in row]
    # Days 100 and 400 after 1 January 2020, a leap year.
    assert "event: death" in died
    assert "10 Apr 2020" in died
    assert "censored: last follow-up" in seen
    assert "4 Feb 2021" in seen


def test_the_audit_obeys_a_data_cut_and_says_of_what_is_none(client, here):
    study, *_ = here
    client.force_login(coordinator(study))
    assert (
        "Data cut or day of the audit: 1 Apr 2020."
        in audit(client, study, query="cut=2020-04-01").content.decode()
    )
    assert "Data cut: May is no day" in audit(client, study, query="cut=May").content.decode()


def test_a_centre_audits_its_own_rows(client, here):
    study, a, dead, alive = here
    client.force_login(data_manager(a))
    html = audit(client, study).content.decode()
    assert dead.pseudonym in html
    assert alive.pseudonym not in html


def test_who_reads_figures_only_is_shown_no_row(client, here):
    study, _a, dead, _alive = here
    client.force_login(reader_of(study))
    response = audit(client, study)
    assert response.status_code == 403
    assert dead.pseudonym not in response.content.decode()
    assert dose_of(client, dead).status_code == 404


def test_an_endpoint_that_the_protocol_has_not_is_not_found(client, here):
    study, *_ = here
    client.force_login(coordinator(study))
    assert audit(client, study, "XX").status_code == 404


def test_the_doses_of_a_patient_stand_side_by_side(client, here):
    study, _a, patient, _alive = here
    with system_scope():
        course = patient.courses.get()
    PhaseFactory.create(course=course, dose_gy=50, fraction_count=25)
    DoseMetricFactory.create(course=course, structure="Heart", metric="Mean", value=25, unit="Gy")
    DoseMetricFactory.create(course=course, structure=HOSTILE, metric="Max", value=30, unit="Gy")
    client.force_login(coordinator(study))
    html = dose_of(client, patient).content.decode()
    # 25 Gy in 25 fractions with α/β of 3 Gy: 25 * (1 + 3) / (2 + 3) = 20 Gy.
    heart = html.split("Dose to Heart")[-1].split("</tbody>")[0]
    assert "25 Gy" in heart
    assert "20 Gy" in heart
    assert HOSTILE not in html
    assert "&lt;b&gt;Lung&lt;/b&gt;" in html
    page = client.get(reverse("registry:patient", args=[patient.pseudonym])).content.decode()
    assert reverse("analytics:dose_volume", args=[patient.pseudonym]) in page


def test_a_guest_of_the_case_sees_its_doses_and_no_other(client, here):
    study, _a, patient, other = here
    with system_scope():
        DoseMetricFactory.create(course=patient.courses.get(), structure="Heart")
        guest = UserFactory.create()
        now = timezone.now()
        TemporaryAccess.objects.create(
            patient=patient,
            user=guest,
            given_by=coordinator(study),
            given_at=now,
            ends_at=now + dt.timedelta(days=2),
            reason="Second opinion",
        )
    client.force_login(guest)
    assert "Dose to Heart" in dose_of(client, patient).content.decode()
    assert dose_of(client, other).status_code == 404


def test_a_patient_without_figures_is_said_to_have_none(client, here):
    study, _a, patient, _alive = here
    client.force_login(coordinator(study))
    assert (
        "No dose-volume figure of this patient is on file."
        in dose_of(client, patient).content.decode()
    )
