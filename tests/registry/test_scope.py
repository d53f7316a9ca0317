"""Who sees which rows: queries fail closed."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from registry.models import (
    CLINICAL_MODELS,
    ClinicalRow,
    Identity,
    Patient,
    Screening,
    TemporaryAccess,
)
from registry.models.choices import Role
from registry.roles import GRANTS
from registry.scope import ScopeError, scoped_to, system_scope
from registry.selectors.studies import reads_cases_of, sees_whole_study
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    IdentityFactory,
    MembershipFactory,
    ParticipationFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
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


def test_every_role_has_a_line_in_the_table_of_roles() -> None:
    assert set(GRANTS) == set(Role)


def test_temporary_access_shows_one_case_until_its_end_and_no_identity() -> None:
    patient, other = PatientFactory.create(), PatientFactory.create()
    guest, giver = UserFactory.create(), UserFactory.create()
    with system_scope():
        IdentityFactory.create(patient=patient)
        TemporaryAccess.objects.create(
            patient=patient,
            user=guest,
            reason="second opinion",
            given_by=giver,
            given_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
            ends_at=dt.datetime(2026, 3, 8, tzinfo=dt.UTC),
        )
    with time_machine.travel(dt.datetime(2026, 3, 7, tzinfo=dt.UTC)), scoped_to(guest):
        assert list(Patient.objects.all()) == [patient]
        assert other not in Patient.objects.all()
        assert not Identity.objects.exists()
    with time_machine.travel(dt.datetime(2026, 3, 8, tzinfo=dt.UTC)), scoped_to(guest):
        assert not Patient.objects.exists()


def test_a_screening_with_a_patient_follows_the_patient_to_another_centre() -> None:
    screened_at = CentreFactory.create()
    there, here = data_manager(screened_at), data_manager(CentreFactory.create())
    study = ParticipationFactory.create(centre=screened_at).study
    patient = PatientFactory.create(centre=here.memberships.get().centre)
    with system_scope():
        Screening.objects.create(
            study=study, centre=screened_at, number=1, patient=patient, outcome="enrolled"
        )
    with scoped_to(there):
        assert not Screening.objects.exists()
    with scoped_to(here):
        assert Screening.objects.count() == 1


def test_rows_behind_figures_are_for_whoever_reads_every_case_that_counts() -> None:
    study, centre = ProtocolVersionFactory.create().study, CentreFactory.create(code="own")
    ParticipationFactory.create(study=study, centre=centre)
    people = {
        "data manager": data_manager(centre),
        "coordinator": coordinator(study),
        "reader": UserFactory.create(),
        "data manager who reads figures of the study": data_manager(centre),
    }
    for name in ("reader", "data manager who reads figures of the study"):
        MembershipFactory.create(user=people[name], role=Role.READER, study=study)
    found = {}
    for name, person in people.items():
        with scoped_to(person):
            found[name] = (sees_whole_study(study), reads_cases_of(study))
    assert found == {
        "data manager": (False, True),
        "coordinator": (True, True),
        "reader": (True, False),
        "data manager who reads figures of the study": (True, False),
    }
