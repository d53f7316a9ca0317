"""Free text about a case is refused when it says who the patient is."""

from typing import Any

import pytest

from registry.errors import Refused
from registry.models import IdentityLook, Patient
from registry.services import corrections, messages
from registry.services.no_names import checked_text, names_patient
from tests.factories import (
    EnrolmentFactory,
    IdentityFactory,
    PatientFactory,
    coordinator,
    data_manager,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def named(family: str = "", given: str = "", number: str = "") -> Patient:
    return IdentityFactory.create(
        family_name=family,
        given_names=given,
        record_number=number,
        record_number_index=None,
    ).patient


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("Müller", "Please call mrs MULLER again."),
        ("Müller", "Mu\u0308ller's wound"),
        ("Müller-Lüdenscheidt", "seen with Müller Lüdenscheidt today"),
        ("von der Leyen", "is leyen back?"),
        ("Groß", "GROSS came"),
        ("O'Neill", "ONeill"),
        ("Quandt", "Qu\u200bandt"),
        ("李", "李 came"),
    ],
)
def test_a_family_name_is_found_however_it_is_spelled(family: str, text: str) -> None:
    assert names_patient(text, named(family))


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("Long", "the interval is longer than planned"),
        ("Ring", "during the treatment"),
        ("", "nothing to compare with"),
        ("So", "so the form is complete"),
        ("-", "a dash - here"),
    ],
)
def test_other_words_are_not_taken_for_the_name(family: str, text: str) -> None:
    assert not names_patient(text, named(family))


def test_short_names_count_as_they_are_spelled() -> None:
    assert names_patient("Ms So came", named("So"))


def test_each_given_name_counts() -> None:
    patient = named(given="Anna Maria")
    assert names_patient("we saw maria today", patient)
    assert names_patient("anna-maria", patient)


@pytest.mark.parametrize("text", ["H-12/345", "h12345", "number H 12 345.", "(H-12/345)"])
def test_a_record_number_is_found_with_other_signs_between(text: str) -> None:
    assert names_patient(text, named(number="H-12/345"))
    assert not names_patient("H-12/3456", named(number="H-12/345"))


def test_the_names_of_other_patients_are_not_known() -> None:
    named("Quandt")
    assert not names_patient("Quandt", PatientFactory.create())


def test_a_refusal_repeats_nothing_and_is_written_down_as_a_look() -> None:
    enrolment = EnrolmentFactory.create()
    patient, steering = enrolment.patient, coordinator(enrolment.study)
    IdentityFactory.create(patient=patient, family_name="Quandt")

    with pytest.raises(Refused) as refused:
        messages.send(patient=patient, text="Is Quandt back?", by=steering)

    (finding,) = refused.value.findings
    assert (finding.model, finding.field) == ("case_message", "text")
    assert "quandt" not in finding.message.casefold()
    look = IdentityLook._base_manager.get()
    assert (look.user, look.patient, look.place) == (steering, patient, "text")


def test_the_own_centre_learns_nothing_by_it() -> None:
    patient = named("Quandt")
    with pytest.raises(Refused):
        checked_text(
            "Quandt",
            patient=patient,
            by=data_manager(patient.centre),
            model="transfer",
            field="reason",
            empty="?",
        )
    assert not IdentityLook._base_manager.exists()


def test_questions_and_answers_of_corrections_name_nobody() -> None:
    enrolment = EnrolmentFactory.create()
    patient, steering = enrolment.patient, coordinator(enrolment.study)
    IdentityFactory.create(patient=patient, family_name="Quandt")

    with pytest.raises(Refused) as refused:
        corrections.ask(patient=patient, question="Is it Quandt?", by=steering)
    assert refused.value.findings[0].field == "question"
    asked = corrections.ask(patient=patient, question="Why?", by=steering)
    with pytest.raises(Refused) as refused:
        corrections.answer(asked, text="Quandt said so", by=data_manager(patient.centre))
    assert refused.value.findings[0].field == "answer"


def test_a_text_is_cut_at_its_ends_and_has_a_length() -> None:
    patient = PatientFactory.create()
    values: dict[str, Any] = {
        "patient": patient,
        "by": data_manager(patient.centre),
        "model": "transfer",
        "field": "reason",
        "empty": "Say why.",
    }
    assert checked_text("  moved\0 ", **values) == "moved"
    with pytest.raises(Refused, match="Say why"):
        checked_text(" \0 ", **values)
    with pytest.raises(Refused, match="at most 4000 characters"):
        checked_text("x" * 4001, **values)
