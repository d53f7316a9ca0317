"""Words and months of a figure: widths, line breaks, numbers and ticks."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.figures import DAYS_PER_MONTH, month_ticks
from analytics.figures.svg import escaped, number
from analytics.figures.text import width, wrap


def test_a_month_is_a_twelfth_of_365_25_days():
    assert pytest.approx(365.25 / 12) == DAYS_PER_MONTH


@pytest.mark.parametrize(
    ("last_day", "ticks"),
    [
        (0, [0, 1]),
        (30, [0, 1]),
        (100, [0, 1, 2, 3, 4]),
        (365.25, [0, 3, 6, 9, 12]),
        (366, [0, 3, 6, 9, 12, 15]),
        (1800, [0, 6, 12, 18, 24, 30, 36, 42, 48, 54, 60]),
        (3652, [0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120]),
    ],
)
def test_ticks_are_usual_steps_of_months_up_to_the_first_that_covers_the_data(last_day, ticks):
    assert month_ticks(last_day) == ticks


@given(st.floats(0, 1e6), st.integers(1, 12))
def test_ticks_cover_the_data_without_an_empty_interval_and_are_never_too_many(last_day, at_most):
    ticks = month_ticks(last_day, at_most)
    assert ticks[-1] * DAYS_PER_MONTH >= last_day * (1 - 1e-12)
    assert ticks[-2] * DAYS_PER_MONTH <= last_day
    assert len(ticks) - 1 <= at_most


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1,), "last_day must be a day from 0 on"),
        ((math.nan,), "last_day must be a day from 0 on"),
        ((100, 0), "at_most must be at least 1"),
    ],
)
def test_ticks_of_no_time_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        month_ticks(*arguments)


@given(st.text(max_size=80), st.floats(30, 400))
def test_wrapped_lines_fit_and_hold_every_character_in_order(content, room):
    lines = wrap(content, 12, room)
    assert "".join("".join(lines).split()) == "".join(content.split())
    for line in lines:
        assert width(line, 12) <= room or len(line) == 1


def test_lines_break_at_spaces_where_there_are_any():
    assert wrap("local control of lesions", 10, 75) == ["local control", "of lesions"]
    assert wrap("", 10, 90) == []


def test_bold_text_gets_fewer_words_on_a_line():
    words = "overall survival by grade of the primary tumour"
    assert len(wrap(words, 12, 160, bold=True)) > len(wrap(words, 12, 160))


def test_wide_scripts_take_a_full_em_and_combining_marks_nothing():
    assert width("肉腫", 10) == 20
    assert width("e\u0301", 10) == width("e", 10)


@pytest.mark.parametrize(
    ("value", "written"), [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (100, "100"), (2.5, "2.5")]
)
def test_coordinates_are_short(value, written):
    assert number(value) == written


def test_characters_that_xml_forbids_are_replaced():
    assert escaped("a\x00b\x1f<\ud800>") == "a\ufffdb\ufffd&lt;\ufffd&gt;"
