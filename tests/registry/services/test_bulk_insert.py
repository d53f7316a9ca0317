"""Many rows in one call are stored as one by one, and refused as a whole."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from registry.models import AuditEvent, Course, DoseMetric, Identity, Patient
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services.bulk_insert import insert
from tests.factories import CentreFactory, CourseFactory, PatientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture(autouse=True)
def _whole_registry(db):
    with system_scope():
        yield


def stated(centre, name: str) -> dict:
    return {
        "centre": centre,
        "pseudonym": name,
        "sex": "female",
        "birth_date": PartialDate.parse("1961-04"),
        "missing": {"sex": "unknown"},
    }


def test_rows_are_as_if_saved_one_by_one(db):
    centre = CentreFactory.create()
    insert([Patient(**stated(centre, "A-1"))])
    Patient(**stated(centre, "A-2")).save()
    CourseFactory.create()
    course = Course.objects.get()
    values = {"structure": "Bladder", "metric": "Mean", "unit": "Gy", "value": Decimal("12.50")}
    insert([DoseMetric(course=course, number=1, **values)])
    DoseMetric(course=course, number=2, **values).save()

    for rows, own in (
        (Patient.objects.filter(pseudonym__startswith="A-"), {"id", "pseudonym"}),
        (DoseMetric.objects.all(), {"id", "number"}),
    ):
        one, other = (
            {name: value for name, value in row.items() if name not in own} for row in rows.values()
        )
        assert one == other


def test_each_row_has_its_key_and_children_find_their_parents(db):
    centre = CentreFactory.create()
    existing = PatientFactory.create()
    patients = [Patient(**stated(centre, f"A-{n}")) for n in range(3)]
    courses = [Course(patient=patient, number=1) for patient in patients]

    insert(patients)
    insert(courses)
    later = PatientFactory.create()

    assert existing.pk < patients[0].pk < patients[1].pk < patients[2].pk < later.pk
    found = Course.objects.values_list("patient__pseudonym", flat=True)
    assert set(found) == {"A-0", "A-1", "A-2"}
    assert courses[0].patient is patients[0]
    assert not courses[0]._state.adding


def test_encrypted_columns_are_encrypted(db):
    patient = PatientFactory.create()
    insert([Identity(patient=patient, family_name="Canary")])

    raw = Identity.objects.extra(select={"raw": "family_name"}).values_list("raw", flat=True).get()
    assert "Canary" not in raw
    assert Identity.objects.get().family_name == "Canary"


def test_rows_that_share_a_document_each_have_it(db):
    centre = CentreFactory.create()
    shared, other = {"sex": "unknown"}, {"sex": "refused"}
    names = ("A-1", "A-2", "A-3")
    rows = [Patient(**stated(centre, name)) for name in names]
    for row, missing in zip(rows, (shared, other, shared), strict=True):
        row.missing = missing
    insert(rows)

    stored = Patient.objects.filter(pseudonym__in=names).order_by("pseudonym")
    assert list(stored.values_list("missing", flat=True)) == [shared, other, shared]


def test_every_row_is_on_the_trail(db):
    patients = [Patient(**stated(CentreFactory.create(), f"A-{n}")) for n in range(3)]
    insert(patients)

    events = AuditEvent.objects.filter(table="registry_patient", operation="I")
    assert set(events.values_list("row_id", flat=True)) == {row.pk for row in patients}


def test_one_row_that_the_database_refuses_takes_the_others_with_it(db):
    centre = CentreFactory.create()
    rows = [Patient(**stated(centre, name)) for name in ("A-1", "A-2", "A-1")]

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(rows)

    assert Patient.objects.count() == 0


def test_nothing_to_insert_is_no_error(db):
    insert([])

    assert Patient.objects.count() == 0
