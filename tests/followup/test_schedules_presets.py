"""The schedules of the presets, target by target. All dates are counted by hand on a calendar."""

import datetime as dt

import pytest

from followup.schedules import (
    AnchorDate,
    Contact,
    ExpectedVisit,
    NoteCode,
    VisitStatus,
    expected_visits,
)
from registry.partial_date import PartialDate
from registry.protocols import preset
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import Item, TimePoint

VISIT = frozenset({Item.CLINIC, Item.TOXICITY})
LOCAL = VISIT | {Item.LOCAL_IMAGING}
ALL = LOCAL | {Item.SYSTEMIC_IMAGING}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days(text: str) -> list[dt.date]:
    return [day(part) for part in text.split()]


def schedule_of(key: str) -> Schedule:
    schedule = preset(key).schedule
    assert schedule is not None
    return schedule


def plan(
    key: str, today: str, contacts: tuple[Contact, ...] = (), **anchors: str
) -> list[ExpectedVisit]:
    known = {TimePoint(point): day(text) for point, text in anchors.items()}
    return list(expected_visits(schedule_of(key), known, contacts, today=day(today)))


def targets(visits: list[ExpectedVisit]) -> list[dt.date | None]:
    return [visit.target for visit in visits]


@pytest.mark.parametrize(
    ("end_of_rt", "expected"),
    [
        (
            "2024-01-31",
            "2024-04-30 2024-07-31 2025-01-31 2025-07-31 2026-01-31 2026-07-31 "
            "2027-01-31 2027-07-31 2028-01-31 2028-07-31 2029-01-31",
        ),
        (
            "2024-02-29",
            "2024-05-29 2024-08-29 2025-02-28 2025-08-29 2026-02-28 2026-08-29 "
            "2027-02-28 2027-08-29 2028-02-29 2028-08-29 2029-02-28",
        ),
        (
            "2023-11-30",
            "2024-02-29 2024-05-30 2024-11-30 2025-05-30 2025-11-30 2026-05-30 "
            "2026-11-30 2027-05-30 2027-11-30 2028-05-30 2028-11-30",
        ),
        (
            "2023-12-31",
            "2024-03-31 2024-06-30 2024-12-31 2025-06-30 2025-12-31 2026-06-30 "
            "2026-12-31 2027-06-30 2027-12-31 2028-06-30 2028-12-31",
        ),
    ],
)
def test_jinling_months_3_and_6_then_half_yearly_to_five_years(end_of_rt, expected):
    visits = plan("jinling", "2024-03-01", last_rt_day=end_of_rt)
    assert targets(visits) == days(expected)
    assert {visit.requirements for visit in visits} == {ALL}


def test_jinling_visits_are_named_by_anchor_and_month():
    visits = plan("jinling", "2024-03-01", last_rt_day="2024-01-31")
    assert [visit.key for visit in visits] == [
        f"last_rt_day-m{month:02d}" for month in (3, 6, 12, 18, 24, 30, 36, 42, 48, 54, 60)
    ]


@pytest.mark.parametrize(
    ("end_of_rt", "expected"),
    [
        (
            "2024-01-31",
            "2024-04-30 2024-07-31 2024-10-31 2025-01-31 2025-04-30 2025-07-31 "
            "2025-10-31 2026-01-31 2026-07-31 2027-01-31",
        ),
        (
            "2024-02-29",
            "2024-05-29 2024-08-29 2024-11-29 2025-02-28 2025-05-29 2025-08-29 "
            "2025-11-29 2026-02-28 2026-08-29 2027-02-28",
        ),
    ],
)
def test_cnao_mri_quarterly_for_two_years_then_half_yearly(end_of_rt, expected):
    visits = plan("cnao", "2025-06-01", last_rt_day=end_of_rt)
    assert targets(visits) == days(expected)
    assert all(visit.requirements >= LOCAL for visit in visits)


def test_cnao_ct_of_chest_and_abdomen_half_yearly_with_the_mri():
    visits = plan("cnao", "2025-06-01", last_rt_day="2024-01-31")
    with_ct = [visit for visit in visits if Item.SYSTEMIC_IMAGING in visit.requirements]
    assert targets(with_ct) == days(
        "2024-07-31 2025-01-31 2025-07-31 2026-01-31 2026-07-31 2027-01-31"
    )


def test_cnao_goes_on_half_yearly_up_to_24_months_ahead_of_today():
    visits = plan("cnao", "2032-07-31", last_rt_day="2024-01-31")
    assert targets(visits)[-5:] == days("2032-07-31 2033-01-31 2033-07-31 2034-01-31 2034-07-31")
    visits = plan("cnao", "2032-07-30", last_rt_day="2024-01-31")
    assert targets(visits)[-1] == day("2034-01-31")


