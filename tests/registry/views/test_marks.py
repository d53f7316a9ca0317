"""Marks on the pages: buttons, reasons, fresh credentials, and locked forms that only show."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.case_forms import FormKey, whole_case
from registry.models import (
    Course,
    Disease,
    Draft,
    FormMark,
    IdentityLook,
    Patient,
    Study,
    User,
)
from registry.scope import system_scope
from registry.services import marks
from tests.factories import (
    CentreFactory,
    DiseaseFactory,
    EnrolmentFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
    monitor,
)
from tests.factories.people import PASSWORD, MembershipFactory
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    found: Study = ProtocolVersionFactory.create().study
    return found


@pytest.fixture
def patient(study: Study) -> Patient:
    return full_case(study.protocol_version(), centre=CentreFactory.create(code="A"))


@pytest.fixture
def disease(patient: Patient) -> Disease:
    with system_scope():
        found: Disease = Disease.objects.get(patient=patient)
    return found


@pytest.fixture
def investigator(patient: Patient) -> User:
    person: User = UserFactory.create(display_name="Investigator of A")
    MembershipFactory.create(user=person, role="investigator", centre=patient.centre)
    return person


def url(name: str, row: Disease | Course) -> str:
    args = [row.entity(), row.pk, row.patient.pseudonym]
    return reverse(f"registry:{name}", args=args)


def case_url(name: str, patient: Patient) -> str:
    return reverse(f"registry:{name}", args=["case", patient.pk, patient.pseudonym])


def page(client: Client, patient: Patient) -> str:
    response = client.get(reverse("registry:patient", args=[patient.pseudonym]))
    assert response.status_code == 200
    return response.content.decode()


def all_marks() -> list[FormMark]:
    with system_scope():
        return list(FormMark.objects.order_by("pk"))


def signs(client: Client, row: Disease, **sent: str) -> int:
    data = {"meaning": "reviewed", "password": PASSWORD} | sent
    return client.post(url("sign_form", row), data).status_code


def test_a_monitor_verifies_with_one_button_and_withdraws_it(
    client: Client, patient: Patient, study: Study, disease: Disease
) -> None:
    client.force_login(monitor(study))

    answer = client.post(url("mark_form", disease), {"do": "verify"})
    assert answer.headers["Location"] == f"/patients/{patient.pseudonym}/#disease"
    assert "Withdraw verification" in page(client, patient)

    client.post(url("mark_form", disease), {"do": "withdraw"})
    assert all_marks()[0].ended_at is not None


def test_without_any_mark_the_section_says_so_and_has_no_table(
    client: Client, patient: Patient, investigator: User
) -> None:
    client.force_login(investigator)
    html = page(client, patient)
    section = html.split('id="marks"')[1].split("</section>")[0]
    assert "Nothing is signed, verified or locked yet." in section
    assert "<table" not in section


@pytest.mark.parametrize("do", ["", "sign", "verify"])
def test_what_is_no_step_or_done_already_is_told(
    client: Client, study: Study, disease: Disease, do: str
) -> None:
    person = monitor(study)
    client.force_login(person)
    marks.verify(disease.patient, FormKey("disease", disease.pk), by=person)

    answer = client.post(url("mark_form", disease), {"do": do})

    assert answer.status_code == 422
    assert "Nothing was changed." in answer.content.decode()


def test_others_get_no_buttons_and_are_refused(
    client: Client, patient: Patient, disease: Disease
) -> None:
    client.force_login(data_manager(patient.centre))

    html = page(client, patient)

    assert "Mark as verified" not in html
    assert "/sign/" not in html
    for name, data in (
        ("mark_form", {"do": "lock"}),
        ("sign_form", {"meaning": "reviewed"}),
        ("unlock_form", {"reason": "why not"}),
    ):
        assert client.post(url(name, disease), data).status_code == 403
    assert all_marks() == []


@pytest.mark.parametrize("name", ["mark_form", "sign_form", "unlock_form"])
def test_forms_of_other_centres_and_forms_that_are_not_there_answer_404(
    client: Client, investigator: User, patient: Patient, disease: Disease, name: str
) -> None:
    client.force_login(investigator)
    elsewhere = DiseaseFactory.create(patient__centre=CentreFactory.create(code="B"))

    for address in (
        url(name, elsewhere),
        reverse(f"registry:{name}", args=["disease", elsewhere.pk, patient.pseudonym]),
        reverse(f"registry:{name}", args=["disease", 10**30, patient.pseudonym]),
        reverse(f"registry:{name}", args=["case", patient.pk + 1, patient.pseudonym]),
        reverse(f"registry:{name}", args=["identity", disease.pk, patient.pseudonym]),
    ):
        assert client.post(address, {"do": "verify"}).status_code == 404


def test_an_investigator_reads_what_is_signed_and_signs_with_the_password(
    client: Client, investigator: User, disease: Disease
) -> None:
    client.force_login(investigator)

    html = client.get(url("sign_form", disease)).content.decode()
    assert "I have reviewed this form against the source data" in html
    assert re.search(r"<dt>FNCLCC grade</dt><dd>G?2", html)
    assert "Leiomyosarcoma, NOS (8890/3)" in html

    assert signs(client, disease) == 302
    (mark,) = all_marks()
    assert (mark.by, mark.kind, mark.entity) == (investigator, "signed", "disease")
    html = page(client, disease.patient)
    assert "Investigator of A" in html
    assert mark.content_sha256[:16] in html
    assert url("sign_form", disease) not in html


@pytest.mark.parametrize("password", ["", "not my password"])
def test_without_the_password_nothing_is_signed(
    client: Client, investigator: User, disease: Disease, password: str
) -> None:
    client.force_login(investigator)

    assert signs(client, disease, password=password) == 422
    assert all_marks() == []


def test_a_meaning_of_one_s_own_is_not_signed(
    client: Client, investigator: User, disease: Disease
) -> None:
    client.force_login(investigator)

    assert signs(client, disease, meaning="I saw nothing wrong") == 422
    assert all_marks() == []


def test_an_incomplete_form_says_what_is_missing_instead(
    client: Client, investigator: User, patient: Patient
) -> None:
    client.force_login(investigator)
    row = DiseaseFactory.create(patient=patient, number=2, diagnosed_on=None)

    html = client.get(url("sign_form", row)).content.decode()

    assert "it is not complete" in html
    assert "Disease 2, date of diagnosis" in html or "Disease 2, diagnosed on" in html
    assert 'name="password"' not in html
    assert signs(client, row) == 422


def test_to_sign_the_whole_case_shows_the_birth_date_and_is_a_look(
    client: Client, investigator: User, patient: Patient
) -> None:
    client.force_login(investigator)

    html = client.get(case_url("sign_form", patient)).content.decode()

    assert "17 May 1960" in html
    assert IdentityLook._base_manager.get().place == "sign"


def test_an_edit_of_a_signed_form_shows_on_the_page(
    client: Client, investigator: User, disease: Disease
) -> None:
    from registry.services import records

    marks.sign(disease.patient, FormKey("disease", disease.pk), by=investigator, meaning="reviewed")
    records.change(disease, by=None, reason="typing error", version=1, size_cm="7.5")
    client.force_login(investigator)

    html = page(client, disease.patient)

    assert "Changed since it was signed" in html
    assert "The form was changed." in html
    assert url("sign_form", disease) in html


def test_unlocking_needs_a_reason(
    client: Client, patient: Patient, study: Study, disease: Disease
) -> None:
    person = coordinator(study)
    marks.lock(patient, FormKey("disease", disease.pk), by=person)
    client.force_login(person)
    assert url("unlock_form", disease) in page(client, patient)

    assert client.post(url("unlock_form", disease), {"reason": " "}).status_code == 422
    assert client.post(url("unlock_form", disease), {"reason": "new report"}).status_code == 302
    assert all_marks()[0].end_reason == "new report"
    # Somebody else was quicker.
    assert client.post(url("unlock_form", disease), {"reason": "again"}).status_code == 422


def test_who_locks_an_incomplete_form_is_told_how_much_is_open(
    client: Client, patient: Patient, study: Study
) -> None:
    row = DiseaseFactory.create(patient=patient, number=2, diagnosed_on=None)
    client.force_login(coordinator(study))

    answer = client.post(url("mark_form", row), {"do": "lock"}, follow=True)

    assert "Disease 2 locked. It is not complete: 1 item is open" in answer.content.decode()


class TestLockedForm:
    """The entry page of a locked form shows what is saved and saves nothing."""

    @pytest.fixture(autouse=True)
    def _locked(self, client: Client, patient: Patient, study: Study, disease: Disease) -> None:
        client.force_login(data_manager(patient.centre))
        person = coordinator(study, display_name="Coordinator of the study")
        marks.lock(patient, FormKey("disease", disease.pk), by=person)

    def address(self, patient: Patient) -> str:
        return reverse("registry:enter", args=["disease", "1", patient.pseudonym])

    def test_it_is_read_only_and_says_who_locked_it(self, client: Client, patient: Patient) -> None:
        html = client.get(self.address(patient)).content.decode()

        assert "This form is locked" in html
        assert "Coordinator of the study" in html
        assert '<fieldset class="locked" disabled>' in html
        assert 'accesskey="s"' not in html

    def test_what_is_sent_all_the_same_is_refused_and_kept_as_a_draft(
        self, client: Client, patient: Patient, disease: Disease
    ) -> None:
        sent = {"disease-version": "1", "disease-size_cm": "9", "reason-code": "typing_error"}

        answer = client.post(self.address(patient), sent)

        assert answer.status_code == 422
        assert "Disease 1 was locked by Coordinator of the study" in answer.content.decode()
        disease.refresh_from_db(from_queryset=Disease._base_manager.all())
        assert disease.size_cm is None
        assert Draft._base_manager.count() == 1

    def test_a_draft_of_before_waits(self, client: Client, patient: Patient) -> None:
        sent = {"disease-version": "1", "disease-histology": "typed before the lock"}
        client.post(self.address(patient).replace("/enter/", "/live/"), sent)

        html = client.get(self.address(patient)).content.decode()

        assert "typed before the lock" not in html
        assert Draft._base_manager.count() == 1

    def test_other_forms_of_the_patient_are_open(self, client: Client, patient: Patient) -> None:
        address = reverse("registry:enter", args=["course", "1", patient.pseudonym])

        assert "This form is locked" not in client.get(address).content.decode()


def test_of_many_lesions_the_locked_one_cannot_be_typed_into(
    client: Client, patient: Patient, study: Study
) -> None:
    from tests.factories import LesionFactory

    lesion = LesionFactory.create(patient=patient, number=2, longest_diameter_cm=3)
    marks.lock(patient, FormKey("lesion", lesion.pk), by=coordinator(study))
    client.force_login(data_manager(patient.centre))
    address = reverse("registry:enter", args=["lesions", "all", patient.pseudonym])

    html = client.get(address).content.decode()

    assert html.count('<fieldset class="locked" disabled>') == 1
    assert 'accesskey="s"' in html


def test_a_locked_case_is_said_at_the_top_and_locks_new_forms(
    client: Client, patient: Patient, study: Study
) -> None:
    marks.lock(patient, whole_case(patient), by=coordinator(study))
    client.force_login(data_manager(patient.centre))

    assert "The whole case is locked" in page(client, patient)
    new = reverse("registry:enter", args=["toxicity", "new", patient.pseudonym])
    assert "This form is locked" in client.get(new).content.decode()


def test_marks_are_shown_to_a_coordinator_of_the_study_without_the_identity(
    client: Client, patient: Patient, study: Study, investigator: User
) -> None:
    EnrolmentFactory.create(
        patient=patient, protocol_version=ProtocolVersionFactory.create(study__key="preop")
    )
    marks.verify(patient, whole_case(patient), by=monitor(study))
    client.force_login(coordinator(study))

    html = page(client, patient)

    assert "Source data verified" in html
    assert "Does not hold" not in html
    assert "Canary" not in html
