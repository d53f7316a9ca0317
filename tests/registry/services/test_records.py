"""Single rows: created, changed with a reason, voided; never half, never silently."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoCaptureOnCommitCallbacks

from registry.announce import facts_changed
from registry.errors import Refused, Stale
from registry.models import AuditEvent, ClinicalRow, Course, Death, Lesion, Patient
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services import records
from registry.services.records import RowWrite
from tests.factories import (
    CentreFactory,
    CourseFactory,
    DeathFactory,
    LesionFactory,
    PatientFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.factories.people import ProtocolVersionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def count(model: type[ClinicalRow]) -> int:
    with system_scope():
        return int(model.objects.count())


def test_a_data_manager_creates_a_row_and_the_trail_says_so() -> None:
    patient = PatientFactory.create()
    person = data_manager(patient.centre)

    lesion = records.create(Lesion, by=person, patient=patient, number=1, site="thigh")

    event = AuditEvent.objects.get(table="registry_lesion", row_id=lesion.pk)
    assert event.actor_id == person.pk
    assert event.new["site"] == "thigh"


@pytest.mark.parametrize("stranger", ["other centre", "coordinator", "administrator"])
def test_others_may_not_write(stranger: str) -> None:
    patient = PatientFactory.create()
    people = {
        "other centre": lambda: data_manager(CentreFactory.create()),
        "coordinator": lambda: coordinator(ProtocolVersionFactory.create().study),
        "administrator": administrator,
    }

    with pytest.raises(PermissionDenied):
        records.create(Lesion, by=people[stranger](), patient=patient, number=1)
    assert count(Lesion) == 0


def test_what_a_check_finds_impossible_is_refused_with_place_and_id() -> None:
    course = CourseFactory.create()

    with pytest.raises(Refused) as refusal:
        records.create(Death, by=None, patient=course.patient, died_on="2023-01-01")

    finding = refusal.value.findings[0]
    assert (finding.check_id, finding.model, finding.number) == (
        "treated-after-death",
        "course",
        course.number,
    )
    assert count(Death) == 0


def test_what_is_no_date_is_refused_at_its_field() -> None:
    with pytest.raises(Refused) as refusal:
        records.create(Course, by=None, patient=PatientFactory.create(), started_on="31.1.2024")

    (finding,) = refusal.value.findings
    assert finding.field == "started_on"
    assert "31.1.2024" in finding.message


def test_what_only_the_database_knows_is_refused_too() -> None:
    lesion = LesionFactory.create(number=1)

    with pytest.raises(Refused) as refusal:
        records.create(Lesion, by=None, patient=lesion.patient, number=1)

    assert refusal.value.findings[0].check_id == "database"
    assert count(Lesion) == 1


def test_a_change_is_written_with_reason_and_new_version() -> None:
    course = CourseFactory.create(energy="6 MV")

    changed = records.change(course, by=None, reason="typing error", version=1, energy="10 MV")

    event = AuditEvent.objects.filter(table="registry_course", operation="U").get()
    assert event.reason == "typing error"
    assert (event.old["energy"], event.new["energy"]) == ("6 MV", "10 MV")
    assert changed.version == event.new["version"] == 2


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_change_without_reason_is_refused(reason: str) -> None:
    with pytest.raises(Refused, match="why"):
        records.change(CourseFactory.create(), by=None, reason=reason, version=1, energy="6 MV")


def test_a_change_to_the_same_value_writes_nothing() -> None:
    course = CourseFactory.create(started_on="2024-01-15")
    events = AuditEvent.objects.count()

    records.change(course, by=None, reason="again", version=1, started_on="2024-01-15")

    assert AuditEvent.objects.count() == events
    assert course.version == 1


def test_the_second_of_two_editors_is_told_and_overwrites_nothing() -> None:
    course = CourseFactory.create(energy="6 MV")
    with system_scope():
        second = Course.objects.get(pk=course.pk)
    records.change(course, by=None, reason="first", version=1, energy="10 MV")

    with pytest.raises(Stale):
        records.change(second, by=None, reason="second", version=1, energy="15 MV")

    with system_scope():
        assert Course.objects.get(pk=course.pk).energy == "10 MV"


def test_voiding_keeps_the_row_and_its_reason() -> None:
    death = DeathFactory.create()

    records.void(death, by=None, reason="wrong patient", version=1)

    with system_scope():
        assert Death.objects.get(pk=death.pk).void_reason == "wrong patient"
        assert not Death.objects.live().exists()


def test_after_a_voided_death_another_can_be_entered() -> None:
    death = DeathFactory.create()
    records.void(death, by=None, reason="wrong patient", version=1)

    again = records.create(Death, by=None, patient=death.patient, died_on=PartialDate(2025, 6))

    assert again.pk != death.pk


def test_listeners_hear_of_the_patient_once_it_is_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[frozenset[int]] = []

    def listen(patient_ids: frozenset[int], **_: object) -> None:
        heard.append(patient_ids)

    patient = PatientFactory.create()
    facts_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            records.create(Lesion, by=None, patient=patient, number=1)
            assert heard == []
    finally:
        facts_changed.disconnect(listen)

    assert heard == [frozenset({patient.pk})]


def test_a_patient_is_created_at_the_own_centre_only() -> None:
    own, other = CentreFactory.create(), CentreFactory.create()
    person = data_manager(own)

    assert records.create(Patient, by=person, centre=own, pseudonym="P-1").pk
    with pytest.raises(PermissionDenied):
        records.create(Patient, by=person, centre=other, pseudonym="P-2")


def test_rows_of_two_patients_are_not_written_together():
    one, other = PatientFactory.create(), PatientFactory.create()
    rows = [Lesion(patient=one, number=1), Lesion(patient=other, number=1)]

    with pytest.raises(ValueError, match="more than one patient"):
        records.write([RowWrite(row) for row in rows], by=data_manager(one.centre))

    with system_scope():
        assert not Lesion.objects.exists()