def test_cams_clinic_quarterly_for_two_years_half_yearly_for_three_then_yearly():
    visits = plan(
        "cams",
        "2029-03-01",
        surgery="2023-12-10",
        first_rt_day="2024-01-10",
        last_rt_day="2024-01-31",
    )
    visits = [visit for visit in visits if not visit.key.startswith("step")]
    assert targets(visits) == days(
        "2024-04-30 2024-07-31 2024-10-31 2025-01-31 2025-04-30 2025-07-31 2025-10-31 2026-01-31 "
        "2026-07-31 2027-01-31 2027-07-31 2028-01-31 2028-07-31 2029-01-31 2030-01-31 2031-01-31"
    )
    assert all(visit.requirements >= VISIT for visit in visits)


def test_cams_images_site_and_chest_half_yearly_for_five_years_then_yearly():
    visits = plan(
        "cams",
        "2029-03-01",
        surgery="2023-12-10",
        first_rt_day="2024-01-10",
        last_rt_day="2024-01-31",
    )
    imaging = [visit for visit in visits if Item.LOCAL_IMAGING in visit.requirements]
    assert targets(imaging) == days(
        "2024-07-31 2025-01-31 2025-07-31 2026-01-31 2026-07-31 2027-01-31 2027-07-31 2028-01-31 "
        "2028-07-31 2029-01-31 2030-01-31 2031-01-31"
    )
    assert {visit.requirements for visit in imaging} == {ALL}


def test_miyakojima_counts_from_the_first_day_quarterly_then_half_yearly():
    visits = plan("miyakojima", "2025-06-01", first_rt_day="2024-01-31", last_rt_day="2024-02-12")
    assert targets(visits) == days(
        "2024-04-30 2024-07-31 2024-10-31 2025-01-31 2025-04-30 2025-07-31 2025-10-31 2026-01-31 "
        "2026-07-31 2027-01-31"
    )
    assert {visit.requirements for visit in visits} == {ALL}


def test_preop_expects_surgery_four_to_six_weeks_after_the_end_of_rt():
    step, waiting = plan("preop", "2024-02-10", last_rt_day="2024-01-31")
    assert (step.key, step.requirements) == ("step-surgery", frozenset({Item.SURGERY}))
    assert (step.window_start, step.target, step.window_end) == (
        day("2024-02-28"),
        day("2024-03-06"),
        day("2024-03-13"),
    )
    assert step.status is VisitStatus.PLANNED
    assert waiting.status is VisitStatus.WAITING
    assert waiting.why[0].text() == "waiting for the date of: surgery"


@pytest.mark.parametrize(
    ("today", "status"),
    [
        ("2024-02-27", VisitStatus.PLANNED),
        ("2024-02-28", VisitStatus.DUE),
        ("2024-03-13", VisitStatus.DUE),
        ("2024-03-14", VisitStatus.OVERDUE),
    ],
)
def test_preop_surgery_that_is_not_entered_falls_due_and_overdue(today, status):
    step, _waiting = plan("preop", today, last_rt_day="2024-01-31")
    assert step.status is status


@pytest.mark.parametrize(
    ("surgery", "notes"),
    [
        ("2024-02-27", [NoteCode.EARLY]),
        ("2024-02-28", []),
        ("2024-03-13", []),
        ("2024-03-14", [NoteCode.LATE]),
    ],
)
def test_preop_surgery_outside_of_its_weeks_is_noted(surgery, notes):
    visits = plan("preop", "2024-04-01", last_rt_day="2024-01-31", surgery=surgery)
    (step,) = [visit for visit in visits if visit.key == "step-surgery"]
    assert step.status is VisitStatus.DONE
    assert step.done_on == day(surgery)
    assert [note.code for note in step.why] == notes


def test_preop_checks_the_wound_to_day_120_and_then_follows_from_surgery():
    visits = plan("preop", "2024-03-10", last_rt_day="2024-01-31", surgery="2024-03-05")
    assert targets(visits[1:11]) == days(
        "2024-04-04 2024-05-04 2024-06-03 2024-07-03 2024-09-05 2024-12-05 "
        "2025-03-05 2025-06-05 2025-09-05 2025-12-05"
    )
    assert visits[-1].target == day("2029-03-05")
    imaging = [visit.target for visit in visits if Item.LOCAL_IMAGING in visit.requirements]
    assert imaging[:4] == days("2024-09-05 2025-03-05 2025-09-05 2026-03-05")


def test_preop_day_90_and_month_3_are_one_visit_whose_name_does_not_hop():
    # From 5 March day 90 comes first (3 June, 5 June), from 1 February month 3 (1 May, 2 May).
    in_spring = plan("preop", "2024-03-10", last_rt_day="2024-01-31", surgery="2024-03-05")
    in_winter = plan("preop", "2025-02-10", last_rt_day="2024-12-28", surgery="2025-02-01")
    for visits, target in ((in_spring, "2024-06-03"), (in_winter, "2025-05-01")):
        keys = [visit.key for visit in visits]
        assert "surgery-m03" not in keys
        assert visits[keys.index("surgery-d090")].target == day(target)


