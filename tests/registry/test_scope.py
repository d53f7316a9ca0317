"""Who sees which rows: queries fail closed."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from registry.models import CLINICAL_MODELS, ClinicalRow, Identity, Membership, Patient, Screening
from registry.models.choices import Role
from registry.scope import ScopeError, scoped_to, system_scope
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    IdentityFactory,
    MembershipFactory,
    PatientFactory,
    PhaseFactory,
    ScreeningFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", CLINICAL_MODELS, ids=lambda model: model.__name__)
def test_every_clinical_query_outside_a_scope_raises(model: type[ClinicalRow]) -> None:
    with pytest.raises(ScopeError, match=model.__name__):
        model.objects.count()


def test_reverse_relations_are_closed_too() -> None:
    patient = PatientFactory.create()

    with pytest.raises(ScopeError):
        patient.courses.count()


def test_a_data_manager_sees_the_own_centre_only() -> None:
    own, other = PatientFactory.create(), PatientFactory.create()
    CourseFactory.create(patient=other)
    user = data_manager(own.centre)

    with scoped_to(user):
        assert list(Patient.objects.all()) == [own]
        assert other.courses.count() == 0
    assert list(Patient.objects.visible_to(user)) == [own]


def test_nested_rows_follow_their_patient() -> None:
    phase = PhaseFactory.create()
    user = data_manager(phase.course.patient.centre)
    stranger = data_manager(CentreFactory.create())

    assert list(type(phase).objects.visible_to(user)) == [phase]
    assert not type(phase).objects.visible_to(stranger).exists()


def test_a_coordinator_sees_enrolled_patients_of_every_centre_without_identity() -> None:
    enrolment = EnrolmentFactory.create()
    PatientFactory.create()  # in no study
    IdentityFactory.create(patient=enrolment.patient)
    user = coordinator(enrolment.study)

    assert list(Patient.objects.visible_to(user)) == [enrolment.patient]
    assert not Identity.objects.visible_to(user).exists()


def test_a_coordinator_sees_screenings_that_led_to_no_patient() -> None:
    screening = ScreeningFactory.create()

    assert list(Screening.objects.visible_to(coordinator(screening.study))) == [screening]


def test_a_voided_enrolment_gives_no_access() -> None:
    enrolment = EnrolmentFactory.create(voided_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    assert not Patient.objects.visible_to(coordinator(enrolment.study)).exists()


@pytest.mark.parametrize("person", ["administrator", "nobody", "anonymous", "deactivated"])
def test_others_see_nothing(person: str) -> None:
    patient = PatientFactory.create()
    users = {
        "administrator": lambda: administrator(),
        "nobody": lambda: UserFactory.create(),
        "anonymous": AnonymousUser,
        "deactivated": lambda: data_manager(patient.centre, is_active=False),
    }

    assert not Patient.objects.visible_to(users[person]()).exists()


def test_a_membership_ends_after_its_last_day() -> None:
    patient, user = PatientFactory.create(), UserFactory.create()
    MembershipFactory.create(
        user=user,
        role=Role.DATA_MANAGER,
        centre=patient.centre,
        ends_on=dt.date(2026, 3, 31),
    )

    with time_machine.travel(dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)):
        assert Patient.objects.visible_to(user).exists()
    with time_machine.travel(dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)):
        assert not Patient.objects.visible_to(user).exists()


def test_the_scope_ends_with_its_block() -> None:
    with system_scope():
        assert Patient.objects.count() == 0
    with pytest.raises(ScopeError):
        Patient.objects.count()


def test_every_role_belongs_to_a_place_of_one_kind() -> None:
    assert Membership.CENTRE_ROLES.isdisjoint(Membership.STUDY_ROLES)
    assert {*Membership.CENTRE_ROLES, *Membership.STUDY_ROLES, Role.ADMINISTRATOR} == set(Role)
