"""Expected visits are stored from the facts: created, moved, closed, and never moved once done."""

import datetime as dt
import gc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followup.models import ExpectedVisit, VisitState
from followup.schedules import NoteCode, VisitStatus
from followup.services import Changes, recompute, recompute_all
from registry.models import Course, Death, Enrolment, LossToFollowUp, Surgery
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services import records
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    EnrolmentFactory,
    LossToFollowUpFactory,
    ProgressionFactory,
    ProtocolVersionFactory,
    SurgeryFactory,
    data_manager,
)
from tests.followup.factories import expected, followed, full_visit, stored

pytestmark = [pytest.mark.django_db, pytest.mark.services]

D = dt.date
TODAY = D(2024, 6, 1)


def change_course(enrolment: Enrolment, **values: object) -> None:
    with system_scope():
        Course.objects.filter(patient=enrolment.patient).update(**values)


def test_jinling_visits_are_stored_with_dates_windows_and_requirements():
    visits = expected(followed(), TODAY)
    assert sorted(visits) == [
        "m03", "m06", "m12", "m18", "m24", "m30", "m36", "m42", "m48", "m54", "m60",
    ]  # fmt: skip
    month_3 = visits["m03"]
    assert month_3.target == D(2024, 4, 30)
    assert (month_3.window_start, month_3.window_end) == (D(2024, 4, 16), D(2024, 5, 14))
    assert month_3.requirements == ["clinic", "local_imaging", "systemic_imaging", "toxicity"]
    assert month_3.label == "Month 3"
    assert visits["m60"].target == D(2029, 1, 31)


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (D(2024, 4, 15), VisitStatus.PLANNED),
        (D(2024, 4, 16), VisitStatus.DUE),
        (D(2024, 5, 14), VisitStatus.DUE),
        (D(2024, 5, 15), VisitStatus.OVERDUE),
    ],
)
def test_status_follows_from_the_day_without_a_new_computation(today, status):
    visits = expected(followed(), D(2024, 2, 1))
    assert visits["m03"].status_on(today) == status


def test_a_treatment_step_is_a_visit_until_its_date_is_entered():
    enrolment = followed("preop", ended_on="2024-05-10")
    step = expected(enrolment, TODAY)["step-surgery"]
    # Four to six weeks after the end of radiotherapy.
    assert (step.window_start, step.window_end) == (D(2024, 6, 7), D(2024, 6, 21))
    assert (step.label, step.outstanding_text, step.state) == ("Surgery", "Surgery", "open")
    SurgeryFactory.create(patient=enrolment.patient, performed_on="2024-06-12")
    step = expected(enrolment, TODAY)["step-surgery"]
    assert (step.state, step.done_on) == (VisitState.DONE, D(2024, 6, 12))


def test_a_step_that_was_done_does_not_move():
    enrolment = followed("preop", ended_on="2024-05-10")
    SurgeryFactory.create(patient=enrolment.patient, performed_on="2024-06-12")
    expected(enrolment, TODAY)
    change_course(enrolment, ended_on=PartialDate.parse("2024-05-20"))
    step = expected(enrolment, TODAY)["step-surgery"]
    assert (step.state, step.window_start) == (VisitState.DONE, D(2024, 6, 7))
    with system_scope():
        Surgery.objects.update(voided_at=dt.datetime(2024, 7, 1, tzinfo=dt.UTC))
    step = expected(enrolment, TODAY)["step-surgery"]
    assert (step.state, step.window_start) == (VisitState.OPEN, D(2024, 6, 17))


def test_computing_twice_writes_nothing():
    enrolment = followed()
    full_visit(enrolment, "2024-05-02")
    assert recompute([enrolment.patient_id], today=TODAY) == Changes(created=11, updated=0)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert recompute([enrolment.patient_id], today=TODAY) == Changes(0, 0)
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_queries_do_not_grow_with_the_patients(django_assert_num_queries):
    enrolments = [followed() for _ in range(6)]
    for enrolment in enrolments:
        full_visit(enrolment, "2024-05-02")
    one, rest = enrolments[0].patient_id, [row.patient_id for row in enrolments[1:]]
    with CaptureQueriesContext(connection) as queries:
        recompute([one], today=TODAY)
    with django_assert_num_queries(len(queries)):
        recompute(rest, today=TODAY)


def test_a_visit_is_done_by_the_assessment_in_its_window():
    enrolment = followed()
    visit = full_visit(enrolment, "2024-05-02")
    month_3 = expected(enrolment, TODAY)["m03"]
    assert month_3.state == VisitState.DONE
    assert month_3.done_on == D(2024, 5, 2)
    assert month_3.provided_by == [visit.pk]
    assert month_3.outstanding == []


