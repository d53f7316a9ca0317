"""When reports are due, by hand, with the calendar of 2026 and three holidays."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.models import Rhythm
from analytics.reports.occasions import Occasion, Standing, latest_due, next_day

HOLIDAYS = {dt.date(2026, 1, 1), dt.date(2026, 5, 1), dt.date(2026, 6, 1)}
"""A Thursday, a Friday, and the first Monday of June."""

FIRST_WORKING_DAYS = {
    1: 2,  # a Friday: the day before is a holiday
    2: 2,  # a Monday: the month begins on a Sunday
    3: 2,
    4: 1,  # a Wednesday
    5: 4,  # a Monday: a holiday and a weekend go before
    6: 2,  # a Tuesday: the Monday is a holiday
    7: 1,
    8: 3,  # a Monday: the month begins on a Saturday
    9: 1,
    10: 1,
    11: 2,
    12: 1,
}
"""Of each month of 2026, from a printed calendar."""


def day(month: int, number: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


def is_day_off(one: dt.date) -> bool:
    return one.weekday() >= 5 or one in HOLIDAYS


def due(rhythm: Rhythm, since: dt.date, today: dt.date, **more) -> Occasion | None:
    arguments = {name: more.pop(name) for name in ("every", "meetings") if name in more}
    standing = Standing(since=since, today=today, **more)
    return latest_due(rhythm, standing, is_day_off=is_day_off, **arguments)


def coming(rhythm: Rhythm, today: dt.date, **arguments) -> dt.date | None:
    standing = Standing(since=day(1, 5), today=today)
    return next_day(rhythm, standing, is_day_off=is_day_off, **arguments)


def of_each_day(rhythm: Rhythm, since: dt.date, until: dt.date) -> list[Occasion]:
    """What is due when it is asked every day, each occasion once."""
    found: dict[str, Occasion] = {}
    for number in range((until - since).days + 1):
        one = due(rhythm, since, since + dt.timedelta(days=number))
        if one is not None:
            found.setdefault(one.key, one)
    return list(found.values())


def test_a_monthly_report_is_due_on_the_first_working_day_of_each_month() -> None:
    found = of_each_day(Rhythm.MONTHLY, day(12, 31, 2025), day(12, 31))

    assert found == [
        Occasion(f"2026-{month:02d}", day(month, number))
        for month, number in FIRST_WORKING_DAYS.items()
    ]


def test_it_is_not_due_a_day_earlier() -> None:
    since = day(12, 15, 2025)

    assert due(Rhythm.MONTHLY, since, day(1, 1)) is None
    assert due(Rhythm.MONTHLY, since, day(1, 2)) == Occasion("2026-01", day(1, 2))
    assert due(Rhythm.MONTHLY, since, day(5, 3)) == Occasion("2026-04", day(4, 1))


def test_a_quarterly_report_is_due_on_the_first_working_day_of_each_quarter() -> None:
    found = of_each_day(Rhythm.QUARTERLY, day(11, 20, 2025), day(1, 4, 2027))

    assert found == [
        Occasion("2026-Q1", day(1, 2)),
        Occasion("2026-Q2", day(4, 1)),
        Occasion("2026-Q3", day(7, 1)),
        Occasion("2026-Q4", day(10, 1)),
        # 1 January 2027 is a Friday, and no holiday of this calendar.
        Occasion("2027-Q1", day(1, 1, 2027)),
    ]


def test_of_several_that_were_missed_the_latest_alone_is_made_up_for() -> None:
    assert due(Rhythm.MONTHLY, day(1, 20), day(5, 20)) == Occasion("2026-05", day(5, 4))
    assert due(Rhythm.QUARTERLY, day(1, 20), day(12, 31)) == Occasion("2026-Q4", day(10, 1))


@pytest.mark.parametrize("rhythm", [Rhythm.MONTHLY, Rhythm.QUARTERLY])
def test_on_the_day_of_making_nothing_is_due_and_what_passed_before_never_is(
    rhythm: Rhythm,
) -> None:
    assert due(rhythm, day(4, 1), day(4, 1)) is None
    assert due(rhythm, day(4, 1), day(4, 30)) is None
    assert due(rhythm, day(4, 20), day(4, 30)) is None


def test_one_made_on_a_holiday_before_the_first_working_day_is_due_on_that_day() -> None:
    assert due(Rhythm.MONTHLY, day(1, 1), day(1, 2)) == Occasion("2026-01", day(1, 2))
    assert due(Rhythm.QUARTERLY, day(1, 1), day(1, 2)) == Occasion("2026-Q1", day(1, 2))


@pytest.mark.parametrize(
    ("before", "now", "key"),
    [
        (0, 24, None),
        (0, 25, "enrolled-25"),
        (0, 49, "enrolled-25"),
        (0, 50, "enrolled-50"),
        # Counted over the whole study: the 50th comes next, not the 65th.
        (40, 40, None),
        (40, 49, None),
        (40, 50, "enrolled-50"),
        (40, 64, "enrolled-50"),
        # From 49 to 76 at once: the 50th and the 75th, of which the latest counts.
        (49, 76, "enrolled-75"),
        (25, 25, None),
    ],
)
def test_each_25th_enrolment_is_an_occasion(before: int, now: int, key: str | None) -> None:
    found = due(
        Rhythm.ENROLMENTS, day(2, 1), day(3, 9), every=25, enrolled_before=before, enrolled=now
    )

    assert found == (None if key is None else Occasion(key, day(3, 9)))


@pytest.mark.parametrize("now", [74, 75, 76, 60, 49, 0])
def test_patients_taken_back_and_others_enrolled_repeat_nothing(now: int) -> None:
    """It was due for 75; then some are taken back, and the number rises again."""
    found = due(Rhythm.ENROLMENTS, day(2, 1), day(3, 9), every=25, enrolled_before=75, enrolled=now)

    assert found is None


def test_every_patient_may_be_an_occasion() -> None:
    found = due(Rhythm.ENROLMENTS, day(2, 1), day(3, 9), every=1, enrolled_before=6, enrolled=7)

    assert found == Occasion("enrolled-7", day(3, 9))


def test_a_meeting_is_reported_on_its_days_ahead_and_no_more_when_it_is_over() -> None:
    meetings = [day(6, 18)]
    asked = {
        today: due(Rhythm.MEETINGS, day(1, 5), today, every=7, meetings=meetings)
        for today in (day(6, 10), day(6, 11), day(6, 18), day(6, 19))
    }

    report = Occasion("meeting-2026-06-18", day(6, 11))
    assert asked == {day(6, 10): None, day(6, 11): report, day(6, 18): report, day(6, 19): None}


def test_a_meeting_that_was_named_late_is_reported_on_at_once() -> None:
    found = due(Rhythm.MEETINGS, day(6, 16), day(6, 16), every=7, meetings=[day(6, 18)])

    assert found == Occasion("meeting-2026-06-18", day(6, 11))


def test_each_of_two_meetings_close_together_has_its_report_in_time() -> None:
    meetings = [day(6, 18), day(6, 22)]

    def on(number: int) -> Occasion | None:
        return due(Rhythm.MEETINGS, day(1, 5), day(6, number), every=7, meetings=meetings)

    first = Occasion("meeting-2026-06-18", day(6, 11))
    second = Occasion("meeting-2026-06-22", day(6, 15))
    assert [on(11), on(14), on(15), on(18), on(22), on(23)] == [
        first,
        first,
        second,
        second,
        second,
        None,
    ]


def test_a_report_may_be_due_on_the_day_of_the_meeting_itself() -> None:
    found = due(Rhythm.MEETINGS, day(1, 5), day(6, 18), every=0, meetings=[day(6, 18)])

    assert found == Occasion("meeting-2026-06-18", day(6, 18))


def test_the_newest_snapshot_is_an_occasion_and_without_one_there_is_none() -> None:
    cuts = [(4, day(2, 3)), (5, day(2, 9))]

    assert due(Rhythm.DATA_CUTS, day(2, 1), day(3, 1)) is None
    found = due(Rhythm.DATA_CUTS, day(2, 1), day(3, 1), cuts=cuts)
    assert found == Occasion("snapshot-5", day(2, 9))


@pytest.mark.parametrize(
    ("rhythm", "today", "expected"),
    [
        (Rhythm.MONTHLY, day(4, 30), day(5, 4)),
        (Rhythm.MONTHLY, day(5, 1), day(5, 4)),
        (Rhythm.MONTHLY, day(5, 4), day(6, 2)),
        (Rhythm.MONTHLY, day(12, 1), day(1, 1, 2027)),
        (Rhythm.QUARTERLY, day(1, 1), day(1, 2)),
        (Rhythm.QUARTERLY, day(1, 2), day(4, 1)),
        (Rhythm.QUARTERLY, day(10, 31), day(1, 1, 2027)),
    ],
)
def test_the_next_day_of_a_calendar_comes_after_today(
    rhythm: Rhythm, today: dt.date, expected: dt.date
) -> None:
    assert coming(rhythm, today) == expected


def test_the_next_day_of_meetings_is_that_of_the_next_one_still_to_be_reported_on() -> None:
    meetings = [day(6, 18), day(9, 10)]

    days = [
        coming(Rhythm.MEETINGS, today, every=7, meetings=meetings)
        for today in (day(6, 10), day(6, 11), day(9, 3))
    ]
    assert days == [day(6, 11), day(9, 3), None]


@pytest.mark.parametrize("rhythm", [Rhythm.ENROLMENTS, Rhythm.DATA_CUTS])
def test_nobody_can_name_the_day_of_what_people_do(rhythm: Rhythm) -> None:
    assert coming(rhythm, day(6, 10), every=25) is None
