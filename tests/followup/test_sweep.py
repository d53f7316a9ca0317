"""One sweep tells everybody what is due, once; many sweeps do the same."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from followup.models import Digest, ExpectedVisit, HeldReason, Recomputation, Reminder
from followup.schedules import OverrideKind
from followup.services import say_about_visit
from registry.models import Enrolment, Membership, Patient, User
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import CentreFactory, DeathFactory, coordinator, data_manager
from tests.followup.factories import expected, followed, full_visit, stored
from tests.followup.sweeping import DUE_DAY, digests, mails_to, reminders, sweep_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.services,
    pytest.mark.usefixtures("mailbox"),
]

D = dt.date


@pytest.fixture
def enrolment() -> Enrolment:
    return followed()


@pytest.fixture
def manager(enrolment) -> User:
    return data_manager(enrolment.patient.centre)


def held() -> list[str]:
    with system_scope():
        return list(Reminder.objects.exclude(held="").values_list("held", flat=True))


def test_what_is_due_is_mailed_to_the_data_manager(enrolment, manager):
    summary = sweep_on(DUE_DAY)
    assert summary.reminders_created == 1
    assert summary.digests_sent == 1
    (mail,) = mails_to(manager.email)
    assert enrolment.patient.pseudonym in mail.text
    assert reminders() == [("due", 1, "sent")]


def test_many_sweeps_send_it_once(enrolment, manager):
    for hour in range(24):
        sweep_on(DUE_DAY, hour)
    sweep_on(DUE_DAY + dt.timedelta(days=1))
    assert len(mails_to(manager.email)) == 1
    assert reminders() == [("due", 1, "sent")]


def test_a_sweep_with_nothing_new_writes_nothing(enrolment, manager):
    sweep_on(DUE_DAY)
    with CaptureQueriesContext(connection) as queries:
        summary = sweep_on(DUE_DAY, 9)
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
    assert summary.digests_sent == summary.reminders_created == 0


def test_a_person_gets_one_digest_a_day_with_all_patients(enrolment, manager):
    others = [followed(centre=enrolment.patient.centre) for _ in range(4)]
    sweep_on(DUE_DAY)
    late = followed(centre=enrolment.patient.centre)
    sweep_on(DUE_DAY, 12)
    (mail,) = mails_to(manager.email)
    assert all(other.patient.pseudonym in mail.text for other in [enrolment, *others])
    assert late.patient.pseudonym not in mail.text

    sweep_on(DUE_DAY + dt.timedelta(days=1))
    (_, next_day) = mails_to(manager.email)
    assert late.patient.pseudonym in next_day.text
    assert enrolment.patient.pseudonym not in next_day.text


def test_every_stage_is_told_once_over_the_months(enrolment, manager):
    steering = coordinator(enrolment.study)
    day = D(2024, 3, 1)
    while day < D(2024, 7, 16):  # up to the due day of month 6
        sweep_on(day)
        day += dt.timedelta(days=1)
    with system_scope():
        month_3 = Reminder.objects.filter(visit=stored(enrolment)["m03"])
        told = set(month_3.values_list("kind", "round", "recipient_id", "digest__day"))
    assert told == {
        ("ahead", 1, manager.pk, D(2024, 4, 2)),
        ("due", 1, manager.pk, D(2024, 4, 16)),
        ("overdue", 1, manager.pk, D(2024, 5, 21)),
        ("overdue", 2, manager.pk, D(2024, 6, 13)),
        ("overdue", 3, manager.pk, D(2024, 7, 13)),
        ("escalation", 1, steering.pk, D(2024, 7, 13)),
    }
    assert len(mails_to(steering.email)) == 1


def test_after_an_outage_only_the_stage_reached_is_told(enrolment, manager):
    sweep_on(D(2024, 3, 1))
    sweep_on(D(2024, 6, 1))
    assert reminders() == [("overdue", 1, "sent")]
    assert len(mails_to(manager.email)) == 1


def test_far_dates_leave_no_trace(enrolment, manager):
    summary = sweep_on(D(2024, 2, 1))
    assert summary.reminders_created == 0
    assert reminders() == []
    assert digests() == []


def test_the_first_sweep_of_a_day_recomputes_all(enrolment, manager):
    assert stored(enrolment) == {}
    sweep_on(DUE_DAY)
    sweep_on(DUE_DAY, 9)
    assert len(stored(enrolment)) == 11
    assert [row.day for row in Recomputation.objects.all()] == [DUE_DAY]


def test_the_database_refuses_the_same_reminder_twice(enrolment, manager):
    sweep_on(DUE_DAY)
    with system_scope():
        row = Reminder.objects.get()
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_the_database_refuses_a_second_digest_of_a_person_and_day(enrolment, manager):
    sweep_on(DUE_DAY)
    digest = Digest.objects.get()
    digest.pk, digest.message_id = None, "<another@testserver>"
    with pytest.raises(IntegrityError), transaction.atomic():
        digest.save(force_insert=True)


def test_a_visit_that_moves_is_told_anew(enrolment, manager):
    sweep_on(DUE_DAY)
    say_about_visit(
        stored(enrolment)["m03"],
        by=None,
        kind=OverrideKind.POSTPONED,
        reason="Wound not healed",
        postponed_to=D(2024, 6, 1),
        today=DUE_DAY,
    )
    sweep_on(D(2024, 5, 2))
    assert reminders() == [("due", 1, "sent")]
    sweep_on(D(2024, 6, 1))
    assert reminders() == [("due", 1, "sent"), ("due", 1, "sent")]


class TestNeedGoneBeforeSending:
    """The reminder is entered; the need goes; nothing is sent."""

    @pytest.fixture(autouse=True)
    def entered(self, mailbox, enrolment, manager):
        """The reminder waits for tomorrow: the digest of the day has gone with another visit."""
        sweep_on(DUE_DAY)
        self.second = followed(centre=enrolment.patient.centre)
        expected(self.second, DUE_DAY)
        sweep_on(DUE_DAY, 9)
        assert reminders() == [("due", 1, "sent"), ("due", 1, "pending")]
        self.address = manager.email
        self.manager = manager

    def assert_held(self, reason):
        summary = sweep_on(DUE_DAY + dt.timedelta(days=1))
        assert summary.digests_sent == 0
        assert held() == [reason]
        assert len(mails_to(self.address)) == 1

    def test_the_visit_was_done(self):
        full_visit(self.second, "2024-04-20")
        self.assert_held(HeldReason.DONE)

    def test_the_patient_died(self):
        DeathFactory.create(patient=self.second.patient, died_on="2024-04-19")
        self.assert_held(HeldReason.NOT_EXPECTED)

    def test_the_patient_withdrew(self):
        with system_scope():
            Enrolment.objects.filter(pk=self.second.pk).update(
                withdrawn_on=PartialDate.parse("2024-04-20"), withdrawal_scope="all"
            )
        self.assert_held(HeldReason.NOT_EXPECTED)

    def test_the_patient_was_transferred(self):
        receiving = data_manager(CentreFactory.create())
        with system_scope():
            centre = Membership.objects.get(user=receiving).centre
            Patient.objects.filter(pk=self.second.patient_id).update(centre=centre)
        summary = sweep_on(DUE_DAY + dt.timedelta(days=1))
        assert summary.digests_sent == 1
        assert held() == [HeldReason.NOT_RESPONSIBLE]
        assert len(mails_to(receiving.email)) == 1
        assert len(mails_to(self.address)) == 1

    def test_the_person_was_deactivated(self):
        User.objects.filter(pk=self.manager.pk).update(is_active=False)
        self.assert_held(HeldReason.NOT_RESPONSIBLE)

    def test_the_visit_was_put_off(self):
        say_about_visit(
            stored(self.second)["m03"],
            by=None,
            kind=OverrideKind.POSTPONED,
            reason="On holiday",
            postponed_to=D(2024, 7, 1),
            today=DUE_DAY,
        )
        self.assert_held(HeldReason.MOVED)

    def test_a_later_stage_was_reached(self):
        sweep_on(D(2024, 6, 1))
        assert held() == [HeldReason.LATER_STAGE]
        assert len(mails_to(self.address)) == 2

    def test_a_need_that_comes_back_is_told_after_all(self):
        death = DeathFactory.create(patient=self.second.patient, died_on="2024-04-19")
        self.assert_held(HeldReason.NOT_EXPECTED)
        with system_scope():
            type(death).objects.update(voided_at=dt.datetime(2024, 4, 22, tzinfo=dt.UTC))
        sweep_on(DUE_DAY + dt.timedelta(days=2))
        assert held() == []
        assert len(mails_to(self.address)) == 2

    def test_the_listener_had_failed_and_the_stored_visit_was_old(self):
        """The facts are read again before sending, whatever is stored."""
        DeathFactory.create(patient=self.second.patient, died_on="2024-04-19")
        Recomputation.objects.create(day=DUE_DAY + dt.timedelta(days=1))
        with system_scope():
            assert ExpectedVisit.objects.filter(enrolment=self.second, state="open").exists()
        self.assert_held(HeldReason.NOT_EXPECTED)
