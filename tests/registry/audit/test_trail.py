"""The audit trail catches every way of writing, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from registry.audit import recorded
from registry.models import CLINICAL_MODELS, AuditEvent, ClinicalRow, Patient
from registry.scope import system_scope
from tests import factories
from tests.factories import CourseFactory, IdentityFactory, PatientFactory, PhaseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def factory_of(model: type[ClinicalRow]) -> Any:
    return getattr(factories, f"{model.__name__}Factory")


def save_new(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    return factory_of(model).create(), "I"


def bulk_create(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = _removed(factory_of(model).create())
    model.objects.bulk_create([row])
    return row, "I"


def raw_insert(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = _removed(factory_of(model).create())
    fields = [field for field in model._meta.concrete_fields if field.name != "id"]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks}) RETURNING id", values
        )
        row.pk = cursor.fetchone()[0]
    return row, "I"


def _removed(row: ClinicalRow) -> ClinicalRow:
    """The same values as an unsaved row: fit to be written in another way."""
    type(row).objects.filter(pk=row.pk).delete()
    row.pk = None
    row._state.adding = True
    return row


def save_changed(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = factory_of(model).create()
    row.version = 2
    row.save()
    return row, "U"


def queryset_update(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = factory_of(model).create()
    model.objects.filter(pk=row.pk).update(version=2)
    return row, "U"


def bulk_update(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = factory_of(model).create()
    row.version = 2
    model.objects.bulk_update([row], ["version"])
    return row, "U"


def raw_update(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = factory_of(model).create()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET version = 2 WHERE id = %s", [row.pk])
    return row, "U"


def admin_save(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = factory_of(model).create()
    row.version = 2
    request = RequestFactory().post("/")
    admin.ModelAdmin(model, admin.AdminSite()).save_model(request, row, form=None, change=True)
    return row, "U"


def delete(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = factory_of(model).create()
    key = row.pk
    row.delete()
    row.pk = key
    return row, "D"


def raw_delete(model: type[ClinicalRow]) -> tuple[ClinicalRow, str]:
    row = factory_of(model).create()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
    return row, "D"


WAYS: tuple[Callable[[type[ClinicalRow]], tuple[ClinicalRow, str]], ...] = (
    save_new,
    bulk_create,
    raw_insert,
    save_changed,
    queryset_update,
    bulk_update,
    raw_update,
    admin_save,
    delete,
    raw_delete,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("model", CLINICAL_MODELS, ids=lambda model: model.__name__)
def test_every_way_of_writing_every_clinical_table_is_recorded(
    model: type[ClinicalRow], way: Callable[[type[ClinicalRow]], tuple[ClinicalRow, str]]
) -> None:
    person = factories.UserFactory.create()

    with system_scope(), recorded(by=person, reason="proof", origin="test"):
        row, operation = way(model)

    events = AuditEvent.objects.filter(table=model._meta.db_table, row_id=row.pk)
    last = events.latest("id")
    assert last.operation == operation
    assert (last.actor_id, last.reason, last.origin) == (person.pk, "proof", "test")
    assert (last.old is None) == (operation == "I")
    assert (last.new is None) == (operation == "D")
    if operation == "U":
        assert (last.old["version"], last.new["version"]) == (1, 2)
        assert events.count() == 2


@pytest.mark.parametrize("model", CLINICAL_MODELS, ids=lambda model: model.__name__)
def test_an_event_names_the_patient_and_every_column(model: type[ClinicalRow]) -> None:
    row = factory_of(model).create()
    owner = row
    for name in filter(None, row.patient_path.split("__")):
        owner = getattr(owner, name)

    event = AuditEvent.objects.get(table=model._meta.db_table, row_id=row.pk)

    assert set(event.new) == {field.column for field in model._meta.concrete_fields}
    assert event.patient_id == (owner.pk if isinstance(owner, Patient) else None)


def test_a_write_without_a_person_is_recorded_as_such() -> None:
    patient = PatientFactory.create()

    event = AuditEvent.objects.get(table="registry_patient", row_id=patient.pk)

    assert event.actor_id is None
    assert event.reason == ""


def test_what_is_rolled_back_leaves_no_event() -> None:
    before = AuditEvent.objects.count()

    def broken_off() -> None:
        with recorded(by=None, reason="broken off"):
            PatientFactory.create()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()

    assert AuditEvent.objects.count() == before


def test_the_context_of_an_inner_block_ends_with_it() -> None:
    outer, inner = factories.UserFactory.create(), factories.UserFactory.create()

    with recorded(by=outer, reason="outer", origin="request"):
        with recorded(by=inner, reason="inner"):
            first = PatientFactory.create()
        second = PatientFactory.create()

    events = {
        event.row_id: (event.actor_id, event.reason, event.origin)
        for event in AuditEvent.objects.filter(table="registry_patient")
    }
    assert events[first.pk] == (inner.pk, "inner", "request")
    assert events[second.pk] == (outer.pk, "outer", "request")


def test_values_are_recorded_in_their_types() -> None:
    course = CourseFactory.create(simulation_4d=True, missing={"energy": "unknown"})

    new = AuditEvent.objects.get(table="registry_course", row_id=course.pk).new

    assert new["simulation_4d"] is True
    assert new["is_completed"] is None
    assert new["missing"] == {"energy": "unknown"}
    assert new["started_on"] == "2024-01-15"


def test_names_reach_the_trail_only_encrypted() -> None:
    IdentityFactory.create(family_name="Canary-Family")

    (event,) = AuditEvent.objects.filter(table="registry_identity")

    assert "Canary" not in str(event.new)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


FORGERIES: dict[str, Callable[[], Any]] = {
    "update": lambda: AuditEvent.objects.update(reason="forged"),
    "delete": lambda: AuditEvent.objects.all().delete(),
    "raw update": lambda: _execute("UPDATE registry_auditevent SET reason = 'forged'"),
    "raw delete": lambda: _execute("DELETE FROM registry_auditevent"),
}


@pytest.mark.parametrize("operation", FORGERIES)
def test_the_trail_refuses_to_be_changed(operation: str) -> None:
    PatientFactory.create()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        FORGERIES[operation]()


def test_postgresql_refuses_to_truncate_the_trail() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    PatientFactory.create()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _execute("TRUNCATE registry_auditevent")


def test_a_past_state_can_be_rebuilt_from_the_trail() -> None:
    phase = PhaseFactory.create(dose_gy=45)
    with system_scope():
        for dose in (50, 55):
            type(phase).objects.filter(pk=phase.pk).update(dose_gy=dose)

    states = AuditEvent.objects.filter(table="registry_phase", row_id=phase.pk)

    assert [float(event.new["dose_gy"]) for event in states] == [45, 50, 55]
    assert [event.old and float(event.old["dose_gy"]) for event in states] == [None, 45, 50]
