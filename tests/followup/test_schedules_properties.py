"""What holds for every schedule, whatever is entered and in whatever order."""

import datetime as dt
import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from followup.schedules import (
    Amendment,
    Contact,
    Ending,
    Gap,
    Override,
    OverrideKind,
    VisitStatus,
    expected_visits,
)
from followup.schedules.matching import match
from followup.schedules.targets import visit_targets
from registry.protocols import preset
from registry.protocols.calendar import add_months
from registry.protocols.schedule import Schedule, Thinning
from registry.protocols.vocabulary import (
    ALWAYS_END,
    EndKind,
    Item,
    SecondCourse,
    TimePoint,
    WorkingDays,
)

OPEN = {VisitStatus.PLANNED, VisitStatus.DUE, VisitStatus.OVERDUE}
FOLLOW_UP_ITEMS = [Item.CLINIC, Item.TOXICITY, Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING]


def schedule_of(key: str) -> Schedule:
    schedule = preset(key).schedule
    assert schedule is not None
    return schedule


schedules = st.sampled_from(
    [schedule_of(key) for key in ("jinling", "cnao", "cams", "miyakojima", "preop")]
)
days = st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31))
anchor_days = st.fixed_dictionaries(
    {
        TimePoint.FIRST_RT_DAY: days,
        TimePoint.LAST_RT_DAY: days,
        TimePoint.SURGERY: st.none() | days,
    }
)
items = st.frozensets(st.sampled_from(FOLLOW_UP_ITEMS), min_size=1)
contacts = st.lists(st.tuples(days, items), max_size=12).map(
    lambda pairs: [Contact(day, provides, id) for id, (day, provides) in enumerate(pairs)]
)
endings = st.lists(st.builds(Ending, st.sampled_from(EndKind), days), max_size=3)


@given(schedules, anchor_days, contacts, endings, days)
def test_visits_rise_by_date_and_have_different_keys(schedule, anchors, seen, ends, today):
    visits = expected_visits(schedule, anchors, [*seen, *ends], today=today)
    targets = [visit.target for visit in visits if visit.target]
    assert targets == sorted(targets)
    assert len({visit.key for visit in visits}) == len(visits)


@given(schedules, anchor_days, days)
def test_no_two_visits_lie_closer_than_the_tolerance(schedule, anchors, today):
    visits = expected_visits(schedule, anchors, [], today=today)
    targets = [visit.target for visit in visits if visit.target and "step" not in visit.key]
    for earlier, later in pairwise(targets):
        assert (later - earlier).days > schedule.merge_days


@given(schedules, anchor_days, days)
def test_a_target_lies_within_its_window(schedule, anchors, today):
    for visit in expected_visits(schedule, anchors, [], today=today):
        if visit.target and visit.window_start and visit.window_end:
            assert visit.window_start <= visit.target <= visit.window_end


@given(schedules, anchor_days, contacts, endings, days, st.randoms(use_true_random=False))
def test_the_order_of_entry_plays_no_part(schedule, anchors, seen, ends, today, shuffler):
    events: list[Contact | Ending] = [*seen, *ends]
    shuffled = random.Random(shuffler.random()).sample(events, len(events))
    backwards = dict(reversed(anchors.items()))
    assert expected_visits(schedule, anchors, events, today=today) == expected_visits(
        schedule, backwards, shuffled, today=today
    )


@given(schedules, anchor_days, contacts, endings, days)
def test_computing_twice_and_entering_twice_change_nothing(schedule, anchors, seen, ends, today):
    once = expected_visits(schedule, anchors, [*seen, *ends], today=today)
    assert once == expected_visits(schedule, anchors, [*seen, *ends], today=today)
    assert once == expected_visits(schedule, anchors, [*seen, *seen, *ends], today=today)


@given(schedules, anchor_days, contacts, st.builds(Ending, st.sampled_from(EndKind), days), days)
def test_nothing_is_expected_after_an_end(schedule, anchors, seen, end, today):
    visits = expected_visits(schedule, anchors, [*seen, end], today=today)
    if not schedule.is_ended_by(end.kind):
        assert visits == expected_visits(schedule, anchors, seen, today=today)
        return
    for visit in visits:
        if visit.window_end is None:
            assert visit.status in (VisitStatus.CANCELLED, VisitStatus.DONE)
        elif visit.window_end >= end.date:
            assert visit.status not in OPEN


@given(schedules, anchor_days, contacts, endings, days, st.integers(0, 1500))
def test_done_visits_do_not_move_as_time_goes_by(schedule, anchors, seen, ends, today, later):
    events: list[Contact | Ending] = [*seen, *ends]
    before = expected_visits(schedule, anchors, events, today=today)
    after = expected_visits(schedule, anchors, events, today=today + dt.timedelta(days=later))
    by_key = {visit.key: visit for visit in after}
    for visit in before:
        # An assessment later than the last expanded visit may find a nearer one further on.
        if visit.status is VisitStatus.DONE and (visit.done_on or today) <= today:
            assert by_key[visit.key] == visit


@given(schedules, anchor_days, contacts, days, days, items)
def test_a_further_assessment_takes_no_done_visit_away(
    schedule, anchors, seen, today, day, provides
):
    before = expected_visits(schedule, anchors, seen, today=today)
    further = Contact(day, provides, "further")
    after = {
        visit.key: visit
        for visit in expected_visits(schedule, anchors, [*seen, further], today=today)
    }
    for visit in before:
        if visit.status is VisitStatus.DONE:
            assert after[visit.key].status is VisitStatus.DONE
            assert after[visit.key].target == visit.target


