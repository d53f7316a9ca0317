"""Who is told: by roles, wishes, leaves and stand-ins; nobody is ever left out without a reason."""

import datetime as dt

import pytest

from followup.models import Leave, Reminder, ReminderWish
from registry.models import Centre, Study, User
from registry.scope import system_scope
from tests.factories import MembershipFactory, coordinator, data_manager
from tests.followup.factories import expected, followed
from tests.followup.sweeping import instant, mails_to, sweep_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]

D = dt.date
DUE = "2024-04-20 08:00"
ESCALATED = "2024-07-13 08:00"  # jinling escalates 60 days after 14 May


@pytest.fixture
def enrolment():
    return followed()


@pytest.fixture
def centre(enrolment) -> Centre:
    return enrolment.patient.centre


@pytest.fixture
def study(enrolment) -> Study:
    return enrolment.study


def away(user: User, first: D, last: D, stand_in: User | None = None) -> Leave:
    return Leave.objects.create(user=user, first_day=first, last_day=last, stand_in=stand_in)


def in_april(user: User, stand_in: User | None = None) -> Leave:
    return away(user, D(2024, 4, 1), D(2024, 4, 30), stand_in)


def told() -> set[tuple[str, int]]:
    """Kind and person of everything that was sent."""
    with system_scope():
        rows = Reminder.objects.filter(held="", digest__state="sent")
        return set(rows.values_list("kind", "recipient_id"))


def held() -> set[tuple[str, int]]:
    """Why something was held back, and from whom."""
    with system_scope():
        return set(Reminder.objects.exclude(held="").values_list("held", "recipient_id"))


class TestLeave:
    def test_the_stand_in_is_told_in_place_and_the_mail_says_for_whom(self, centre):
        manager = data_manager(centre, display_name="The data manager")
        investigator = MembershipFactory.create(role="investigator", centre=centre).user
        in_april(manager, investigator)
        sweep_at(DUE)
        assert told() == {("due", investigator.pk)}
        assert held() == {("on_leave", manager.pk)}
        (mail,) = mails_to(investigator.email)
        for text in (mail.text, mail.html):
            assert "You stand in for The data manager, who is away" in text

    def test_without_stand_in_the_fellow_data_managers_are_told(self, centre, study):
        manager, fellow = data_manager(centre), data_manager(centre)
        coordinator(study)
        in_april(manager)
        sweep_at(DUE)
        assert told() == {("due", fellow.pk)}
        assert "stand in" not in mails_to(fellow.email)[0].text

    def test_without_fellows_the_coordinators_are_told(self, centre, study):
        manager, steering = data_manager(centre), coordinator(study)
        in_april(manager)
        sweep_at(DUE)
        assert told() == {("due", steering.pk)}
        assert held() == {("on_leave", manager.pk)}

    def test_with_nobody_else_the_person_is_told_nevertheless(self, centre):
        manager = data_manager(centre)
        in_april(manager)
        sweep_at(DUE)
        assert told() == {("due", manager.pk)}

    @pytest.mark.parametrize("flaw", ["deactivated", "elsewhere", "away", "unsubscribed", "ended"])
    def test_a_stand_in_who_cannot_is_passed_over(self, centre, study, flaw):
        manager, steering = data_manager(centre), coordinator(study)
        there = followed().patient.centre if flaw == "elsewhere" else centre
        role = MembershipFactory.create(role="investigator", centre=there)
        in_april(manager, role.user)
        if flaw == "deactivated":
            User.objects.filter(pk=role.user_id).update(is_active=False)
        elif flaw == "away":
            in_april(role.user)
        elif flaw == "unsubscribed":
            off(role.user)
        elif flaw == "ended":
            role.ends_on = D(2024, 4, 19)
            role.save()
        sweep_at(DUE)
        assert ("due", steering.pk) in told()
        assert ("due", role.user_id) not in told()

    def test_what_is_still_needed_comes_on_the_first_day_after_it(self, centre):
        manager, fellow = data_manager(centre), data_manager(centre)
        away(manager, D(2024, 4, 10), D(2024, 4, 20), fellow)
        sweep_at(DUE)
        assert mails_to(manager.email) == []
        sweep_at("2024-04-21 00:00")
        assert len(mails_to(manager.email)) == 1
        assert held() == set()

    def test_a_stage_that_is_over_does_not_come_after_it(self, centre):
        manager = data_manager(centre)
        fellow = data_manager(centre)
        away(manager, D(2024, 4, 10), D(2024, 5, 31))
        for moment in (DUE, "2024-06-01 00:00"):
            sweep_at(moment)
        assert {kind for kind, person in told() if person == manager.pk} == {"overdue"}
        assert ("due", fellow.pk) in told()

    def test_a_leave_that_was_cancelled_is_none(self, centre):
        manager = data_manager(centre)
        data_manager(centre)
        leave = in_april(manager)
        Leave.objects.filter(pk=leave.pk).update(cancelled_at=instant("2024-04-02 08:00"))
        sweep_at(DUE)
        assert ("due", manager.pk) in told()

    def test_its_days_are_those_of_the_persons_zone(self, centre):
        Centre.objects.filter(pk=centre.pk).update(timezone="Asia/Tokyo")
        manager, fellow = data_manager(centre), data_manager(centre)
        away(manager, D(2024, 4, 21), D(2024, 4, 30), fellow)
        sweep_at("2024-04-20 14:59")
        assert ("due", manager.pk) in told()
        expected(followed(centre=centre), D(2024, 4, 20))
        sweep_at("2024-04-20 15:00")
        assert ("on_leave", manager.pk) in held()

    def test_escalation_goes_to_the_coordinators_stand_in(self, centre, study):
        data_manager(centre)
        gone, fellow = coordinator(study), coordinator(study)
        away(gone, D(2024, 7, 1), D(2024, 7, 31), fellow)
        sweep_at(ESCALATED)
        assert {person for kind, person in told() if kind == "escalation"} == {fellow.pk}

    def test_escalation_goes_to_a_coordinator_on_leave_if_nobody_else_is_there(self, centre, study):
        data_manager(centre)
        gone = coordinator(study)
        away(gone, D(2024, 7, 1), D(2024, 7, 31))
        sweep_at(ESCALATED)
        assert ("escalation", gone.pk) in told()

    def test_a_leave_entered_after_the_reminder_holds_it_back(self, centre):
        manager, fellow = data_manager(centre), data_manager(centre)
        sweep_at(DUE)
        expected(followed(centre=centre), D(2024, 4, 20))
        sweep_at("2024-04-20 09:00")  # pending: the digests of the day have gone
        away(manager, D(2024, 4, 20), D(2024, 4, 30))
        sweep_at("2024-04-21 08:00")
        assert held() == {("on_leave", manager.pk)}
        assert (len(mails_to(manager.email)), len(mails_to(fellow.email))) == (1, 2)


