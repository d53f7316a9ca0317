"""The editor: a schedule becomes fields, fields become a schedule, errors stand at their fields."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.http import QueryDict
from hypothesis import given, settings

from followup.editor import typed
from followup.editor.draft import ScheduleDraft, Told
from followup.editor.example import example_visits
from registry.protocols import Protocol, Schedule, preset
from registry.protocols.vocabulary import EndKind, Item, SecondCourse, TimePoint, WorkingDays
from tests.registry.protocols.schedules import SCHEDULES

FOLLOWED = ("jinling", "cnao", "cams", "miyakojima", "preop")
JINLING = preset("jinling")


def fields(protocol: Protocol) -> QueryDict:
    assert protocol.schedule is not None
    assert protocol.reminders is not None
    return typed.as_typed(protocol.schedule, protocol.reminders)


def read(data: QueryDict, protocol: Protocol = JINLING) -> tuple[Schedule | None, list[Told]]:
    draft = ScheduleDraft(data, protocol, check=True)
    return draft.schedule(), draft.told(whole=False)


def jinling(**changed: str | list[str]) -> QueryDict:
    """The fields of jinling with some changed; ``c0_r1_last`` is the field "c0-r1-last"."""
    data = fields(JINLING)
    for name, value in changed.items():
        place, _, field = name.replace("c0_r", "c0-r").partition("_")
        key = f"{place}-{field}"
        data.setlist(key, value if isinstance(value, list) else [value])
    return data


@pytest.mark.parametrize("key", FOLLOWED)
def test_the_shipped_schedules_go_through_the_fields_unchanged(key: str) -> None:
    protocol = preset(key)

    assert read(fields(protocol), protocol) == (protocol.schedule, [])


@settings(max_examples=40)
@given(SCHEDULES)
def test_any_schedule_goes_through_the_fields_unchanged(schedule: Schedule) -> None:
    names = [f"clock {number}" for number in range(len(schedule.clocks))]
    clocks = tuple(
        dataclasses.replace(clock, name=name, items=tuple(sorted(clock.items, key=_place)))
        for clock, name in zip(schedule.clocks, names, strict=True)
    )
    order = list(EndKind)
    thinned = tuple(sorted(schedule.thinned, key=lambda pair: order.index(pair[0])))
    known = dataclasses.replace(schedule, clocks=clocks, thinned=thinned)
    protocol = dataclasses.replace(JINLING, schedule=known)

    assert read(fields(protocol), protocol) == (known, [])


def _place(item: Item) -> int:
    return list(Item).index(item)


def test_what_is_typed_is_the_schedule() -> None:
    data = jinling(
        c0_r0_numbers="2 4;8",
        c0_r0_kind="days",
        c0_r0_before="0",
        c0_r0_after="1",
        c0_r1_last="",
        c0_items=["clinic", "vital_status"],
        c0_anchor="surgery",
        c0_name="seen",
        general_merge_days="0",
        general_working_days="nearest",
        general_second_course="both",
        progression_effect="thins",
        progression_items=["vital_status"],
        progression_every_months="12",
        transfer_effect="ends",
    )

    schedule, told = read(data)

    assert told == []
    assert schedule is not None
    (clock,) = schedule.clocks
    assert (clock.name, clock.anchor, clock.items) == (
        "seen",
        TimePoint.SURGERY,
        (Item.CLINIC, Item.VITAL_STATUS),
    )
    rows = [(row.unit, row.first, row.last, row.every) for row in clock.segments]
    assert rows == [
        ("days", 2, 2, 1),
        ("days", 4, 4, 1),
        ("days", 8, 8, 1),
        ("months", 12, None, 6),
    ]
    assert schedule.ends_on == {
        EndKind.DEATH,
        EndKind.WITHDRAWAL,
        EndKind.LOSS,
        EndKind.TRANSFER,
    }
    ((kind, how),) = schedule.thinned
    assert (kind, how.items, how.every_months) == (
        EndKind.PROGRESSION,
        frozenset({Item.VITAL_STATUS}),
        12,
    )
    assert (schedule.working_days, schedule.second_course) == (
        WorkingDays.NEAREST,
        SecondCourse.BOTH,
    )


ERRORS = [
    ({"c0_r0_numbers": "3, six"}, "id_c0-r0-numbers", "“six” is no whole number"),
    ({"c0_r0_numbers": ""}, "id_c0-r0-numbers", "This is needed"),
    ({"c0_r0_numbers": "6, 3"}, "id_c0-r0-numbers", "in rising order"),
    ({"c0_r0_numbers": "0"}, "id_c0-r0-numbers", "Must be whole numbers from 1 to 1200"),
    ({"c0_r0_numbers": "3, 12"}, "id_c0-r1-kind", "Overlaps the segment before it"),
    ({"c0_r0_numbers": "²"}, "id_c0-r0-numbers", "no whole number"),
    ({"c0_r0_kind": "weeks"}, "id_c0-r0-kind", "weeks is not one of"),
    ({"c0_r1_every": ""}, "id_c0-r1-every", "This is needed"),
    ({"c0_r1_every": "0"}, "id_c0-r1-every", "greater than or equal to 1"),
    ({"c0_r1_every": "7"}, "id_c0-r1-last", "60 is not reached from 12 in steps of 7"),
    ({"c0_r1_last": "6"}, "id_c0-r1-last", "Not before the first month"),
    ({"c0_r0_kind": "every", "c0_r0_every": "3", "c0_r0_first": "3"}, "id_c0-r1-kind", "no end"),
    ({"c0_r1_before": "180"}, "id_c0-r1-before", "following visits overlap"),
    ({"c0_r1_before": ""}, "id_c0-r1-before", "required"),
    ({"c0_r0_before": "60", "c0_r0_after": "60"}, "id_c0-r0-before", "Overlaps the window"),
    ({"c0_items": []}, "id_c0-items", "required"),
    ({"c0_anchor": "birth"}, "id_c0-anchor", "birth is not one of"),
    ({"c0_name": " "}, "id_c0-name", "required"),
    ({"general_merge_days": "100"}, "id_general-merge_days", "would merge visits"),
    ({"general_working_days": "never"}, "id_general-working_days", "never is not one of"),
    ({"loss_effect": "thins"}, "id_loss-items", "Choose what is still asked for"),
]


@pytest.mark.parametrize(("changed", "target", "text"), ERRORS)
def test_an_error_stands_at_its_field(changed, target: str, text: str) -> None:
    schedule, told = read(jinling(**changed))

    assert schedule is None
    (one,) = told
    assert one.target.startswith(target)
    assert text in one.text


def test_each_clock_tells_its_own_error() -> None:
    cnao = preset("cnao")
    data = fields(cnao)
    data["c0-r0-every"] = "5"
    data["c1-r0-before"] = "400"

    _schedule, told = read(data, cnao)

    assert [one.place for one in told] == [
        "Clock “local”, row 1, Until month",
        "Clock “systemic”, row 1, Before",
    ]


def test_two_clocks_have_two_names() -> None:
    cnao = preset("cnao")
    data = fields(cnao)
    data["c1-name"] = "local"

    _schedule, told = read(data, cnao)

    assert {one.target for one in told} == {"id_c0-name", "id_c1-name"}


def test_fields_that_the_kind_of_a_row_does_not_use_play_no_part() -> None:
    data = jinling(c0_r0_every="x", c0_r0_first="-1", c0_r0_last="y", c0_r1_numbers="z")

    assert read(data) == (JINLING.schedule, [])


def test_rows_and_clocks_are_added_and_taken_out() -> None:
    data = fields(JINLING)

    assert typed.add_row(data, "c0") == "c0-r2"
    assert (data["c0-r2-kind"], data["c0-r2-before"], data["c0-r2-before_unit"]) == (
        "every",
        "30",
        "days",
    )
    typed.drop(data, "c0-r0")
    assert typed.rows_of(data, "c0") == ["c0-r1", "c0-r2"]
    assert typed.add_clock(data) == "c1"
    assert typed.rows_of(data, "c1") == ["c1-r0"]
    typed.drop(data, "c0")
    assert typed.clocks_of(data) == ["c1"]


def test_a_schedule_without_clocks_or_a_clock_without_rows_is_none() -> None:
    data = fields(JINLING)
    typed.drop(data, "c0-r0")
    typed.drop(data, "c0-r1")
    _schedule, (without_rows,) = read(data)
    typed.drop(data, "c0")
    _schedule, (without_clocks,) = read(data)

    assert without_rows.text.startswith("Add a row")
    assert without_clocks.text == "A schedule has at least one clock."


def test_what_the_editor_did_not_send_adds_nothing() -> None:
    data = fields(JINLING)
    for name in ("c0-row", "clock"):
        data.appendlist(name, "../../x")
        data.appendlist(name, "c0")
    data.appendlist("c0-row", "r1")

    assert typed.clocks_of(data) == ["c0"]
    assert typed.rows_of(data, "c0") == ["c0-r0", "c0-r1"]
    for _ in range(100):
        typed.add_row(data, "c0")
        typed.add_clock(data)
    assert len(typed.rows_of(data, "c0")) == typed.MOST_ROWS
    assert len(typed.clocks_of(data)) == typed.MOST_CLOCKS
    assert typed.add_row(data, "c77") == ""


def test_treatment_steps_stay() -> None:
    cams = preset("cams")
    assert cams.schedule is not None

    schedule, _told = read(fields(cams), cams)

    assert schedule is not None
    assert schedule.steps == cams.schedule.steps != ()


# Counted by hand from 31 August 2026: month 6 ends with February.
def test_the_example_has_the_dates_of_five_years() -> None:
    assert JINLING.schedule is not None

    visits = example_visits(JINLING.schedule, {TimePoint.LAST_RT_DAY: dt.date(2026, 8, 31)})

    assert [(visit.label, visit.target.isoformat()) for visit in visits] == [
        ("Month 3", "2026-11-30"),
        ("Month 6", "2027-02-28"),
        ("Month 12", "2027-08-31"),
        ("Month 18", "2028-02-29"),
        ("Month 24", "2028-08-31"),
        ("Month 30", "2029-02-28"),
        ("Month 36", "2029-08-31"),
        ("Month 42", "2030-02-28"),
        ("Month 48", "2030-08-31"),
        ("Month 54", "2031-02-28"),
        ("Month 60", "2031-08-31"),
    ]
    first = visits[0]
    assert (first.window_start, first.window_end) == (dt.date(2026, 11, 16), dt.date(2026, 12, 14))
    assert (
        first.items == "Clinical examination, toxicity assessment, local imaging, systemic imaging"
    )


def test_the_example_of_an_endless_schedule_ends_after_five_years() -> None:
    cnao = preset("cnao").schedule
    assert cnao is not None

    visits = example_visits(cnao, {TimePoint.LAST_RT_DAY: dt.date(2026, 1, 15)})

    # Every 3 months to 24 and every 6 after: 8 visits, then months 30 to 60.
    assert len(visits) == 14
    assert visits[-1].target == dt.date(2031, 1, 15)


def test_the_example_moves_to_working_days_of_the_country() -> None:
    assert JINLING.schedule is not None
    moved = dataclasses.replace(JINLING.schedule, working_days=WorkingDays.NEXT)

    # Month 3 is 25 December 2026, a Friday; in Italy the 26th is a holiday, too.
    visits = example_visits(moved, {TimePoint.LAST_RT_DAY: dt.date(2026, 9, 25)}, country="IT")

    assert visits[0].target == dt.date(2026, 12, 28)


def test_without_its_day_a_clock_has_no_example() -> None:
    assert JINLING.schedule is not None

    assert example_visits(JINLING.schedule, {TimePoint.SURGERY: dt.date(2026, 1, 1)}) == []