@given(schedules, anchor_days, contacts, days)
def test_an_assessment_counts_for_one_visit_of_a_kind_at_most(schedule, anchors, seen, today):
    known = {point: day for point, day in anchors.items() if day}
    targets = visit_targets(schedule, known, horizon=add_months(today, 24))
    provided = match(targets, seen)
    for item in FOLLOW_UP_ITEMS:
        used = [by_item[item].id for by_item in provided.values() if item in by_item]
        assert len(used) == len(set(used))
    for key, by_item in provided.items():
        (target,) = [target for target in targets if target.key == key]
        assert by_item.keys() <= target.requirements
        assert all(item in contact.provides for item, contact in by_item.items())


@given(schedules, anchor_days, contacts, endings, days)
def test_an_open_visit_is_planned_due_or_overdue_by_its_window(
    schedule, anchors, seen, ends, today
):
    for visit in expected_visits(schedule, anchors, [*seen, *ends], today=today):
        if visit.window_start is None or visit.window_end is None or visit.status not in OPEN:
            continue
        expected = (
            VisitStatus.PLANNED
            if today < visit.window_start
            else VisitStatus.DUE
            if today <= visit.window_end
            else VisitStatus.OVERDUE
        )
        assert visit.status is expected
        assert visit.outstanding


@given(schedules, anchor_days, days, st.data())
def test_postponing_one_visit_moves_no_other(schedule, anchors, today, data):
    before = expected_visits(schedule, anchors, [], today=today)
    movable = [visit for visit in before if visit.target and visit.status in OPEN]
    if not movable:
        return
    moved = data.draw(st.sampled_from(movable))
    override = Override(moved.key, OverrideKind.POSTPONED, "reason", to=data.draw(days))
    after = {
        visit.key: visit
        for visit in expected_visits(schedule, anchors, [], today=today, overrides=[override])
    }
    assert after[moved.key].target == override.to
    assert [after[visit.key] for visit in before if visit.key != moved.key] == [
        visit for visit in before if visit.key != moved.key
    ]


# Schedules of all kinds: second courses, days off, thinned follow-up, and amended on some day.

rules = st.builds(
    Thinning,
    st.frozensets(st.sampled_from(FOLLOW_UP_ITEMS), min_size=1, max_size=3),
    st.none() | st.sampled_from([6, 12]),
)
THINNING_KINDS = [EndKind.WITHDRAWAL, EndKind.LOSS, EndKind.TRANSFER]
variants = st.builds(
    lambda schedule, thinned, second, working: replace(
        schedule,
        ends_on=schedule.ends_on - set(THINNING_KINDS),
        thinned=tuple(thinned.items()),
        second_course=second,
        working_days=working,
    ),
    schedules,
    st.dictionaries(st.sampled_from(THINNING_KINDS), rules, max_size=2),
    st.sampled_from(SecondCourse),
    st.sampled_from(WorkingDays),
)
courses = st.lists(
    st.fixed_dictionaries({TimePoint.FIRST_RT_DAY: days, TimePoint.LAST_RT_DAY: st.none() | days}),
    max_size=2,
)
amendments = st.lists(st.builds(Amendment, variants, days), max_size=2)
gaps = st.lists(
    st.builds(
        lambda start, length: Gap(start, start + dt.timedelta(length)), days, st.integers(1, 400)
    ),
    max_size=1,
)
everything = st.fixed_dictionaries(
    {
        "later_courses": courses,
        "amendments": amendments,
        "is_day_off": st.sampled_from([None, lambda on: on.weekday() >= 5]),
    }
)


def live_targets(visits, item):
    return [
        visit.target
        for visit in visits
        if visit.target and item in visit.requirements and visit.status is not VisitStatus.CANCELLED
    ]


@given(variants, anchor_days, everything, days)
def test_no_two_visits_of_a_kind_lie_closer_than_the_tolerance_whatever_the_rules(
    schedule, anchors, more, today
):
    visits = expected_visits(schedule, anchors, [], today=today, **more)
    tolerance = min([schedule.merge_days, *(a.schedule.merge_days for a in more["amendments"])])
    for item in FOLLOW_UP_ITEMS:
        for earlier, later in pairwise(live_targets(visits, item)):
            assert (later - earlier).days > tolerance


@given(variants, anchor_days, everything, contacts, endings, gaps, days)
def test_keys_differ_dates_rise_and_computing_twice_changes_nothing_whatever_the_rules(
    schedule, anchors, more, seen, ends, lost, today
):
    events = [*seen, *ends, *lost]
    visits = expected_visits(schedule, anchors, events, today=today, **more)
    targets = [visit.target for visit in visits if visit.target]
    assert targets == sorted(targets)
    assert len({visit.key for visit in visits}) == len(visits)
    backwards = expected_visits(schedule, anchors, events[::-1], today=today, **more)
    assert backwards == visits


@given(variants, anchor_days, everything, contacts, st.sampled_from(sorted(ALWAYS_END)), days, days)
def test_nothing_is_expected_after_death_whatever_the_rules(
    schedule, anchors, more, seen, kind, on, today
):
    visits = expected_visits(schedule, anchors, [*seen, Ending(kind, on)], today=today, **more)
    for visit in visits:
        if visit.window_end is None or visit.window_end >= on:
            assert visit.status not in OPEN


@given(variants, anchor_days, everything, contacts, days)
def test_no_more_visits_of_a_kind_are_provided_than_there_are_assessments_of_it(
    schedule, anchors, more, seen, today
):
    visits = expected_visits(schedule, anchors, seen, today=today, **more)
    for item in FOLLOW_UP_ITEMS:
        provided = [visit for visit in visits if item in visit.requirements - visit.outstanding]
        assert len(provided) <= sum(item in contact.provides for contact in set(seen))
