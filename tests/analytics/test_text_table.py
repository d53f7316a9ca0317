"""Plain text tables."""

import pytest

from analytics.text_table import months, percent, text_table


def test_names_stand_left_and_numbers_right():
    table = text_table(("Study", "N"), [("cnao", "54"), ("miyakojima", "5")])
    assert table.splitlines() == [
        "Study        N",
        "cnao        54",
        "miyakojima   5",
    ]


def test_a_table_without_rows_is_its_head():
    assert text_table(("Study", "N"), []) == "Study  N"


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        text_table(("Study", "N"), [("cnao",)])


def test_what_is_not_known_is_a_dash():
    assert (percent(0.8024), percent(1.0), percent(None)) == ("80.2", "100.0", "–")
    assert (months(24.04), months(None)) == ("24.0", "–")