def test_a_clinic_visit_without_imaging_leaves_the_imaging_outstanding():
    enrolment = followed()
    AssessmentFactory.create(
        patient=enrolment.patient, assessed_on="2024-05-02", toxicity_assessed=True
    )
    month_3 = expected(enrolment, D(2024, 5, 10))["m03"]
    assert month_3.state == VisitState.OPEN
    assert month_3.outstanding == ["local_imaging", "systemic_imaging"]
    assert month_3.outstanding_text == "Local imaging, systemic imaging"


def test_a_voided_assessment_counts_no_more():
    enrolment = followed()
    visit = full_visit(enrolment, "2024-05-02")
    assert expected(enrolment, TODAY)["m03"].state == VisitState.DONE
    records.void(visit, by=None, reason="entered for the wrong patient", version=1)
    assert expected(enrolment, TODAY)["m03"].state == VisitState.OPEN


def test_a_corrected_date_moves_open_visits_and_leaves_done_ones():
    enrolment = followed()
    full_visit(enrolment, "2024-05-02")
    expected(enrolment, TODAY)
    change_course(enrolment, ended_on=PartialDate.parse("2024-02-10"))
    visits = expected(enrolment, TODAY)
    assert visits["m03"].state == VisitState.DONE
    assert visits["m03"].target == D(2024, 4, 30)
    assert visits["m06"].target == D(2024, 8, 10)
    assert recompute([enrolment.patient_id], today=TODAY) == Changes(0, 0)


def test_after_a_corrected_date_one_assessment_still_counts_for_one_visit():
    enrolment = followed()
    full_visit(enrolment, "2024-05-02")
    expected(enrolment, TODAY)
    # Counted from here, 2 May lies nearest to month 6 (10 May), which month 3 must not share.
    change_course(enrolment, started_on=None, ended_on=PartialDate.parse("2023-11-10"))
    visits = expected(enrolment, TODAY)
    assert visits["m03"].state == VisitState.DONE
    assert visits["m06"].target == D(2024, 5, 10)
    assert visits["m06"].state == VisitState.OPEN
    assert recompute([enrolment.patient_id], today=TODAY) == Changes(0, 0)


def test_the_order_of_entry_plays_no_part():
    late_first, late_last = followed(), followed()
    full_visit(late_first, "2024-06-03")
    expected(late_first, TODAY)
    full_visit(late_first, "2024-05-02")
    full_visit(late_last, "2024-05-02")
    expected(late_last, TODAY)
    full_visit(late_last, "2024-06-03")
    for enrolment in (late_first, late_last):
        assert expected(enrolment, TODAY)["m03"].done_on == D(2024, 5, 2)


def test_death_cancels_what_lies_ahead_and_closes_what_was_overdue():
    enrolment = followed()
    visits = expected(enrolment, D(2024, 8, 20))
    assert visits["m03"].status_on(D(2024, 8, 20)) == VisitStatus.OVERDUE
    DeathFactory.create(patient=enrolment.patient, died_on="2024-08-01")
    visits = expected(enrolment, D(2024, 8, 20))
    assert visits["m03"].state == VisitState.MISSED
    assert [note.code for note in visits["m03"].notes] == [NoteCode.ENDED]
    assert visits["m06"].state == VisitState.CANCELLED
    assert {row.state for row in visits.values()} == {VisitState.MISSED, VisitState.CANCELLED}


def test_a_death_of_unknown_date_ends_the_follow_up_at_the_last_contact():
    enrolment = followed()
    full_visit(enrolment, "2024-05-02")
    DeathFactory.create(patient=enrolment.patient, died_on=None)
    visits = expected(enrolment, TODAY)
    assert visits["m03"].state == VisitState.DONE
    assert {row.state for key, row in visits.items() if key != "m03"} == {VisitState.CANCELLED}


def test_a_voided_death_brings_the_visits_back():
    enrolment = followed()
    death = DeathFactory.create(patient=enrolment.patient, died_on="2024-08-01")
    assert expected(enrolment, TODAY)["m06"].state == VisitState.CANCELLED
    with system_scope():
        Death.objects.filter(pk=death.pk).update(voided_at=dt.datetime(2024, 8, 2, tzinfo=dt.UTC))
    assert expected(enrolment, TODAY)["m06"].state == VisitState.OPEN


def test_progression_ends_jinling_and_not_cnao():
    jinling, cnao = followed("jinling"), followed("cnao")
    for enrolment in (jinling, cnao):
        ProgressionFactory.create(patient=enrolment.patient, occurred_on="2024-06-01")
    assert expected(jinling, TODAY)["m06"].state == VisitState.CANCELLED
    assert expected(cnao, TODAY)["m06"].state == VisitState.OPEN


