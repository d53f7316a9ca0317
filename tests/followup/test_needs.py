"""The stages of the reminder policy, and who is told of them."""

import datetime as dt

import pytest

from followup.needs import needs, stages
from followup.people import People
from registry.models import Membership, Patient
from registry.models.choices import Role
from registry.protocols.types import ReminderPolicy
from registry.scope import system_scope
from tests.factories import CentreFactory, MembershipFactory, coordinator, data_manager
from tests.followup.factories import expected, followed

D = dt.date
POLICY = ReminderPolicy(
    ahead_days=14, overdue_rounds_days=(7, 30, 60), escalate_after_days=45, lost_after_days=365
)


@pytest.mark.parametrize(
    ("today", "reached"),
    [
        (D(2024, 4, 1), []),
        (D(2024, 4, 2), [("ahead", 1)]),
        (D(2024, 4, 15), [("ahead", 1)]),
        (D(2024, 4, 16), [("due", 1)]),
        (D(2024, 5, 14), [("due", 1)]),
        (D(2024, 5, 20), [("due", 1)]),
        (D(2024, 5, 21), [("overdue", 1)]),
        (D(2024, 6, 12), [("overdue", 1)]),
        (D(2024, 6, 13), [("overdue", 2)]),
        (D(2024, 6, 28), [("overdue", 2), ("escalation", 1)]),
        (D(2024, 7, 13), [("overdue", 3), ("escalation", 1)]),
        (D(2030, 1, 1), [("overdue", 3), ("escalation", 1)]),
    ],
)
def test_a_window_from_16_april_to_14_may_reaches_its_stages(today, reached):
    assert list(stages(POLICY, D(2024, 4, 16), D(2024, 5, 14), today)) == reached


def noon(day: dt.date) -> dt.datetime:
    """Noon UTC of that day."""
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


@pytest.mark.django_db
class TestWhoIsTold:
    DUE_DAY = D(2024, 4, 20)
    ESCALATION_DAY = D(2024, 7, 13)  # jinling escalates 60 days after 14 May

    def told(self, today: dt.date) -> set[tuple[str, int]]:
        """(kind, person) of everything that people must know."""
        with system_scope():
            people = People.at(noon(today))
            return {
                (need.kind, need.recipient_id) for need, held in needs(people).items() if not held
            }

    def test_every_data_manager_of_the_patients_centre(self):
        enrolment = followed()
        people = [data_manager(enrolment.patient.centre) for _ in range(2)]
        data_manager(CentreFactory.create())
        coordinator(enrolment.study)
        expected(enrolment, self.DUE_DAY)
        assert self.told(self.DUE_DAY) == {("due", person.pk) for person in people}

    def test_nobody_for_a_far_date(self):
        enrolment = followed()
        data_manager(enrolment.patient.centre)
        expected(enrolment, D(2024, 2, 1))
        assert self.told(D(2024, 2, 1)) == set()

    def test_the_coordinators_of_the_study_on_escalation(self):
        enrolment = followed()
        manager, steering = data_manager(enrolment.patient.centre), coordinator(enrolment.study)
        coordinator(followed("cnao").study)
        expected(enrolment, self.ESCALATION_DAY)
        assert ("escalation", steering.pk) in self.told(self.ESCALATION_DAY)
        assert ("overdue", manager.pk) in self.told(self.ESCALATION_DAY)
        assert {person for _, person in self.told(self.ESCALATION_DAY)} == {manager.pk, steering.pk}

    def test_the_coordinators_where_the_centre_has_no_data_manager(self):
        enrolment = followed()
        steering = coordinator(enrolment.study)
        expected(enrolment, self.DUE_DAY)
        assert self.told(self.DUE_DAY) == {("due", steering.pk)}

    def test_no_deactivated_person_and_none_whose_membership_has_ended(self):
        enrolment = followed()
        centre = enrolment.patient.centre
        data_manager(centre, is_active=False)
        former, leaving = data_manager(centre), data_manager(centre)
        Membership.objects.filter(user=former).update(ends_on=D(2024, 4, 19))
        Membership.objects.filter(user=leaving).update(ends_on=self.DUE_DAY)
        MembershipFactory.create(role=Role.INVESTIGATOR, centre=centre)
        expected(enrolment, self.DUE_DAY)
        assert self.told(self.DUE_DAY) == {("due", leaving.pk)}

    def test_the_new_centre_after_a_transfer(self):
        enrolment = followed()
        data_manager(enrolment.patient.centre)
        new_centre = CentreFactory.create()
        receiving = data_manager(new_centre)
        with system_scope():
            Patient.objects.filter(pk=enrolment.patient_id).update(centre=new_centre)
        expected(enrolment, self.DUE_DAY)
        assert self.told(self.DUE_DAY) == {("due", receiving.pk)}

    def test_nobody_for_a_voided_patient(self):
        enrolment = followed()
        data_manager(enrolment.patient.centre)
        expected(enrolment, self.DUE_DAY)
        with system_scope():
            Patient.objects.filter(pk=enrolment.patient_id).update(
                voided_at=dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
            )
        assert self.told(self.DUE_DAY) == set()
