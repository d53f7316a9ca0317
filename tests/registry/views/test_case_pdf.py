"""A case as PDF: complete, under the pseudonym, with its signatures; hostile texts do no harm."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from registry.case_forms import FormKey
from registry.models import Course, Disease, Patient, Study
from registry.scope import system_scope
from registry.services import marks, records
from tests.factories import (
    CentreFactory,
    CourseFactory,
    ProtocolVersionFactory,
    UserFactory,
    data_manager,
    monitor,
)
from tests.factories.people import MembershipFactory
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    found: Study = ProtocolVersionFactory.create().study
    return found


@pytest.fixture
def patient(study: Study) -> Patient:
    centre = CentreFactory.create(code="A")
    return full_case(study.protocol_version(), centre=centre, pseudonym="A-017/1")


def text_of(document: bytes, folder: Path) -> str:
    """The words of a PDF, one space between them."""
    file = folder / "case.pdf"
    file.write_bytes(document)
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not here: the words of a PDF cannot be read")
    done = subprocess.run([tool, "-layout", file, "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def fetched(client: Client, patient: Patient, folder: Path) -> str:
    answer = client.get(reverse("registry:case_pdf", args=[patient.pseudonym]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return text_of(answer.content, folder)


def test_it_holds_the_values_of_every_form_in_words(
    client: Client, patient: Patient, tmp_path: Path
) -> None:
    client.force_login(data_manager(patient.centre))

    text = fetched(client, patient, tmp_path)

    for words in (
        "Case A-017/1",
        "Leiomyosarcoma, NOS (8890/3)",
        "15 Jan 2024",
        "Target 1",
        "Wide excision",
        "Stable disease",
        "Dermatitis radiation",
        "Page 1 of",
        "Study jinling (jinling)",
        "Nothing is signed, verified or locked.",
    ):
        assert words in text


def test_it_is_pseudonymised_in_the_own_centre_too(
    client: Client, patient: Patient, tmp_path: Path
) -> None:
    client.force_login(data_manager(patient.centre))

    text = fetched(client, patient, tmp_path)

    assert "Birth date" in text
    assert "1960" in text
    for secret in ("17 May", "1960-05", "Canary", "CANARY"):
        assert secret not in text


def test_the_file_is_named_after_the_pseudonym_only(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))

    answer = client.get(reverse("registry:case_pdf", args=[patient.pseudonym]))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="A-017-1.pdf"'


def test_reasons_for_missing_values_are_printed(
    client: Client, patient: Patient, tmp_path: Path
) -> None:
    CourseFactory.create(
        patient=patient,
        number=2,
        started_on="2024-06-03",
        ended_on=None,
        missing={"ended_on": "refused"},
    )
    client.force_login(data_manager(patient.centre))

    assert "Refused" in fetched(client, patient, tmp_path)


def test_it_prints_who_signed_what_when_and_whether_that_holds(
    client: Client, patient: Patient, study: Study, tmp_path: Path
) -> None:
    person = UserFactory.create(display_name="Investigator of A")
    MembershipFactory.create(user=person, role="investigator", centre=patient.centre)
    with system_scope():
        disease, course = Disease.objects.get(), Course.objects.get()
    mark = marks.sign(patient, FormKey("disease", disease.pk), by=person, meaning="reviewed")
    marks.verify(patient, FormKey("course", course.pk), by=monitor(study))
    client.force_login(data_manager(patient.centre))

    text = fetched(client, patient, tmp_path)
    assert f"Signed: Investigator of A, {mark.at:%Y-%m-%d %H:%M} UTC" in text
    assert mark.content_sha256[:16] in text
    assert "not intact" not in text

    records.change(course, by=None, reason="typing error", version=1, energy="6 MV")
    with system_scope():
        assert Disease.objects.update(histology="past the application") == 1
    text = fetched(client, patient, tmp_path)
    assert "not intact" in text
    assert "The form was changed." in text


@pytest.mark.parametrize(
    "text",
    [
        "#panic() $x$ *b* `c` <a> @b \\ // /* #sys.inputs",
        "中文 😀 \u202e \u200b",
        "A" * 2000,
        "one\r\ntwo\x07",
    ],
)
def test_no_text_of_a_case_breaks_the_document(
    client: Client, patient: Patient, tmp_path: Path, text: str
) -> None:
    with system_scope():
        Course.objects.update(comment=text)
    client.force_login(data_manager(patient.centre))

    words = fetched(client, patient, tmp_path)

    assert "Comment" in words
    if text.startswith("#panic"):
        assert "#panic() $x$ *b* `c` <a> @b" in words


def test_other_centres_find_no_such_case(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(CentreFactory.create(code="B")))

    answer = client.get(reverse("registry:case_pdf", args=[patient.pseudonym]))

    assert answer.status_code == 404
