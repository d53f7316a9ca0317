"""One patient: who may see what, derived figures, reasons for what is missing."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from followup.services import recompute
from registry.models import Confirmation, CtcaeTerm, Patient, Study
from registry.scope import system_scope
from registry.services import records
from tests.factories import (
    BaselineFactory,
    CentreFactory,
    CourseFactory,
    DiseaseFactory,
    EnrolmentFactory,
    LesionFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    TargetFactory,
    ToxicityEventFactory,
    TreatmentHistoryFactory,
    coordinator,
    data_manager,
)
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

IDENTIFIERS = ["Canary-Family", "Canary-Given", "CANARY-", "1960-05-17", "17 May 1960"]


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    return full_case(study.protocol_version())


def page(client: Client, patient: Patient) -> str:
    response = client.get(reverse("registry:patient", args=[patient.pseudonym]))
    assert response.status_code == 200
    return response.content.decode()


def cells(html: str) -> list[str]:
    """The texts of the table cells, without markup inside them."""
    return [part.split("<")[0].strip() for part in html.split('<td class="num">')[1:]]


def test_the_own_centre_sees_who_the_patient_is(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    assert "Canary-Family" in html
    assert "Canary-Given" in html
    assert "17 May 1960" in html


def test_a_coordinator_sees_the_case_and_not_the_person(client, patient, study) -> None:
    client.force_login(coordinator(study))

    html = page(client, patient)

    assert "Leiomyosarcoma, NOS" in html
    assert "born 1960" in html
    assert [word for word in IDENTIFIERS if word in html] == []


@pytest.mark.parametrize("name", ["registry:patient", "registry:history"])
def test_a_patient_of_another_centre_answers_like_one_that_is_not_there(client, patient, name):
    client.force_login(data_manager(CentreFactory.create()))

    hidden = client.get(reverse(name, args=[patient.pseudonym]))
    absent = client.get(reverse(name, args=["NO-SUCH-PATIENT"]))

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.content == absent.content


@pytest.mark.parametrize("name", ["registry:patient", "registry:history"])
def test_the_pages_only_answer_reading(client: Client, patient: Patient, name: str) -> None:
    client.force_login(data_manager(patient.centre))

    assert client.post(reverse(name, args=[patient.pseudonym])).status_code == 405


def test_every_section_has_its_row(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    for words in (
        "Wide excision",
        "Chemotherapy",
        "Earlier radiotherapy",
        "Dermatitis radiation",
        "MRI",
        "SD",
        "Local",
        "Lost to follow-up",
    ):
        assert words in html, words
    assert "No " not in html.split('id="disease"')[1].split('id="outcome"')[0].replace("No.", "")


def test_the_dose_of_a_course_is_derived_with_its_alpha_beta(client, patient) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    # 50 Gy in 5: BED10 50(1 + 10/10), BED3 50(1 + 10/3), EQD2 50(10 + 10)/12 and 50(10 + 3)/5.
    assert cells(html.split("Derived dose in Gy")[1])[:7] == [
        "50",
        "5",
        "10",
        "100",
        "216.7",
        "83.3",
        "130",
    ]
    assert "BED (α/β 10 Gy)" in html
    assert "EQD2 (α/β 3 Gy)" in html


def test_a_boost_counts_for_its_own_target_only(client: Client, study) -> None:
    patient = PatientFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    course = CourseFactory.create(patient=patient, number=1)
    wide = TargetFactory.create(course=course, number=1, label="PTV_5000")
    boost = TargetFactory.create(course=course, number=2, label="PTV_6600")
    PhaseFactory.create(course=course, number=1, dose_gy=50, fraction_count=25)
    PhaseFactory.create(course=course, number=2, dose_gy=16, fraction_count=8, target=boost)
    client.force_login(data_manager(patient.centre))

    table = page(client, patient).split("Derived dose in Gy")[1]

    # 2 Gy per fraction: EQD2 is the dose itself, BED10 1.2 times the dose.
    assert cells(table.split(str(wide))[1])[:6] == ["50", "25", "2", "60", "83.3", "50"]
    assert cells(table.split(str(boost))[1])[:6] == ["66", "33", "2", "79.2", "110", "66"]


def test_a_dose_that_is_not_known_is_not_derived(client: Client, study) -> None:
    patient = PatientFactory.create()
    course = CourseFactory.create(patient=patient, number=1)
    PhaseFactory.create(course=course, number=1, dose_gy=None, missing={"dose_gy": "unknown"})
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    assert "No derived dose" in html
    assert '<span class="missing">Unknown</span>' in html


@pytest.mark.parametrize(
    ("onset", "word"),
    # The course ended on 31 January 2024; the protocol's border is 3 months after its end.
    [("2024-04-30", "Acute"), ("2024-05-01", "Late"), ("2024", "–")],
)
def test_toxicity_is_acute_or_late_by_the_protocol(client, study, onset, word) -> None:
    patient = PatientFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    course = CourseFactory.create(patient=patient, number=1)
    term = CtcaeTerm.objects.get(release="4.03", term="Fatigue")
    ToxicityEventFactory.create(
        patient=patient, number=1, course=course, term=term, grade=3, onset_on=onset
    )
    client.force_login(data_manager(patient.centre))

    section = page(client, patient).split('<section class="section" id="toxicity"')[1]
    row = section.split('<th scope="row">Fatigue')[1].split("</tr>")[0]

    assert "Grade 3" in row
    assert f"<td>{word}</td>" in row


def test_a_reason_for_a_missing_value_is_shown_in_its_place(client: Client) -> None:
    patient = PatientFactory.create()
    DiseaseFactory.create(patient=patient, number=1, depth="", missing={"depth": "not_done"})
    client.force_login(data_manager(patient.centre))

    assert '<dt>Depth</dt><dd><span class="missing">Not done</span></dd>' in page(client, patient)


def test_a_partial_date_is_shown_as_far_as_it_is_known(client: Client) -> None:
    patient = PatientFactory.create()
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on="2021-03")
    client.force_login(data_manager(patient.centre))

    assert '<time class="nowrap" datetime="2021-03">Mar 2021</time>' in page(client, patient)


def test_ages_at_diagnosis_and_treatment_are_derived(client: Client) -> None:
    patient = PatientFactory.create(birth_date="1960-05-17")
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on="2023-05-16")
    CourseFactory.create(patient=patient, number=1, started_on="2024-05-17", ended_on="2024-06-01")
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    assert "<dt>Age at diagnosis</dt><dd>62</dd>" in html
    assert "<dt>Age at first fraction</dt><dd>64</dd>" in html


def test_a_voided_row_is_in_the_history_only(client: Client) -> None:
    patient = PatientFactory.create()
    user = data_manager(patient.centre)
    lesion = LesionFactory.create(patient=patient, number=1, description="counted twice")
    with system_scope():
        records.void(lesion, by=user, reason="entered twice", version=lesion.version)
    client.force_login(user)

    html = page(client, patient)

    assert "No lesion recorded." in html
    assert "entered twice" in html.split('id="changes"')[1]


def test_every_id_of_the_page_is_there_once(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))

    idents = re.findall(r'\sid="([^"]+)"', page(client, patient))

    assert sorted(idents) == sorted(set(idents))


ENTER = 'href="/enter/'


def test_people_who_enter_cases_are_led_to_every_form(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    assert f'href="/enter/disease/1/{patient.pseudonym}/#row-disease"' in html
    assert f'href="/enter/course/1/{patient.pseudonym}/#row-course"' in html
    assert f'href="/enter/toxicity/1/{patient.pseudonym}/#' in html
    assert f'href="/enter/disease/new/{patient.pseudonym}/"' in html
    assert f'href="/enter/course/new/{patient.pseudonym}/"' in html
    assert "?section=courses" in html


def test_people_who_only_read_are_led_to_no_form(client: Client, patient, study) -> None:
    client.force_login(coordinator(study))

    html = page(client, patient)

    assert ENTER not in html
    assert "?section=courses" in html


def test_an_open_visit_leads_to_a_new_assessment_for_it(client: Client, patient, study) -> None:
    recompute([patient.pk], today=dt.date(2024, 5, 1))
    client.force_login(data_manager(patient.centre))
    visits = section_of(page(client, patient), "visits")
    client.force_login(coordinator(study))
    read_only = section_of(page(client, patient), "visits")

    # The protocol expects a visit 3 months after radiotherapy, and on.
    assert f"/enter/assessment/new/{patient.pseudonym}/?visit=last_rt_day-m" in visits
    assert "<tr>" in read_only
    assert ENTER not in read_only


def section_of(html: str, ident: str) -> str:
    return html.split(f'<section class="section" id="{ident}"')[1].split("</section>")[0]


def test_what_the_protocol_requires_is_named_in_its_section_with_its_field(client, patient) -> None:
    client.force_login(data_manager(patient.centre))

    html = section_of(page(client, patient), "courses")

    # The protocol requires intent and first fraction of a course; only the latter is recorded.
    problems = html.split('<div class="problems">')[1].split("</div>")[0]
    assert "What is missing" in problems
    address = f"/enter/course/1/{patient.pseudonym}/#id_course-intent"
    assert f'<a href="{address}">intent</a>' in problems
    assert "first fraction on" not in problems


def test_people_who_only_read_are_told_what_is_missing_without_a_way_to_it(client, patient, study):
    client.force_login(coordinator(study))

    problems = section_of(page(client, patient), "courses").split('<div class="problems">')[1]

    assert "intent" in problems
    assert "<a " not in problems.split("</div>")[0]


def test_a_confirmed_value_is_not_called_unlikely_any_more(client: Client, patient) -> None:
    course = CourseFactory.create(patient=patient, number=7)
    phase = PhaseFactory.create(course=course, number=1, dose_gy=40, fraction_count=1)
    user = data_manager(patient.centre)
    client.force_login(user)
    before = section_of(page(client, patient), "courses")

    with system_scope():
        Confirmation.objects.create(
            patient=patient,
            check_id="large-fraction",
            entity="phase",
            row_id=phase.pk,
            field="fraction_count",
            value="1",
            reason="single dose before palliation",
            by=user,
            at=timezone.now(),
        )
    after = section_of(page(client, patient), "courses")

    assert "more than 30 Gy in a fraction" in before
    assert "more than 30 Gy in a fraction" not in after


def test_answers_without_rows_are_shown(client: Client) -> None:
    patient = PatientFactory.create()
    TreatmentHistoryFactory.create(
        patient=patient, had_surgery=False, missing={"had_systemic_therapy": "unknown"}
    )
    BaselineFactory.create(patient=patient, number=1, comorbidities="diabetes;dementia")
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    assert "<dt>Operated for the sarcoma</dt><dd>No</dd>" in html
    assert '<dt>Systemic therapy</dt><dd><span class="missing">Unknown</span></dd>' in html
    assert "Diabetes without organ damage, Dementia" in html


def test_a_screening_is_shown_with_its_outcome(client: Client, study: Study) -> None:
    patient = PatientFactory.create()
    ScreeningFactory.create(
        study=study, patient=patient, centre=patient.centre, number=12, outcome="enrolled"
    )
    client.force_login(data_manager(patient.centre))

    html = section_of(page(client, patient), "enrolment")

    assert "Screening 12 for jinling" in html
    assert "<dt>Outcome</dt><dd>Enrolled</dd>" in html


def test_text_of_a_case_is_never_markup(client: Client) -> None:
    patient = PatientFactory.create(pseudonym="P/<b>1")
    LesionFactory.create(patient=patient, number=1, description="<script>alert(1)</script>")
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "P/&lt;b&gt;1" in html


def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: Client, study, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    version = study.protocol_version()
    centre = CentreFactory.create()
    few = full_case(version, centre=centre, rows=1)
    many = full_case(version, centre=centre, rows=8)
    client.force_login(data_manager(centre))
    page(client, few)  # the first request of a day notes the day, too

    with django_assert_max_num_queries(60) as first:
        page(client, few)
    with django_assert_num_queries(len(first)):
        page(client, many)