def test_cams_expects_radiotherapy_four_to_six_weeks_after_surgery():
    visits = plan("cams", "2024-02-01", surgery="2024-01-02")
    (step,) = [visit for visit in visits if visit.key == "step-radiotherapy"]
    assert (step.window_start, step.target, step.window_end) == (
        day("2024-01-30"),
        day("2024-02-06"),
        day("2024-02-13"),
    )
    assert step.status is VisitStatus.DUE


def test_a_step_that_took_place_is_done_even_when_the_day_before_it_is_unknown():
    visits = expected_visits(
        schedule_of("preop"),
        {TimePoint.SURGERY: PartialDate(2024, 3)},
        (),
        today=day("2024-05-01"),
    )
    by_key = {visit.key: visit for visit in visits}
    assert by_key["step-surgery"].status is VisitStatus.DONE
    assert by_key["step-surgery"].target is None
    assert by_key["step-surgery"].done_on is None
    assert by_key["surgery-waiting"].why[0].text() == "known only as 2024-03: surgery"
    assert "last_rt_day-waiting" not in by_key


def test_a_step_is_early_or_late_only_when_that_is_certain_of_a_partial_date():
    def notes(surgery: PartialDate) -> list[NoteCode]:
        anchors: dict[TimePoint, AnchorDate] = {
            TimePoint.LAST_RT_DAY: day("2024-01-31"),
            TimePoint.SURGERY: surgery,
        }
        visits = expected_visits(schedule_of("preop"), anchors, (), today=day("2024-06-01"))
        (step,) = [visit for visit in visits if visit.key == "step-surgery"]
        return [note.code for note in step.why]

    assert notes(PartialDate(2024, 1)) == [NoteCode.DAY_UNKNOWN, NoteCode.EARLY]
    assert notes(PartialDate(2024, 2)) == [NoteCode.DAY_UNKNOWN]
    assert notes(PartialDate(2024, 3)) == [NoteCode.DAY_UNKNOWN]
    assert notes(PartialDate(2024, 4)) == [NoteCode.DAY_UNKNOWN, NoteCode.LATE]


def test_preop_waits_for_the_end_of_rt_and_for_surgery_while_nothing_is_known():
    visits = plan("preop", "2024-02-01")
    assert {visit.key for visit in visits} == {"last_rt_day-waiting", "surgery-waiting"}
    assert {visit.status for visit in visits} == {VisitStatus.WAITING}


@pytest.mark.parametrize("key", ["jinling", "cnao", "cams"])
def test_visits_wait_for_the_last_day_of_rt(key):
    visits = plan(key, "2024-02-01", surgery="2024-01-02", first_rt_day="2024-02-01")
    waiting = [visit for visit in visits if visit.status is VisitStatus.WAITING]
    assert [visit.key for visit in waiting] == ["last_rt_day-waiting"]
    assert waiting[0].why[0].text() == "waiting for the date of: last day of radiotherapy"
    assert (waiting[0].target, waiting[0].window_start) == (None, None)


def test_a_month_without_a_day_is_no_anchor():
    anchors = {TimePoint.LAST_RT_DAY: PartialDate(2024, 1)}
    (visit,) = expected_visits(schedule_of("jinling"), anchors, (), today=day("2024-06-01"))
    assert visit.status is VisitStatus.WAITING
    assert visit.why[0].text() == "known only as 2024-01: last day of radiotherapy"


def test_a_complete_partial_date_is_an_anchor():
    anchors = {TimePoint.LAST_RT_DAY: PartialDate(2024, 1, 31)}
    visits = expected_visits(schedule_of("jinling"), anchors, (), today=day("2024-06-01"))
    assert visits[0].target == day("2024-04-30")


def test_an_anchor_that_is_no_time_point_is_refused():
    with pytest.raises(ValueError, match="end_of_rt"):
        expected_visits(
            schedule_of("jinling"),
            {"end_of_rt": day("2024-01-31")},  # type: ignore[dict-item]
            (),
            today=day("2024-06-01"),
        )


def test_windows_are_14_days_in_the_first_half_year_of_jinling_and_30_after():
    visits = plan("jinling", "2024-03-01", last_rt_day="2024-01-31")
    assert (visits[0].window_start, visits[0].window_end) == (day("2024-04-16"), day("2024-05-14"))
    assert (visits[2].window_start, visits[2].window_end) == (day("2025-01-01"), day("2025-03-02"))


def test_a_merged_visit_has_the_narrower_window():
    # Clinic ± 14 days, imaging ± 30 days, both at month 6.
    visits = plan(
        "cams",
        "2024-03-01",
        surgery="2023-12-10",
        first_rt_day="2024-01-10",
        last_rt_day="2024-01-31",
    )
    (month_6,) = [visit for visit in visits if visit.key == "last_rt_day-m06"]
    assert (month_6.window_start, month_6.window_end) == (day("2024-07-17"), day("2024-08-14"))
