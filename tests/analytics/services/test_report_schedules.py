"""Who schedules reports, what is refused and with which words, and what the database refuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from analytics.models import ReportIssue, ReportSchedule, Rhythm
from analytics.reports.blocks import BLOCKS
from analytics.reports.goals import Goal
from analytics.reports.sight import Sight
from analytics.services.report_schedules import (
    Plan,
    ask_for_test,
    end_schedule,
    enter_issue,
    make_schedule,
    possible_readers,
)
from analytics.services.snapshots import freeze
from registry.errors import Refused
from registry.models import Study, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.time_zones import installation_day
from tests.analytics.extract.cohort import enrol, study_of
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    StudyFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
MEETING = dt.date(2026, 6, 18)


@pytest.fixture
def study() -> Study:
    return study_of("jinling")


@pytest.fixture
def steering(study: Study) -> User:
    return coordinator(study)


@pytest.fixture
def plan(steering: User) -> Plan:
    return Plan(title="Quarterly report", rhythm=Rhythm.QUARTERLY, readers=[steering])


def make(study: Study, plan: Plan, by: User | None = None, **more: object) -> ReportSchedule:
    now = more.pop("now", NOW)
    return make_schedule(study=study, plan=plan, by=by, now=now, **more)  # type: ignore[arg-type]


def refusals(study: Study, plan: Plan) -> list[tuple[str, str]]:
    """Fields and words, where something is refused and nothing kept."""
    with pytest.raises(Refused) as caught:
        make(study, plan)
    assert not ReportSchedule.objects.exists()
    return [(one.field, one.message) for one in caught.value.findings]


def member(study: Study, role: Role) -> User:
    user = UserFactory.create()
    MembershipFactory.create(user=user, role=role, study=study)
    return user


class TestMaking:
    def test_a_coordinator_schedules_what_a_plan_says(
        self, study: Study, steering: User, plan: Plan
    ):
        enrol(study, "P-1")
        reader = member(study, Role.READER)
        full = replace(
            plan,
            title="  Quarterly \r\n report ",
            readers=[reader, steering],
            blocks=["limitations", "flow"],
            goals=[Goal("LC", 24, 85)],
            sends_file=True,
        )

        made = make(study, full, steering)

        made.refresh_from_db()
        assert made.title == "Quarterly report"
        assert (made.rhythm, made.every, made.meetings) == ("quarterly", None, [])
        assert made.blocks == ["flow", "limitations"]
        assert made.goals == ["LC@24>=85"]
        assert made.sends_file
        assert set(made.readers.all()) == {reader, steering}
        assert (made.made_by, made.made_at, made.ended_at) == (steering, NOW, None)
        assert made.enrolled_before == 1

    def test_the_installation_may_as_well(self, study: Study, plan: Plan):
        assert make(study, plan).made_by is None

    def test_a_number_is_kept_only_where_it_says_something(self, study: Study, plan: Plan):
        made = [
            make(study, replace(plan, rhythm=rhythm, every=25, meetings=[MEETING, MEETING]))
            for rhythm in Rhythm
        ]

        assert {one.rhythm: (one.every, one.meetings) for one in made} == {
            "monthly": (None, []),
            "quarterly": (None, []),
            "enrolments": (25, []),
            "data_cuts": (None, []),
            "meetings": (25, ["2026-06-18"]),
        }
        assert made[-1].meeting_days == (MEETING,)

    @pytest.mark.parametrize("role", [Role.MONITOR, Role.ANALYST, Role.READER])
    def test_who_does_not_steer_the_study_schedules_nothing(
        self, study: Study, plan: Plan, role: Role
    ):
        with pytest.raises(PermissionDenied):
            make(study, plan, member(study, role))

    def test_neither_do_strangers_nor_centres(self, study: Study, plan: Plan):
        centre = CentreFactory.create()
        ParticipationFactory.create(study=study, centre=centre)
        other = coordinator(study_of("cams"))
        for person in (data_manager(centre), other, administrator(), UserFactory.create()):
            with pytest.raises(PermissionDenied):
                make(study, plan, person)
        assert not ReportSchedule.objects.exists()


class TestRefusals:
    @pytest.mark.parametrize("title", ["", " \n "])
    def test_a_title_is_needed(self, study: Study, plan: Plan, title: str):
        assert refusals(study, replace(plan, title=title)) == [("title", "A title is needed.")]

    def test_a_title_has_an_end(self, study: Study, plan: Plan):
        long = replace(plan, title="x" * 121)
        assert refusals(study, long) == [("title", "At most 120 characters.")]
        assert make(study, replace(plan, title="x" * 120)).title == "x" * 120

    def test_a_rhythm_is_chosen(self, study: Study, plan: Plan):
        assert refusals(study, replace(plan, rhythm="hourly")) == [
            ("rhythm", "Choose when a report is due.")
        ]

    @pytest.mark.parametrize("every", [None, 0, 10_001])
    def test_after_how_many_enrolments_is_said(self, study: Study, plan: Plan, every: int | None):
        asked = replace(plan, rhythm=Rhythm.ENROLMENTS, every=every)
        assert refusals(study, asked) == [("every", "Say after how many more patients.")]

    @pytest.mark.parametrize("every", [None, -1, 61])
    def test_how_many_days_before_a_meeting_is_said(
        self, study: Study, plan: Plan, every: int | None
    ):
        asked = replace(plan, rhythm=Rhythm.MEETINGS, every=every, meetings=[MEETING])
        assert refusals(study, asked) == [("every", "Say how many days before, from 0 to 60.")]

    def test_meetings_have_days_and_not_too_many(self, study: Study, plan: Plan):
        asked = replace(plan, rhythm=Rhythm.MEETINGS, every=7)
        words = [("meetings", "Name the days of the meetings, at most 40.")]
        many = [MEETING + dt.timedelta(days=number) for number in range(41)]
        assert refusals(study, asked) == words
        assert refusals(study, replace(asked, meetings=many)) == words

    def test_there_are_so_many_goals_as_a_report_shows(self, study: Study, plan: Plan):
        goals = [Goal("LC", float(months), 85) for months in range(1, 10)]
        with pytest.raises(Refused, match="At most 8 goals"):
            make(study, replace(plan, goals=goals))
        assert len(make(study, replace(plan, goals=goals[:8])).goals) == 8

    def test_parts_and_goals_are_those_that_there_are(self, study: Study, plan: Plan):
        asked = replace(plan, blocks=["flow", "poem"], goals=[Goal("XX", 24, 85)])
        (part, words), (goal, about) = refusals(study, asked)
        assert (part, words) == ("blocks", "There is no such part of a report.")
        assert goal == "goals"
        assert about.startswith("goal XX@24>=85: ")

    def test_a_study_without_a_protocol_is_not_reported_on(self, plan: Plan):
        bare = StudyFactory.create(key="bare")
        asked = replace(plan, readers=[coordinator(bare)])
        assert refusals(bare, asked) == [("study", "The study has no protocol yet.")]

    def test_readers_are_people_who_may_read_something(self, study: Study, plan: Plan):
        stranger = UserFactory.create(display_name="A stranger")
        gone = member(study, Role.READER)
        User.objects.filter(pk=gone.pk).update(is_active=False, display_name="Somebody gone")
        gone.refresh_from_db()

        assert refusals(study, replace(plan, readers=[])) == [
            ("readers", "Choose at least one reader.")
        ]
        found = refusals(study, replace(plan, readers=[*plan.readers, stranger, gone]))
        assert found == [
            ("readers", "A stranger may read nothing of this study."),
            ("readers", "Somebody gone may read nothing of this study."),
        ]

    def test_all_that_is_wrong_is_said_at_once(self, study: Study, plan: Plan):
        asked = replace(plan, title="", rhythm="hourly", readers=[])
        assert [field for field, _ in refusals(study, asked)] == ["title", "rhythm", "readers"]


class TestReaders:
    def test_people_of_the_study_and_of_its_centres_are_offered_with_what_they_may_read(
        self, study: Study, steering: User
    ):
        centre = CentreFactory.create()
        ParticipationFactory.create(study=study, centre=centre)
        manager, reader = data_manager(centre), member(study, Role.READER)
        former = member(study, Role.MONITOR)
        former.memberships.update(ends_on=installation_day() - dt.timedelta(days=1))
        gone = data_manager(centre, is_active=False)
        data_manager(CentreFactory.create())
        coordinator(study_of("cams"))
        administrator()

        found = possible_readers(study)

        assert found == {
            steering: Sight(),
            manager: Sight((centre.pk,)),
            reader: Sight(reads_cases=False),
        }
        assert gone not in found


class TestReplacing:
    def test_the_replaced_schedule_ends_with_it(self, study: Study, steering: User, plan: Plan):
        first = make(study, plan, steering)
        second = make(
            study, replace(plan, rhythm=Rhythm.MONTHLY), steering, replaces=first, now=NOW + MINUTE
        )

        first.refresh_from_db()
        assert (first.ended_by, first.ended_at) == (steering, NOW + MINUTE)
        assert (second.replaces, second.ended_at) == (first, None)
        assert second.with_replaced() == [second, first]

    def test_a_plan_that_cannot_be_ends_nothing(self, study: Study, steering: User, plan: Plan):
        first = make(study, plan, steering)
        with pytest.raises(Refused):
            make(study, replace(plan, title=""), steering, replaces=first)
        first.refresh_from_db()
        assert first.ended_at is None

    def test_of_two_who_replace_the_same_one_is_told(
        self, study: Study, steering: User, plan: Plan
    ):
        first = make(study, plan, steering)
        make(study, plan, steering, replaces=first)
        with pytest.raises(Refused, match="This schedule has ended already"):
            make(study, plan, coordinator(study), replaces=first)
        assert ReportSchedule.objects.filter(ended_at=None).count() == 1

    def test_one_of_another_study_is_not_replaced(self, study: Study, steering: User, plan: Plan):
        cams = study_of("cams")
        MembershipFactory.create(user=steering, role=Role.COORDINATOR, study=cams)
        first = make(cams, plan, steering)
        with pytest.raises(Refused, match="of another study"):
            make(study, plan, steering, replaces=first)
        first.refresh_from_db()
        assert first.ended_at is None


class TestEnding:
    def test_a_coordinator_ends_it_once(self, study: Study, steering: User, plan: Plan):
        made = make(study, plan, steering)
        end_schedule(schedule=made, by=steering, now=NOW + MINUTE)
        assert (made.ended_by, made.ended_at) == (steering, NOW + MINUTE)
        with pytest.raises(Refused, match="This schedule has ended already"):
            end_schedule(schedule=made, by=coordinator(study), now=NOW + 2 * MINUTE)
        made.refresh_from_db()
        assert made.ended_by == steering

    def test_others_do_not(self, study: Study, plan: Plan):
        made = make(study, plan)
        for person in (member(study, Role.ANALYST), coordinator(study_of("cams"))):
            with pytest.raises(PermissionDenied):
                end_schedule(schedule=made, by=person, now=NOW)
        made.refresh_from_db()
        assert made.ended_at is None


class TestAskingForATest:
    def test_it_is_for_who_asks_and_one_at_a_time(self, study: Study, steering: User, plan: Plan):
        made = make(study, plan)
        first = ask_for_test(schedule=made, by=steering, now=NOW)
        other = ask_for_test(schedule=made, by=coordinator(study), now=NOW)
        with pytest.raises(Refused, match="A test for you is being made already"):
            ask_for_test(schedule=made, by=steering, now=NOW + MINUTE)
        assert set(ReportIssue.objects.all()) == {first, other}

        with system_scope():
            snapshot = freeze(study=study, by=None)
        ReportIssue.objects.filter(pk=first.pk).update(made_at=NOW, snapshot=snapshot)
        later = ask_for_test(schedule=made, by=steering, now=NOW + MINUTE)
        assert len({first, later, other}) == 3
        assert first.tests_for == steering
        assert first.is_test
        assert len(first.occasion) <= 40

    def test_it_takes_no_number_from_the_reports(self, study: Study, plan: Plan):
        """A reader of number 2 would look for number 1 in vain."""
        made = make(study, plan)
        numbers = []
        for at, occasion in enumerate(["", "", "2026-Q2", "", "2026-Q3", ""]):
            now = NOW + at * MINUTE
            if occasion:
                issue = enter_issue(made, occasion=occasion, due_on=NOW.date(), now=now)
            else:
                issue = ask_for_test(schedule=made, by=coordinator(study), now=now)
            numbers.append((issue.is_test, issue.number))

        assert numbers == [(True, 1), (True, 1), (False, 1), (True, 2), (False, 2), (True, 3)]

    def test_who_does_not_steer_asks_for_none(self, study: Study, plan: Plan):
        made = make(study, plan)
        for person in (member(study, Role.READER), coordinator(study_of("cams"))):
            with pytest.raises(PermissionDenied):
                ask_for_test(schedule=made, by=person, now=NOW)

    def test_an_ended_schedule_is_not_tested(self, study: Study, steering: User, plan: Plan):
        made = make(study, plan)
        end_schedule(schedule=made, by=None, now=NOW)
        with pytest.raises(Refused, match="This schedule has ended already"):
            ask_for_test(schedule=made, by=steering, now=NOW)
        assert not ReportIssue.objects.exists()


class TestIssues:
    def test_an_occasion_is_entered_once_and_numbers_count_on(self, study: Study, plan: Plan):
        made = make(study, plan)
        first, again, second = (
            enter_issue(made, occasion=key, due_on=NOW.date(), now=NOW)
            for key in ("2026-Q1", "2026-Q1", "2026-Q2")
        )
        assert first == again
        assert (first.number, second.number) == (1, 2)


def test_every_part_of_a_report_can_be_chosen(study: Study, plan: Plan) -> None:
    assert make(study, replace(plan, blocks=list(BLOCKS)[::-1])).blocks == list(BLOCKS)
