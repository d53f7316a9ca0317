"""The optional keys of a schedule: a second course, working days, what is thinned."""

import pytest

from registry.protocols import ProtocolError, preset_text, read_protocol
from registry.protocols.schedule import Thinning
from registry.protocols.vocabulary import EndKind, Item, SecondCourse, WorkingDays

# What is replaced in the preset, by what, and the path and reason of the refusal.
REFUSALS = [
    (
        'ends_on = ["progression", "death", "withdrawal", "loss"]',
        'ends_on = ["death", "study_end"]',
        "schedule.ends_on",
        "study_end ends every schedule: it is not named",
    ),
    (
        "merge_days = 14",
        'merge_days = 14\nsecond_course = "again"',
        "schedule.second_course",
        "must be one of continue, restart, both",
    ),
    (
        "merge_days = 14",
        'merge_days = 14\nworking_days = "yes"',
        "schedule.working_days",
        "must be one of off, next, nearest",
    ),
    (
        "[schedule.clocks.visits]",
        '[schedule.thinned.loss]\nitems = ["clinic"]\n[schedule.clocks.visits]',
        "schedule.thinned.loss",
        "ends_on names loss already: nothing is left to thin",
    ),
    (
        "[schedule.clocks.visits]",
        '[schedule.thinned.death]\nitems = ["clinic"]\n[schedule.clocks.visits]',
        "schedule.thinned.death",
        "must be one of progression, withdrawal, loss, transfer",
    ),
    (
        "[schedule.clocks.visits]",
        '[schedule.thinned.transfer]\nitems = ["surgery"]\n[schedule.clocks.visits]',
        "schedule.thinned.transfer.items",
        "surgery is a treatment step, not a part of a visit",
    ),
    (
        "[schedule.clocks.visits]",
        '[schedule.thinned.transfer]\nitems = ["clinic"]\nevery_months = 0\n'
        "[schedule.clocks.visits]",
        "schedule.thinned.transfer.every_months",
        "must be a whole number from 1 to 1200",
    ),
]


def changed(preset: str, old: str, new: str) -> str:
    text = preset_text(preset)
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new", "path", "reason"), REFUSALS)
def test_what_a_schedule_cannot_say_is_refused_with_path_and_reason(old, new, path, reason):
    with pytest.raises(ProtocolError) as refusal:
        read_protocol(changed("jinling", old, new), name="ours.toml")
    assert refusal.value.path == path
    assert reason in refusal.value.reason


def test_a_schedule_without_the_optional_keys_goes_on_and_moves_nothing():
    schedule = read_protocol(preset_text("jinling"), name="j").schedule
    assert schedule is not None
    assert schedule.thinned == ()
    assert schedule.second_course is SecondCourse.CONTINUE
    assert schedule.working_days is WorkingDays.OFF


def test_thinning_second_course_and_working_days_are_read():
    text = changed(
        "cams",
        "[schedule]",
        """[schedule.thinned.progression]
items = ["clinic", "vital_status"]
every_months = 6

[schedule]
second_course = "restart"
working_days = "nearest"
""",
    )
    schedule = read_protocol(text, name="c").schedule
    assert schedule is not None
    rule = Thinning(frozenset({Item.CLINIC, Item.VITAL_STATUS}), 6)
    assert schedule.thinned == ((EndKind.PROGRESSION, rule),)
    assert schedule.second_course is SecondCourse.RESTART
    assert schedule.working_days is WorkingDays.NEAREST
