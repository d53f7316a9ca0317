"""What the studies prescribe reaches the stored visits: versions, end of the study, transfers."""

import datetime as dt

import pytest

from followup.basis import read_bases
from followup.models import ExpectedVisit, VisitState
from followup.rules import read_study_rules, reminder_policies
from followup.schedules import NoteCode
from registry.models import Enrolment, ProtocolVersion, Study
from registry.partial_date import PartialDate
from registry.protocols import preset_text
from registry.scope import system_scope
from tests.factories import (
    CourseFactory,
    LossToFollowUpFactory,
    ProgressionFactory,
    ProtocolVersionFactory,
)
from tests.followup.factories import expected, followed, full_visit

pytestmark = [pytest.mark.django_db, pytest.mark.services]

D = dt.date
TODAY = D(2024, 9, 1)

# Under jinling, from 31 January 2024: months 3, 6, 12 on 30 April, 31 July, 31 January 2025.


def text(*changes: tuple[str, str], of: str = "jinling") -> str:
    """The protocol with parts of its text replaced."""
    source = preset_text(of)
    for old, new in changes:
        assert old in source
        source = source.replace(old, new, 1)
    return source


SINGLE_MONTHS = "{ months = [3, 6], "
QUARTERLY = (SINGLE_MONTHS, "{ months = [3, 6, 9], ")
RESTART = ("[schedule]", '[schedule]\nsecond_course = "restart"')
LATER_ESCALATION = ("escalate_after_days = 60", "escalate_after_days = 90")


def amend(study: Study, source: str, from_day: D, reach: str = "open_visits") -> ProtocolVersion:
    return ProtocolVersionFactory.create(
        study=study, number=2, effective_on=from_day, source=source, applies_to=reach
    )


def test_an_amendment_for_all_patients_brings_its_visits_from_its_day_on():
    enrolment = followed()
    full_visit(enrolment, "2024-05-02")
    before = expected(enrolment, TODAY)
    amend(enrolment.study, text(QUARTERLY), D(2024, 9, 15))
    after = expected(enrolment, TODAY)
    assert set(after) - set(before) == {"m09"}
    assert after["m09"].target == D(2024, 10, 31)
    assert (after["m03"].state, after["m03"].target) == (VisitState.DONE, D(2024, 4, 30))
    assert after["m06"].revision == before["m06"].revision == 0


def test_an_amendment_for_new_patients_leaves_the_others_alone():
    enrolment = followed()
    before = set(expected(enrolment, TODAY))
    amend(enrolment.study, text(QUARTERLY), D(2024, 9, 15), reach="new_patients")
    assert set(expected(enrolment, TODAY)) == before


def test_what_an_amendment_drops_is_superseded_and_what_was_done_stays():
    enrolment = followed()
    full_visit(enrolment, "2024-08-01")
    expected(enrolment, TODAY)
    amend(enrolment.study, text((SINGLE_MONTHS, "{ months = [3], ")), D(2024, 7, 1))
    after = expected(enrolment, TODAY)
    assert after["m06"].state == VisitState.DONE
    other = followed()
    assert "m06" not in expected(other, TODAY)


def test_an_end_that_an_amendment_brings_leaves_what_was_overdue_before_it():
    ProtocolVersionFactory.create(source=text(('"progression", ', "")))
    enrolment = followed()
    ProgressionFactory.create(patient=enrolment.patient, occurred_on="2024-05-20")
    amend(enrolment.study, text(), D(2024, 9, 1))
    visits = expected(enrolment, TODAY)
    for key in ("m03", "m06"):  # under the first version, which goes on after a progression
        assert visits[key].status_on(TODAY) == "overdue"
    assert visits["m12"].state == VisitState.CANCELLED


def test_a_version_that_is_not_saved_can_be_tried():
    enrolment = followed()
    expected(enrolment, TODAY)
    draft = ProtocolVersion(
        study=enrolment.study,
        number=2,
        effective_on=D(2024, 9, 15),
        applies_to="open_visits",
        source=text(QUARTERLY),
    )
    with system_scope():
        (basis,) = read_bases([enrolment.patient_id], rules=read_study_rules(draft))
        plan = basis.plan(TODAY)
        assert [visit.key for visit in plan.new] == ["last_rt_day-m09"]
        assert not ExpectedVisit.objects.filter(key="last_rt_day-m09").exists()


