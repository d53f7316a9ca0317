"""What a protocol says, in words."""

import pytest

from registry.protocols import (
    PRESETS,
    AcuteBorder,
    DoseLimit,
    Offset,
    OffsetUnit,
    Segment,
    Window,
    preset,
)
from registry.protocols.vocabulary import EndKind, MetricUnit, TimePoint
from registry.templatetags import protocol as tags

DAYS, MONTHS = OffsetUnit.DAYS, OffsetUnit.MONTHS
FORTNIGHT = Window(Offset(14, DAYS), Offset(14, DAYS))


@pytest.mark.parametrize(
    ("segment", "when"),
    [
        (Segment(MONTHS, 3, 24, 3, FORTNIGHT), "every 3 months, months 3 to 24"),
        (Segment(MONTHS, 30, None, 6, FORTNIGHT), "every 6 months from month 30 on"),
        (Segment(MONTHS, 3, 3, 3, FORTNIGHT), "month 3"),
        (Segment(DAYS, 14, 42, 14, FORTNIGHT), "every 14 days, days 14 to 42"),
        (Segment(DAYS, 14, None, 1, FORTNIGHT), "every 1 day from day 14 on"),
        (Segment(DAYS, 14, 14, 1, FORTNIGHT), "day 14"),
    ],
)
def test_a_segment_says_when_and_within_which_window(segment: Segment, when: str) -> None:
    window = "window from 14 days before to 14 days after"

    assert tags.segment_words(segment) == f"{when}; {window}"


def test_the_acute_border_names_length_and_anchor() -> None:
    border = AcuteBorder(TimePoint.LAST_RT_DAY, Offset(3, MONTHS))

    assert tags.border_words(border) == "onset up to 3 months after: last day of radiotherapy"


def test_a_limit_is_strict_or_not() -> None:
    assert tags.limit_words(DoseLimit("V20Gy", MetricUnit.PERCENT, 20.0, True)) == "V20Gy < 20 %"
    assert tags.limit_words(DoseLimit("Max", MetricUnit.GY, 45.5, False)) == "Max ≤ 45.5 Gy"


def test_several_endings_are_told_in_a_fixed_order() -> None:
    endings = frozenset({EndKind.WITHDRAWAL, EndKind.DEATH})

    assert tags.words(endings) == "death, withdrawal"


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_can_be_told(key: str) -> None:
    protocol = preset(key)

    assert tags.words(protocol.time_origin)
    assert all(tags.unit_words(endpoint.unit) for endpoint in protocol.endpoints)
    assert all(tags.region_words(row) is not None for row in protocol.constraints)
    assert all(tags.limit_words(limit) for row in protocol.constraints for limit in row.limits)
    if protocol.schedule:
        for clock in protocol.schedule.clocks:
            assert tags.words(clock.items)
            assert all(tags.segment_words(segment) for segment in clock.segments)
        assert all(tags.words(step.item) for step in protocol.schedule.steps)