def off(user: User) -> None:
    ReminderWish.objects.create(user=user, unsubscribed_at=instant("2024-04-01 08:00"))


class TestWishes:
    def test_no_mail_ahead_for_whoever_does_not_want_it(self, centre):
        manager, other = data_manager(centre), data_manager(centre)
        ReminderWish.objects.create(user=manager, tells_ahead=False)
        sweep_at("2024-04-10 08:00")
        assert told() == {("ahead", other.pk)}
        assert held() == {("not_wanted", manager.pk)}
        sweep_at("2024-04-16 08:00")
        assert ("due", manager.pk) in told()

    def test_unsubscribed_people_get_escalations_only(self, centre, study):
        manager, steering = data_manager(centre), coordinator(study)
        off(manager)
        off(steering)
        sweep_at(ESCALATED)
        assert told() == {("escalation", steering.pk)}
        assert held() == {("not_wanted", manager.pk)}
        (mail,) = mails_to(steering.email)
        assert "You have turned reminder mails off. This one comes all the same" in mail.text

    def test_who_subscribes_again_is_told_what_is_still_needed(self, centre):
        manager = data_manager(centre)
        off(manager)
        sweep_at(DUE)
        ReminderWish.objects.update(unsubscribed_at=None)
        sweep_at("2024-04-20 09:00")
        assert told() == {("due", manager.pk)}
        assert held() == set()

    def test_a_wish_made_after_the_reminder_holds_it_back(self, centre):
        manager = data_manager(centre)
        sweep_at(DUE)
        expected(followed(centre=centre), D(2024, 4, 20))
        sweep_at("2024-04-20 09:00")
        off(manager)
        sweep_at("2024-04-21 08:00")
        assert held() == {("not_wanted", manager.pk)}
        assert len(mails_to(manager.email)) == 1