def test_the_end_of_the_study_cancels_what_lies_after_it():
    enrolment = followed()
    Study.objects.update(follow_up_ends_on=D(2024, 9, 1))
    visits = expected(enrolment, TODAY)
    assert visits["m06"].state == VisitState.MISSED  # closed on 14 August, before the end
    assert visits["m12"].state == VisitState.CANCELLED
    assert "end of the study" in visits["m12"].notes[0].text()


def test_an_end_of_the_study_that_lies_ahead_leaves_the_visits_before_it():
    enrolment = followed()
    Study.objects.update(follow_up_ends_on=D(2025, 12, 31))
    visits = expected(enrolment, TODAY)
    assert visits["m06"].status_on(TODAY) == "overdue"
    assert visits["m12"].state == VisitState.OPEN
    assert visits["m24"].state == VisitState.CANCELLED


@pytest.mark.parametrize(
    ("withdrawal", "state"), [("visits", VisitState.OPEN), ("all", VisitState.CANCELLED)]
)
def test_who_withdraws_from_everything_is_never_asked_again(withdrawal, state):
    only_vital_status = (
        "[schedule]",
        '[schedule.thinned.withdrawal]\nitems = ["vital_status"]\n\n[schedule]',
    )
    without = ('"withdrawal", ', "")
    ProtocolVersionFactory.create(source=text(without, only_vital_status))
    enrolment = followed()
    with system_scope():
        Enrolment.objects.update(
            withdrawn_on=PartialDate.parse("2024-08-20"), withdrawal_scope=withdrawal
        )
    month_12 = expected(enrolment, TODAY)["m12"]
    assert month_12.state == state
    if state == VisitState.OPEN:
        assert month_12.requirements == ["vital_status"]
        assert month_12.notes[0].code is NoteCode.THINNED


def test_a_second_course_starts_the_visits_again_where_the_protocol_says_so():
    ProtocolVersionFactory.create(source=text(RESTART))
    enrolment = followed()
    CourseFactory.create(
        patient=enrolment.patient, number=2, started_on="2024-08-01", ended_on="2024-08-09"
    )
    visits = expected(enrolment, TODAY)
    assert visits["m06"].state == VisitState.OPEN
    assert visits["m12"].state == VisitState.CANCELLED
    assert visits["2-m03"].target == D(2024, 11, 9)
    assert visits["2-m03"].label == "Month 3, course 2"


def test_a_visit_done_before_the_second_course_was_entered_stays_done():
    ProtocolVersionFactory.create(source=text(RESTART))
    enrolment = followed()
    full_visit(enrolment, "2024-08-10")
    expected(enrolment, TODAY)
    CourseFactory.create(
        patient=enrolment.patient, number=2, started_on="2024-07-20", ended_on="2024-07-25"
    )
    visits = expected(enrolment, TODAY)
    assert (visits["m06"].state, visits["m06"].done_on) == (VisitState.DONE, D(2024, 8, 10))
    assert not visits["2-m03"].provided_by


def test_visits_that_closed_while_the_patient_was_lost_are_missed():
    enrolment = followed()
    LossToFollowUpFactory.create(
        patient=enrolment.patient,
        last_known_alive_on="2024-06-01",
        declared_on="2024-08-01",
        found_again_on="2024-08-20",
    )
    visits = expected(enrolment, TODAY)
    assert visits["m06"].state == VisitState.MISSED
    assert visits["m06"].notes[0].code is NoteCode.LOST
    assert visits["m12"].state == VisitState.OPEN


def test_a_change_counts_up_the_revision_once_and_notes_when(time_machine):
    time_machine.move_to(dt.datetime(2024, 9, 1, 8, tzinfo=dt.UTC), tick=False)
    enrolment = followed()
    assert expected(enrolment, TODAY)["m06"].revision == 0
    time_machine.move_to(dt.datetime(2024, 9, 2, 8, tzinfo=dt.UTC), tick=False)
    ProgressionFactory.create(patient=enrolment.patient, occurred_on="2024-06-01")
    month_6 = expected(enrolment, TODAY)["m06"]
    assert (month_6.revision, month_6.changed_at) == (1, dt.datetime(2024, 9, 2, 8, tzinfo=dt.UTC))
    assert expected(enrolment, TODAY)["m06"].revision == 1


def test_reminders_follow_the_version_in_force_on_the_day():
    first = ProtocolVersionFactory.create()
    second = amend(first.study, text(LATER_ESCALATION), D(2024, 9, 15))
    before, after = reminder_policies(D(2024, 9, 14)), reminder_policies(D(2024, 9, 15))
    assert before[first.pk].escalate_after_days == 60
    assert after[first.pk].escalate_after_days == 90
    assert after[second.pk].escalate_after_days == 90
