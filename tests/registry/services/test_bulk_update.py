"""Many rows changed in one call are as if saved one by one, and refused as a whole."""

import pytest
from django.db import IntegrityError, transaction

from registry.models import AuditEvent, Patient
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services.bulk_update import update_values
from tests.factories import PatientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NAMES = ("birth_date", "sex", "missing")


@pytest.fixture(autouse=True)
def _whole_registry(db):
    with system_scope():
        yield


def values_of(patient: Patient) -> tuple:
    patient.refresh_from_db()
    return patient.birth_date, patient.sex, patient.missing


def test_each_row_gets_its_own_values_and_the_others_stay(db):
    one, other, untouched = (PatientFactory.create() for _ in range(3))
    before = values_of(untouched)
    born = PartialDate.parse("1961-04")

    update_values(
        Patient,
        NAMES,
        [(born, "female", {}, one.pk), (None, "male", {"birth_date": "unknown"}, other.pk)],
    )

    assert values_of(one) == (born, "female", {})
    assert values_of(other) == (None, "male", {"birth_date": "unknown"})
    assert values_of(untouched) == before


def test_every_changed_row_is_on_the_trail(db):
    patients = [PatientFactory.create(pseudonym=f"A-{n}") for n in range(2)]

    update_values(Patient, ["pseudonym"], [(f"B-{row.pk}", row.pk) for row in patients])

    events = AuditEvent.objects.filter(table="registry_patient", operation="U")
    assert set(events.values_list("row_id", flat=True)) == {row.pk for row in patients}


def test_a_row_that_is_gone_is_passed_over(db):
    patient = PatientFactory.create(sex="female")

    update_values(Patient, ["sex"], [("male", patient.pk + 1), ("male", patient.pk)])

    assert Patient.objects.get().sex == "male"


def test_one_row_that_the_database_refuses_takes_the_others_with_it(db):
    one, other = PatientFactory.create(sex="female"), PatientFactory.create(sex="female")

    with pytest.raises(IntegrityError), transaction.atomic():
        update_values(Patient, ["sex"], [("male", one.pk), ("no code", other.pk)])

    assert set(Patient.objects.values_list("sex", flat=True)) == {"female"}


def test_nothing_to_change_is_no_error(db):
    update_values(Patient, ["sex"], [])

    assert Patient.objects.count() == 0