def test_withdrawal_ends_the_visits():
    enrolment = followed()
    with system_scope():
        Enrolment.objects.filter(pk=enrolment.pk).update(
            withdrawn_on=PartialDate.parse("2024-06"), withdrawal_scope="visits"
        )
    visits = expected(enrolment, TODAY)
    assert visits["m06"].state == VisitState.CANCELLED


def test_a_patient_who_is_found_again_is_expected_again():
    enrolment = followed()
    loss = LossToFollowUpFactory.create(
        patient=enrolment.patient, last_known_alive_on="2024-06-01", declared_on="2024-06-20"
    )
    assert expected(enrolment, TODAY)["m06"].state == VisitState.CANCELLED
    with system_scope():
        LossToFollowUp.objects.filter(pk=loss.pk).update(
            found_again_on=PartialDate.parse("2024-07-01")
        )
    assert expected(enrolment, TODAY)["m06"].state == VisitState.OPEN


@pytest.mark.parametrize("ended_on", [None, "2024-01"])
def test_without_a_day_of_the_anchor_a_visit_waits(ended_on):
    enrolment = followed()
    change_course(enrolment, ended_on=ended_on and PartialDate.parse(ended_on))
    visits = expected(enrolment, TODAY)
    assert [(row.state, row.target) for row in visits.values()] == [("waiting", None)]
    change_course(enrolment, ended_on=PartialDate.parse("2024-01-31"))
    visits = expected(enrolment, TODAY)
    assert visits["waiting"].state == VisitState.SUPERSEDED
    assert visits["m03"].state == VisitState.OPEN


def test_visits_count_from_the_first_course():
    enrolment = followed()
    CourseFactory.create(
        patient=enrolment.patient, number=2, started_on="2024-06-01", ended_on="2024-06-10"
    )
    assert expected(enrolment, TODAY)["m06"].target == D(2024, 7, 31)


def test_a_study_whose_dates_carry_no_calendar_expects_nothing():
    enrolment = followed()
    enrolment.study.dates_are_relative = True
    enrolment.study.save()
    assert expected(enrolment, TODAY) == {}


def test_a_study_without_a_schedule_expects_nothing():
    version = ProtocolVersionFactory.create(study__key="tcga_sarc")
    assert expected(EnrolmentFactory.create(protocol_version=version), TODAY) == {}


def test_facts_entered_through_the_services_are_followed_at_once(
    django_capture_on_commit_callbacks, time_machine
):
    time_machine.move_to(D(2024, 6, 1))
    enrolment = EnrolmentFactory.create()
    with django_capture_on_commit_callbacks(execute=True):
        records.create(
            Course,
            by=None,
            patient=enrolment.patient,
            number=1,
            started_on=PartialDate.parse("2024-01-15"),
            ended_on=PartialDate.parse("2024-01-31"),
        )
    assert stored(enrolment)["m03"].target == D(2024, 4, 30)
    with django_capture_on_commit_callbacks(execute=True):
        records.create(
            Death, by=None, patient=enrolment.patient, died_on=PartialDate.parse("2024-05")
        )
    assert stored(enrolment)["m06"].state == VisitState.CANCELLED


def test_recompute_all_reaches_every_enrolled_patient():
    enrolments = [followed(), followed("cnao")]
    changes = recompute_all(today=TODAY)
    assert changes.created == sum(len(stored(enrolment)) for enrolment in enrolments)
    assert all(stored(enrolment) for enrolment in enrolments)


@pytest.mark.parametrize("was_on", [True, False])
def test_the_garbage_collector_is_off_while_all_are_computed_and_then_as_it_was(
    was_on, monkeypatch
):
    during = []

    def fail(patient_ids, *, today):
        during.append(gc.isenabled())
        raise OSError("the disk is full")

    monkeypatch.setattr("followup.services.visits.recompute", fail)
    before = gc.isenabled()
    gc.enable() if was_on else gc.disable()
    try:
        with pytest.raises(OSError, match="full"):
            recompute_all(today=TODAY)
        after = gc.isenabled()
    finally:
        gc.enable() if before else gc.disable()
    assert (during, after) == ([False], was_on)


def test_a_visit_is_visible_where_its_patient_is():
    centre_a, centre_b = CentreFactory.create(), CentreFactory.create()
    expected(followed(centre=centre_a), TODAY)
    assert ExpectedVisit.objects.visible_to(data_manager(centre_a)).count() == 11
    assert ExpectedVisit.objects.visible_to(data_manager(centre_b)).count() == 0
