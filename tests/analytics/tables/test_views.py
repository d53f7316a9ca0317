"""Pages and files of the tables: figures by hand, who sees what, hostile text, few patients."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.artefacts.study_set import Section
from registry.models import Centre, Study
from tests.analytics.tables.studies import followed, reader_of, study_at
from tests.factories import coordinator, data_manager

pytestmark = pytest.mark.django_db

HOSTILE = "=1+1 <script>alert(1)</script> & \"'\u202e"


def page(client: Client, study: Study, section: str = "patients", query: str = "") -> str:
    address = reverse("analytics:tables_section", args=[study.key, section])
    response = client.get(f"{address}?{query}", follow=True)
    assert response.status_code == 200
    return response.content.decode()


def file(client: Client, study: Study, name: str, extension: str, **query: str):
    return client.get(reverse("analytics:tables_file", args=[study.key, name, extension]), query)


def line(html: str, label: str) -> list[str]:
    """The cells of the first line with that label."""
    row = re.search(rf"<th scope=\"row\"[^>]*>{re.escape(label)}</th>(.*?)</tr>", html, re.DOTALL)
    assert row, label
    return re.findall(r"<td[^>]*>([^<]*)</td>", row[1])


@pytest.fixture
def study_and_centres():
    """At A three women and a man, two of four dead; at B a man."""
    study, (a, b) = study_at("A", "B")
    for days, died, sex in ((100, True, "female"), (400, True, "male")):
        followed(study, a, days=days, died=died, sex=sex, grade="1")
    for days in (200, 500):
        followed(study, a, days=days, grade="2")
    followed(study, b, days=600, sex="male", grade="3")
    return study, a, b


@pytest.fixture
def study(study_and_centres) -> Study:
    return study_and_centres[0]


@pytest.fixture
def signed_in(client: Client, study: Study) -> Client:
    client.force_login(coordinator(study))
    return client


def test_the_contents_lead_to_every_section_and_artefact(signed_in, study):
    html = signed_in.get(reverse("analytics:tables", args=[study.key])).content.decode()
    base = reverse("analytics:tables", args=[study.key])
    for section in Section:
        path = f"/studies/{study.key}/paper/" if section is Section.PAPER else f"{base}{section}/"
        assert f'href="{path}"' in html
    assert f'href="{base}patients/#characteristics"' in html
    assert f'href="{base}models/#multivariable"' in html


@pytest.mark.parametrize("section", list(Section))
def test_every_section_answers(signed_in, study, section):
    assert f"<h1>{section.words}</h1>" in page(signed_in, study, section.value)


def test_the_figures_are_those_of_the_patients(signed_in, study):
    html = page(signed_in, study)
    assert line(html, "Female") == ["3 (60.0 %)"]
    assert "5 patients of 5" in html


def test_the_paper_page_goes_by_its_own_address(signed_in, study):
    html = signed_in.get(reverse("analytics:paper", args=[study.key])).content.decode()
    assert html.index("Comparison with the paper") < html.index("Comparison with published series")
    # Of the paper 68 patients were screened; here is no screening on file.
    assert line(html, "Patients reviewed")[1:3] == ["68", "0"]


def test_conditions_and_data_cut_of_the_address_choose_the_patients(signed_in, study):
    html = page(signed_in, study, query="where=sex:in:male")
    assert "2 patients of 5" in html
    assert "Only patients with: Sex is Male." in html
    assert line(html, "Male") == ["2 (100.0 %)"]
    # Of the five nobody was seen before day 100; the enrolment is of 2019.
    assert "Data cut: 1 Feb 2020." in page(signed_in, study, "follow-up", "cut=2020-02-01")


def test_a_typed_condition_becomes_part_of_the_address(signed_in, study):
    address = reverse("analytics:tables_section", args=[study.key, "patients"])
    response = signed_in.get(f"{address}?by=sex&is=in&value=male&cut=2021-01-01")
    assert response.status_code == 302
    assert response["Location"] == f"{address}?where=sex%3Ain%3Amale&cut=2021-01-01"


def test_what_the_address_asks_in_vain_is_told_and_the_rest_is_shown(signed_in, study):
    html = page(signed_in, study, query="where=sexes:in:male&cut=May")
    assert "There is no covariate sexes" in html
    assert "Data cut: May is no day" in html
    assert "5 patients of 5" in html


def test_a_table_comes_as_csv_with_the_choice_of_the_address(signed_in, study):
    response = file(signed_in, study, "characteristics", "csv", where="sex:in:male")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].endswith('filename="jinling-characteristics.csv"')
    lines = response.content.decode("utf-8-sig").splitlines()
    assert "Sex / Male,2 (100.0 %),2" in lines


def test_a_figure_comes_as_drawing_picture_and_numbers(signed_in, study):
    part = "curves-os"
    drawing = file(signed_in, study, "curves", "svg", part=part)
    assert drawing["Content-Type"] == "image/svg+xml"
    assert ElementTree.fromstring(drawing.content).tag.endswith("svg")
    assert file(signed_in, study, "curves", "png", part=part).content.startswith(b"\x89PNG")
    numbers = file(signed_in, study, "curves", "csv", part=part)
    assert numbers.content.decode("utf-8-sig").startswith("Months")


def test_an_artefact_and_a_section_come_as_a_document(signed_in, study):
    for name in ("toxicity", "section-toxicity"):
        response = file(signed_in, study, name, "docx")
        assert response.content.startswith(b"PK")
        assert response["Content-Disposition"].endswith(f'filename="jinling-{name}.docx"')


@pytest.mark.parametrize(
    ("name", "extension", "part"),
    [
        ("nothing", "csv", ""),
        ("characteristics", "svg", ""),
        ("characteristics", "exe", ""),
        ("curves", "csv", "nothing"),
        ("section-toxicity", "csv", ""),
        ("dose-volume", "csv", ""),
    ],
)
def test_what_is_not_there_is_not_found(signed_in, study, name, extension, part):
    assert file(signed_in, study, name, extension, part=part).status_code == 404


def test_a_section_that_is_not_there_is_not_found(signed_in, study):
    address = reverse("analytics:tables_section", args=[study.key, "nothing"])
    assert signed_in.get(address).status_code == 404


def test_a_centre_sees_its_own_patients_and_is_told(client, study_and_centres):
    study, _a, b = study_and_centres
    client.force_login(data_manager(b))
    html = page(client, study)
    assert "1 patient of 1" in html
    assert "those of your own centre's patients" in html


def test_a_reader_of_figures_is_shown_no_handful_and_no_small_group(client, study):
    client.force_login(reader_of(study))
    assert "5 patients of 5" in page(client, study)
    few = page(client, study, query="where=sex:in:male")
    assert "Fewer than 5 patients" in few
    assert "<table" not in few
    response = file(client, study, "characteristics", "csv", where="sex:in:male")
    contents = reverse("analytics:tables", args=[study.key])
    assert response["Location"] == f"{contents}?where=sex%3Ain%3Amale"
    # Two of grade 1, three of grades 2 and 3.
    groups = page(client, study, "groups")
    assert "Every group is of fewer than 5: none is shown." in groups
    assert 'class="figure' not in groups


def test_small_counts_are_for_those_who_read_the_cases(client, study):
    client.force_login(coordinator(study))
    assert line(page(client, study), "Male")[0].startswith("2 ")
    assert "2 (40.0 %)" in file(client, study, "characteristics", "csv").content.decode()
    client.force_login(reader_of(study))
    assert line(page(client, study), "Male")[0] == "&lt; 5"
    hidden = file(client, study, "characteristics", "csv").content.decode()
    assert "< 5" in hidden
    assert "(40.0 %)" not in hidden


def test_the_number_of_queries_does_not_grow_with_the_patients(signed_in, study_and_centres):
    study, a, _b = study_and_centres
    address = reverse("analytics:tables_section", args=[study.key, "outcome"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert signed_in.get(address).status_code == 200
        return len(found)

    first = queries()
    for days in (10, 20, 30):
        followed(study, a, days=days)
    assert queries() == first
    assert first < 45


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_one_patient_have_pages_too(client, count):
    study, (centre,) = study_at("A")
    for _place in range(count):
        followed(study, centre, days=100)
    client.force_login(coordinator(study))
    for section in Section:
        html = page(client, study, section.value)
        assert "could not be made" not in html
    assert file(client, study, "section-patients", "docx").status_code == 200


def test_hostile_text_stays_text_on_pages_and_in_files(client):
    study, (centre,) = study_at("A", title=HOSTILE)
    Centre.objects.filter(pk=centre.pk).update(code="=1+1")
    patient = followed(study, centre, days=100, died=True, histology=HOSTILE)
    client.force_login(coordinator(study))
    for section in Section:
        assert "<script>alert" not in page(client, study, section.value)
    assert "<script>alert" not in page(client, study, query=f"where={HOSTILE}")
    chart = file(client, study, "flow-chart", "svg").content
    assert ElementTree.fromstring(chart).tag.endswith("svg")
    csv = file(client, study, "lost-and-complete", "csv").content.decode("utf-8-sig")
    assert "'=1+1" in csv
    assert patient.pseudonym not in csv


def test_strangers_do_not_find_it(client, study):
    other, _centres = study_at(key="cams")
    client.force_login(coordinator(other))
    for name in ("tables", "paper", "covariates"):
        assert client.get(reverse(f"analytics:{name}", args=[study.key])).status_code == 404
    assert file(client, study, "characteristics", "csv").status_code == 404
