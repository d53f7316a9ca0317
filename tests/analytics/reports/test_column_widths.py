"""Widths of columns: room for every word, the rest by what columns would like."""

import pytest

from analytics.artefacts.parts import Cell, Column, Row, Table
from analytics.reports.column_widths import GAP, LONGEST_WORD, column_widths, lines_of


def table(label: str, *texts: str) -> Table:
    columns = tuple(Column("n") for _ in texts)
    return Table("t", "T", "S", columns, (Row(label, tuple(map(Cell, texts))),))


def test_texts_that_fit_get_their_own_widths() -> None:
    assert column_widths(table("Age", "12"), 100) == [GAP + 3, GAP + 2]


def test_columns_share_what_is_left_and_keep_their_longest_word() -> None:
    widths = column_widths(table("word", "one long text of many words here", "12"), 30)

    assert sum(widths) == pytest.approx(30)
    assert widths[0] == GAP + 4
    assert widths[1] > GAP + len("words")
    assert widths[2] == GAP + 2


def test_a_word_without_end_counts_as_the_longest_that_is_not_broken() -> None:
    assert column_widths(table("W" * 10_000, "1"), 10)[0] == GAP + LONGEST_WORD


def test_no_line_ends_at_a_no_break_space() -> None:
    assert column_widths(table("a", "9 (15,0\u00a0%)"), 10)[1] == GAP + len("(15,0 %)")


def test_lines_are_counted_with_wrapped_texts_and_the_head() -> None:
    # The head, and a text of 25 signs in a column of 10.
    assert lines_of(table("a", "x" * 25), [10, 10]) == 1 + 3
