"""A schedule is written into the text of its protocol, and nothing else of the text changes."""

from __future__ import annotations

import dataclasses
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.protocols import (
    ProtocolError,
    ReminderPolicy,
    Schedule,
    preset,
    preset_text,
    read_protocol,
)
from registry.protocols.vocabulary import EndKind
from registry.protocols.writer import counted_up, with_schedule
from tests.registry.protocols.schedules import SCHEDULES

FOLLOWED = ("jinling", "cnao", "cams", "miyakojima", "preop")

SMALL = """\
# A protocol with remarks everywhere.
key = "small"
title = '''
Two lines, and
[schedule] # in a text'''
version = "1" # the first
kind = "treatment"
calendar = "real"
disease_groups = [
    "soft_tissue_sarcoma", # [schedule]
]
settings = ["primary"]
time_origin = "surgery"
source = { citation = "Nobody" }
eligibility.inclusion.all = \"\"\"Quoted "all" \\\"\"\"\"\"\"

[endpoints.OS]
label = "Overall survival"
definition = "Time."
unit = "patient"
origin = "surgery"
events = ["death_any"]
censoring = "last_follow_up"

# Follow-up
[schedule] # begins
merge_days = 5
ends_on = ["death"]
# how it was
[[schedule.clocks."first one".segments]]
months = [
    3, # three
    6,
]
window.before_days = 7
window.after_days = 7
[schedule.clocks."first one"]
items = ["clinic"]
anchor = "surgery"

# Toxicity
[toxicity]
ctcae = "none"
[dose]
unit = "Gy"
alpha_beta_gy = { tumour = 10, normal = 3 }
[reminders]
ahead_days = 14
overdue_rounds_days = [7]
escalate_after_days = 60
lost_after_days = 365
[required]
[schedule.steps.rt]
event = "first_rt_day"
anchor = "surgery"
from_days = 1
until_days = 2
text = "Soon."

[[assumptions]]
about = "schedule.steps.rt"
text = "Assumed."

# The last one
[[assumptions]]
about = "time_origin"
text = "Assumed too."
"""

HALF_YEARLY = """\
[schedule]
merge_days = 3
ends_on = ["death", "loss"]
second_course = "continue"
working_days = "next"

[schedule.thinned.progression]
items = ["vital_status"]
every_months = 12

[schedule.clocks.visits]
items = ["clinic"]
anchor = "surgery"
segments = [{ every_months = 6, first_month = 6, window = { before_days = 9, after_months = 1 } }]
"""


def schedule_of(text: str) -> Schedule:
    return cast(Schedule, read_protocol(text).schedule)


def half_yearly() -> Schedule:
    before, after = preset_text("cams").split("[schedule]")
    rest = after.split("[toxicity]")[1].split("[[assumptions]]")[0]
    return schedule_of(f"{before}{HALF_YEARLY}\n[toxicity]{rest}")


@settings(max_examples=60)
@given(st.sampled_from(FOLLOWED), SCHEDULES)
def test_what_is_written_is_read_again_and_the_rest_stays(key: str, schedule: Schedule) -> None:
    before = preset(key)

    after = read_protocol(with_schedule(preset_text(key), schedule, version="9"))

    assert after.schedule == schedule
    assert before == dataclasses.replace(
        after, schedule=before.schedule, version="1", assumptions=before.assumptions
    )
    others = [one for one in before.assumptions if not one.about.startswith("schedule")]
    assert [one for one in after.assumptions if not one.about.startswith("schedule")] == others


@settings(max_examples=40)
@given(SCHEDULES)
def test_a_text_full_of_remarks_keeps_them(schedule: Schedule) -> None:
    text = with_schedule(SMALL, schedule, version="2")

    head, rest = text.split("# Follow-up\n")
    assert head == SMALL.split("# Follow-up\n")[0].replace('"1" # the', '"2" # the')
    middle = SMALL[SMALL.index("\n# Toxicity") : SMALL.index("[schedule.steps.rt]")]
    assert middle in rest
    assert rest.endswith(
        '# The last one\n[[assumptions]]\nabout = "time_origin"\ntext = "Assumed too."\n'
    )
    assert schedule_of(text) == schedule


