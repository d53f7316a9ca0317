"""Keys of many rows as one parameter of a query."""

import pytest

from followup.among import among
from registry.models import Patient
from registry.scope import system_scope
from tests.factories import EnrolmentFactory, PatientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture(autouse=True)
def _whole_registry(db):
    with system_scope():
        yield


def test_the_rows_of_the_keys_are_found_and_no_others():
    first, _second, third = (PatientFactory.create() for _ in range(3))
    assert set(Patient.objects.filter(pk__in=among([first.pk, third.pk]))) == {first, third}


def test_links_are_followed():
    enrolment, _other = EnrolmentFactory.create(), EnrolmentFactory.create()
    found = Patient.objects.filter(enrolments__in=among([enrolment.pk]))
    assert list(found) == [enrolment.patient]


def test_no_keys_are_no_rows():
    PatientFactory.create()
    assert not Patient.objects.filter(pk__in=among([])).exists()


def test_there_may_be_more_keys_than_a_statement_takes_parameters():
    patient = PatientFactory.create()
    assert list(Patient.objects.filter(pk__in=among(range(300_000)))) == [patient]
