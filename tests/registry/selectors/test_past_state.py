"""Any past state of a patient, rebuilt from the trail alone, equals what the tables held then."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from registry.fields import PartialDateField
from registry.models import (
    CLINICAL_MODELS,
    AuditEvent,
    ClinicalRow,
    Course,
    IdentityLook,
    Patient,
    Phase,
    Screening,
    Study,
)
from registry.partial_date import PartialDate
from registry.scope import scoped_to, system_scope
from registry.selectors.past_state import identity_then, state_at
from registry.services import records
from tests import factories
from tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    IdentityFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    coordinator,
    data_manager,
)
from tests.registry.past_states import Held, held_by, held_by_the_tables
from tests.registry.views.full_case import full_case

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def latest_moment() -> dt.datetime:
    moment: dt.datetime = AuditEvent.objects.latest("id").at
    return moment


def a_moment_later() -> dt.datetime:
    """The moment of the last event; what is written next comes later by the database's clock."""
    last = latest_moment()
    while timezone.now() - last < dt.timedelta(milliseconds=2):
        pass
    return last


class Writer:
    """Writes by chance to all tables of some patients, in every way a row can change."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        version = ProtocolVersionFactory.create()
        self.patients = [full_case(version), full_case(version)]
        for patient in self.patients:
            for name in ("Death", "TreatmentHistory", "Screening"):
                getattr(factories, f"{name}Factory").create(patient=patient)
        self.written: set[tuple[str, str]] = set()

    def step(self) -> None:
        """One write; one that the database refuses is taken back and leaves nothing."""
        model = self.chance.choice(CLINICAL_MODELS)
        way = self.chance.choice([self.create, self.change, self.change, self.void, self.remove])
        try:
            with transaction.atomic(), system_scope():
                way(model)
        except (IntegrityError, models.ProtectedError):
            return
        self.written.add((model.__name__, way.__name__))

    def create(self, model: type[ClinicalRow]) -> None:
        patient = self.chance.choice(self.patients)
        made = getattr(factories, f"{model.__name__}Factory")
        if model is Patient:
            made.create()
        elif "patient" in {field.name for field in model._meta.concrete_fields}:
            made.create(patient=patient)
        else:
            first = model.patient_path.split("__")[0]
            parent: Any = model._meta.get_field(first).related_model
            held = parent._base_manager.filter(**{parent.patient_path: patient})
            made.create(**{first: self.chance.choice(list(held.order_by("pk")))})

    def change(self, model: type[ClinicalRow]) -> None:
        field: Any = self.chance.choice(
            [one for one in model._meta.concrete_fields if not one.primary_key and not one.unique]
        )
        row = self._one(model)
        if model is Screening and field.name == "patient":
            row.patient = self.chance.choice([None, *self.patients])
            row.save()
        elif not field.is_relation:
            model._base_manager.filter(pk=row.pk).update(**{field.name: self._value(field)})

    def void(self, model: type[ClinicalRow]) -> None:
        row = self._one(model)
        model._base_manager.filter(pk=row.pk).update(
            voided_at=timezone.now(), void_reason="by chance", version=row.version + 1
        )

    def remove(self, model: type[ClinicalRow]) -> None:
        if model is not Patient:
            self._one(model).delete()

    def _one(self, model: type[ClinicalRow]) -> Any:
        rows = list(model._base_manager.order_by("pk"))
        if not rows:
            raise IntegrityError("nothing there to change")
        return self.chance.choice(rows)

    def _value(self, field: Any) -> Any:
        chance = self.chance
        if isinstance(field, PartialDateField):
            text = chance.choice(["2024", "2024-02", "2024-02-29", "1999-12-31"])
            return chance.choice([PartialDate.parse(text), None])
        if isinstance(field, models.DateTimeField):
            return chance.choice([timezone.now(), None])
        if isinstance(field, models.JSONField):
            return chance.choice([{}, {"comment": "unknown"}, {"a": "refused", "b": "not_done"}])
        if isinstance(field, models.BooleanField):
            return chance.choice([True, False, None])
        if isinstance(field, models.DecimalField | models.FloatField | models.IntegerField):
            return chance.choice([0, 1, 2, 3, None])
        if field.choices:
            return chance.choice([code for code, _ in field.flatchoices] + [""])
        return chance.choice(["", "Ünïcode “quoted” 'text'\nand a line", "=1+1", "0"])


@pytest.mark.parametrize("seed", range(4))
def test_after_every_write_the_rebuilt_state_equals_the_tables(seed: int) -> None:
    writer = Writer(seed)
    snapshots: dict[dt.datetime, list[Held]] = {}
    for _ in range(80):
        writer.step()
        # Writes within the same millisecond of SQLite's clock are one moment: the last counts.
        snapshots[latest_moment()] = [held_by_the_tables(one) for one in writer.patients]

    mismatches = [
        (moment, patient.pk)
        for moment, held in snapshots.items()
        for patient, expected in zip(writer.patients, held, strict=True)
        if held_by(state_at(patient.pk, moment)) != expected
    ]

    assert mismatches == []
    assert len(snapshots) > 30


def test_chance_writes_to_every_table_and_in_every_way() -> None:
    """Or the test above would prove nothing of a table."""
    written = set()
    for seed in range(4):
        writer = Writer(seed)
        for _ in range(80):
            writer.step()
        written |= writer.written

    assert {model for model, _way in written} == {model.__name__ for model in CLINICAL_MODELS}
    assert {way for _model, way in written} == {"create", "change", "void", "remove"}


def test_a_state_is_that_of_its_moment_and_not_of_today() -> None:
    phase = PhaseFactory.create(dose_gy=45)
    patient = phase.course.patient
    before = a_moment_later()
    with system_scope():
        records.change(phase, by=None, reason="read again", version=1, dose_gy=50)

    then, now = state_at(patient.pk, before), state_at(patient.pk, timezone.now())

    assert then is not None
    assert now is not None
    assert [row.dose_gy for row in then.case.of(Phase)] == [45]
    assert [row.dose_gy for row in now.case.of(Phase)] == [50]


def test_an_event_at_a_full_second_belongs_to_that_second() -> None:
    """SQLite keeps it as 12:00:00.000, which is not the text that Django asks with."""
    patient = PatientFactory.create()
    event = AuditEvent.objects.get(patient_id=patient.pk)
    noon = dt.datetime(2024, 5, 2, 12, tzinfo=dt.UTC)
    stored = "2024-05-02 12:00:00.000" + ("" if connection.vendor == "sqlite" else "+00:00")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_auditevent (at, reason, origin, operation, "
            '"table", row_id, patient_id, new) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)',
            [stored, "", "", "I", event.table, 10**9, 10**9, json.dumps(event.new)],
        )

    assert state_at(10**9, noon) is not None
    assert state_at(10**9, noon - dt.timedelta(microseconds=1)) is None


def test_before_the_first_event_there_was_no_patient() -> None:
    patient = PatientFactory.create()
    first = AuditEvent.objects.filter(patient_id=patient.pk).earliest("id").at

    assert state_at(patient.pk, first - dt.timedelta(milliseconds=1)) is None
    assert state_at(patient.pk, first) is not None


def test_rows_point_to_each_other_as_in_a_case_read_today() -> None:
    course = CourseFactory.create()
    PhaseFactory.create(course=course)

    state = state_at(course.patient_id, timezone.now())

    assert state is not None
    (phase,) = state.case.of(Phase)
    assert phase.course is state.case.of(Course)[0]
    assert phase.course.patient is state.case.patient


def test_a_row_that_was_taken_back_is_there_and_counts_no_more() -> None:
    course = CourseFactory.create()
    with system_scope():
        records.void(course, by=None, reason="entered twice", version=1)

    state = state_at(course.patient_id, timezone.now())

    assert state is not None
    assert [row.void_reason for row in state.case.rows[Course]] == ["entered twice"]
    assert state.case.of(Course) == []


def test_a_screening_belongs_to_the_patient_it_led_to_from_then_on() -> None:
    screening = ScreeningFactory.create()
    patient = PatientFactory.create(centre=screening.centre)
    before = a_moment_later()
    with system_scope():
        Screening.objects.filter(pk=screening.pk).update(patient=patient, outcome="enrolled")
        taken = a_moment_later()
        Screening.objects.filter(pk=screening.pk).update(patient=None, outcome="pending")

    states = [state_at(patient.pk, at) for at in (before, taken, timezone.now())]

    assert [len(state.case.rows.get(Screening, ())) for state in states if state] == [0, 1, 0]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    django_assert_num_queries, django_assert_max_num_queries
) -> None:
    version = ProtocolVersionFactory.create()
    few, many = full_case(version, rows=1), full_case(version, rows=6)

    with system_scope():
        with django_assert_max_num_queries(8) as first:
            state_at(few.pk, timezone.now())
        with django_assert_num_queries(len(first)):
            state_at(many.pk, timezone.now())


@pytest.fixture
def named() -> tuple[Patient, Study]:
    version = ProtocolVersionFactory.create()
    patient = PatientFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=version)
    IdentityFactory.create(patient=patient)
    return patient, version.study


def test_the_own_centre_reads_the_name_that_was_on_file_and_that_is_a_look(named) -> None:
    patient, _study = named
    before = a_moment_later()
    with system_scope():
        records.change(patient.identity, by=None, reason="married", version=1, family_name="New")
    manager = data_manager(patient.centre)

    with scoped_to(manager):
        state = state_at(patient.pk, before)
        assert state is not None
        identity = identity_then(state, patient)

    assert identity is not None
    assert identity.family_name == "Canary-Family"
    look = IdentityLook._base_manager.get()
    assert (look.user, look.patient, look.place) == (manager, patient, "past")


def test_nobody_else_reads_a_name_from_the_past(named) -> None:
    patient, study = named

    with scoped_to(coordinator(study)):
        state = state_at(patient.pk, timezone.now())
        assert state is not None
        assert identity_then(state, patient) is None

    assert not IdentityLook._base_manager.exists()


def test_a_name_whose_key_is_gone_is_said_to_be_closed(named, settings) -> None:
    patient, _study = named
    settings.IDENTITY_KEYS = ["mLOtvbWGd3XWqqkFzHLY6g1MVbnDgZ6Yv9zoqJBqnUo="]

    with scoped_to(data_manager(patient.centre)):
        state = state_at(patient.pk, timezone.now())
        assert state is not None
        identity = identity_then(state, patient)

    assert identity is not None
    assert identity.family_name == "(no key of the keyring opens it any more)"
