"""What every form does: reasons, confirmations, conflicts, drafts, sending twice, taking back."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from registry.models import AuditEvent, Confirmation, Course, Disease, Enrolment, Phase
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    CourseFactory,
    DiseaseFactory,
    LesionFactory,
    PatientFactory,
    PhaseFactory,
    ToxicityEventFactory,
    coordinator,
    data_manager,
)
from tests.registry.entry.conftest import DISEASE


def test_partial_date_decimal_comma_and_reason_for_missing_are_kept(saved):
    assert saved.diagnosed_on == PartialDate(2023, 5)
    assert str(saved.size_cm) == "8.40"
    assert (saved.depth, saved.missing) == ("", {"depth": "unknown"})


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("14.3.2024", "2024-03-14"), ("20240314", "2024-03-14"), ("3.2024", "2024-03")],
)
def test_dates_are_read_as_people_type_them(desk, typed, stored):
    desk.send("disease", "new", DISEASE | {"disease-diagnosed_on": typed})

    with system_scope():
        assert str(Disease.objects.get().diagnosed_on) == stored


@pytest.mark.parametrize("words", ["Not done", "not_done", "NOT DONE"])
def test_a_reason_may_be_typed_in_place_of_a_number(desk, words):
    desk.send("disease", "new", DISEASE | {"disease-size_cm": words})

    with system_scope():
        disease = Disease.objects.get()
    assert (disease.size_cm, disease.reason_missing("size_cm")) == (None, "not_done")


def test_an_error_is_told_at_the_field_and_on_top_and_nothing_typed_is_lost(desk):
    answer = desk.send(
        "disease", "new", DISEASE | {"disease-diagnosed_on": "2023-13", "disease-site": "elbw"}
    )
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'href="#id_disease-diagnosed_on"' in page
    assert page.count("month 13 is not between 1 and 12") == 2
    assert 'value="2023-13"' in page
    assert 'value="elbw"' in page
    assert 'value="8,4"' in page
    with system_scope():
        assert not Disease.objects.exists()


def test_what_the_checks_refuse_is_told_at_the_field(desk):
    answer = desk.send("disease", "new", DISEASE | {"disease-diagnosed_on": "2199-01-01"})

    assert answer.status_code == 422
    assert "2199-01-01 is in the future" in answer.content.decode()


def test_an_unlikely_value_asks_for_a_reason_and_keeps_it(desk):
    large = DISEASE | {"disease-size_cm": "61"}
    asked = desk.send("disease", "new", large)
    name = "confirm-large-tumour-disease-size_cm"

    assert asked.status_code == 422
    assert f'name="{name}"' in asked.content.decode()
    answer = desk.send("disease", "new", large | {name: "Retroperitoneal, measured twice."})

    assert answer.status_code == 302
    with system_scope():
        kept = Confirmation.objects.get()
        disease = Disease.objects.get()
    assert (kept.check_id, kept.row_id, kept.field) == ("large-tumour", disease.pk, "size_cm")
    assert kept.reason == "Retroperitoneal, measured twice."
    assert kept.by == desk.user


def test_a_confirmed_value_is_not_asked_about_again_but_another_one_is(desk):
    name = "confirm-large-tumour-disease-size_cm"
    desk.send("disease", "new", DISEASE | {"disease-size_cm": "61", name: "Measured twice."})
    fields = desk.opened("disease", "1")

    same = desk.send("disease", "1", {**fields, "disease-histology": "Liposarcoma"})
    fields = desk.opened("disease", "1")
    other = desk.send(
        "disease", "1", {**fields, "disease-size_cm": "72", "reason-code": "typing_error"}
    )

    assert same.status_code == 302
    assert other.status_code == 422
    assert f'name="{name}"' in other.content.decode()


def test_a_correction_asks_why_and_the_trail_keeps_it(desk, saved):
    fields = desk.opened("disease", "1") | {"disease-size_cm": "9.4"}
    unexplained = desk.send("disease", "1", fields)
    other = desk.send("disease", "1", fields | {"reason-code": "other"})
    explained = desk.send(
        "disease",
        "1",
        fields | {"reason-code": "source_corrected", "reason-words": "Second pathology report"},
    )

    assert (unexplained.status_code, other.status_code) == (422, 422)
    assert "Choose why the saved values are changed." in unexplained.content.decode()
    assert explained.status_code == 302
    with system_scope():
        assert str(Disease.objects.get().size_cm) == "9.40"
    change = AuditEvent.objects.filter(table="registry_disease", operation="U").get()
    assert change.reason == "The source document was corrected: Second pathology report"
    assert change.actor_id == desk.user.pk


def test_filling_in_what_was_blank_is_no_correction(desk, saved):
    answer = desk.send("disease", "1", desk.opened("disease", "1") | {"disease-grade": "3"})

    assert answer.status_code == 302
    with system_scope():
        assert Disease.objects.get().grade == "3"


def test_saving_an_untouched_form_writes_nothing(desk, saved):
    answer = desk.send("disease", "1", desk.opened("disease", "1"))

    assert answer.status_code == 302
    assert not AuditEvent.objects.filter(table="registry_disease", operation="U").exists()


def test_an_entry_is_taken_back_with_a_reason_and_stays_in_the_database(desk, saved):
    fields = desk.opened("disease", "1") | {"take-back": "1"}
    unexplained = desk.send("disease", "1", fields)
    answer = desk.send("disease", "1", fields | {"reason-code": "wrong_patient"})

    assert unexplained.status_code == 422
    assert answer.status_code == 302
    with system_scope():
        assert Disease.objects.get().void_reason == "Entered for the wrong patient"
    assert desk.client.get(desk.address("disease", "1")).status_code == 404


def test_an_entry_that_others_rest_on_is_not_taken_back(desk):
    course = CourseFactory.create(patient=desk.patient, number=1)
    PhaseFactory.create(course=course, number=1)
    ToxicityEventFactory.create(
        patient=desk.patient, number=1, course=course, onset_on="2024-02-20"
    )
    fields = desk.opened("course", "1") | {"take-back": "1", "reason-code": "duplicate"}

    answer = desk.send("course", "1", fields)

    assert answer.status_code == 422
    assert "toxicity event 1 rests on this" in answer.content.decode()
    with system_scope():
        assert not Course.objects.get().is_void


def test_parts_of_an_entry_are_taken_back_with_it(desk):
    course = CourseFactory.create(patient=desk.patient, number=1)
    PhaseFactory.create(course=course, number=1)
    fields = desk.opened("course", "1") | {"take-back": "1", "reason-code": "duplicate"}

    assert desk.send("course", "1", fields).status_code == 302
    with system_scope():
        assert Course.objects.get().is_void
        assert Phase.objects.get().void_reason == "Entered twice"


def test_a_form_that_is_sent_twice_is_taken_once(desk):
    key = {"submission": str(uuid.uuid4())}
    first = desk.send("disease", "new", DISEASE | key)
    second = desk.send("disease", "new", DISEASE | key)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    with system_scope():
        assert Disease.objects.count() == 1


def test_numbers_are_never_used_twice(desk, saved):
    fields = desk.opened("disease", "1") | {"take-back": "1", "reason-code": "duplicate"}
    desk.send("disease", "1", fields)
    desk.send("disease", "new", DISEASE)

    with system_scope():
        assert [row.number for row in Disease.objects.order_by("pk")] == [1, 2]


class TestWhoMayEnter:
    """Data managers and investigators of the patient's own centre."""

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_coordinator_sees_the_patient_and_enters_nothing(self, desk, method):
        with system_scope():
            enrolment = Enrolment.objects.select_related("study").get(patient=desk.patient)
        desk.client.force_login(coordinator(enrolment.study))

        answer = getattr(desk.client, method)(desk.address("disease", "new"), DISEASE)

        assert answer.status_code == 403
        with system_scope():
            assert not Disease.objects.exists()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_for_another_centre_the_patient_does_not_exist(self, desk, method):
        desk.client.force_login(data_manager(CentreFactory.create()))

        answer = getattr(desk.client, method)(desk.address("disease", "new"), DISEASE)

        assert answer.status_code == 404

    def test_rows_of_another_patient_cannot_be_reached_through_hidden_inputs(self, desk, saved):
        stranger = PatientFactory.create(centre=desk.patient.centre)
        foreign = LesionFactory.create(patient=stranger, number=1)
        other = DiseaseFactory.create(patient=stranger, number=1)

        desk.send(
            "disease",
            "1",
            desk.opened("disease", "1")
            | {f"disease-{other.pk}-version": "1", f"disease-{other.pk}-size_cm": "3"},
        )
        desk.send("course", "new", {"course-version": "1", f"target-{foreign.pk}-version": "1"})

        with system_scope():
            other.refresh_from_db()
        assert other.version == 1


def test_an_unknown_form_is_not_found(desk):
    address = reverse("registry:enter", args=["nothing", "new", desk.patient.pseudonym])

    assert desk.client.get(address).status_code == 404


def test_a_confirmed_value_is_shown_with_its_reason(desk):
    name = "confirm-large-tumour-disease-size_cm"
    desk.send("disease", "new", DISEASE | {"disease-size_cm": "61", name: "Measured twice."})

    page = desk.client.get(desk.address("disease", "1")).content.decode()

    assert "Confirmed" in page
    assert "Measured twice." in page
    assert "Unlikely" not in page