@pytest.mark.parametrize("key", FOLLOWED)
def test_the_shipped_protocols_are_written_as_they_stand(key: str) -> None:
    protocol = preset(key)
    assert protocol.schedule is not None
    changed = dataclasses.replace(protocol.schedule, merge_days=protocol.schedule.merge_days - 1)

    text = with_schedule(preset_text(key), changed, version="1")
    back = with_schedule(text, protocol.schedule, version="1")

    lines, again = preset_text(key).splitlines(), back.splitlines()
    assert [line for line in again if line not in lines] == [
        'second_course = "continue"',
        'working_days = "off"',
    ]
    gone = [line for line in lines if line not in again]
    assert all(line.startswith(("about = ", "text = ")) for line in gone)


def test_the_new_tables_stand_in_the_place_of_the_old_ones() -> None:
    text = with_schedule(preset_text("cams"), half_yearly(), version="2")

    before = preset_text("cams")
    start = before.index("[schedule]")
    assert text[:start] == before[:start].replace('version = "1"', 'version = "2"')
    assert text[start:].startswith(f"{HALF_YEARLY}\n[toxicity]\n")


def test_an_assumption_about_what_is_gone_or_different_is_left_out() -> None:
    cams = preset("cams")
    assert cams.schedule is not None
    visits, imaging = cams.schedule.clocks
    others = [one.about for one in cams.assumptions if not one.about.startswith("schedule")]

    moved = dataclasses.replace(visits, segments=visits.segments[:1])
    text = with_schedule(
        preset_text("cams"),
        dataclasses.replace(cams.schedule, clocks=(moved, imaging)),
        version="2",
    )

    assert [one.about for one in read_protocol(text).assumptions if one.about not in others] == [
        "schedule.clocks.visits.anchor",
        "schedule.clocks.imaging.segments",
        "schedule.clocks.imaging.anchor",
        "schedule.merge_days",
        "schedule.ends_on",
    ]
    assert "\n\n\n" not in text


def test_assumptions_in_one_list_are_left_out_alike() -> None:
    head = SMALL.split("[[assumptions]]", 1)[0]
    listed = (
        'assumptions = [{ about = "schedule.steps.rt", text = "A" }, '
        '{ about = "time_origin", text = "B" }] # all\n\n'
    )
    text = head.replace("[endpoints.OS]", f"{listed}[endpoints.OS]")

    written = with_schedule(text, half_yearly(), version="2")

    assert [one.about for one in read_protocol(written).assumptions] == ["time_origin"]


def test_reminders_are_written_when_they_are_others() -> None:
    cams = preset("cams")
    assert cams.schedule is not None
    policy = ReminderPolicy(21, (5, 10), 90, 400)

    text = with_schedule(preset_text("cams"), cams.schedule, version="2", reminders=policy)

    after = read_protocol(text)
    assert (after.reminders, after.schedule) == (policy, cams.schedule)
    assert "reminders" not in [one.about for one in after.assumptions]
    same = with_schedule(preset_text("cams"), cams.schedule, version="1", reminders=cams.reminders)
    assert same == preset_text("cams")


def test_lines_keep_their_ends() -> None:
    text = with_schedule(SMALL.replace("\n", "\r\n"), half_yearly(), version="2")

    assert text.count("\n") == text.count("\r\n")
    assert schedule_of(text) == half_yearly()


def test_a_schedule_without_tables_of_its_own_is_replaced() -> None:
    start, end = SMALL.index("[schedule] # begins"), SMALL.index("# Toxicity")
    inline = (
        'schedule.merge_days = 5\nschedule.ends_on = ["death"]\n'
        'schedule.clocks = { a = { items = ["clinic"], anchor = "surgery", segments = '
        "[{ months = [3], window = { before_days = 1, after_days = 1 } }] } }\n"
    )
    text = SMALL[:start] + SMALL[end:]
    text = text[: text.index("[schedule.steps")] + text[text.index("# The last one") :]
    text = text.replace("[endpoints.OS]", f"{inline}[endpoints.OS]")

    written = with_schedule(text, half_yearly(), version="2")

    assert schedule_of(written) == half_yearly()
    assert written.endswith(f'text = "Assumed too."\n\n{HALF_YEARLY}')


def test_a_schedule_that_the_reader_refuses_is_not_written() -> None:
    cams = preset("cams")
    assert cams.schedule is not None
    endless = dataclasses.replace(cams.schedule, ends_on=frozenset({EndKind.LOSS}))

    with pytest.raises(ProtocolError, match="schedule.ends_on: must name death"):
        with_schedule(preset_text("cams"), endless, version="2")


@pytest.mark.parametrize(
    ("version", "after"), [("1", "2"), ("9", "10"), ("2.1 (draft)", "2.2 (draft)"), ("A", "A 2")]
)
def test_versions_count_up(version: str, after: str) -> None:
    assert counted_up(version) == after
