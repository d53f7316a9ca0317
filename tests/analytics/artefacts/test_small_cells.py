"""Small counts hidden from readers of figures, and what would give them away."""

import pytest

from analytics.artefacts.parts import Artefact, Cell, Column, Figure, Part, Row, Steps, Table
from analytics.artefacts.small_cells import without_small_cells
from analytics.artefacts.words import count, count_percent, number


def table(*rows: Row, columns: int = 1) -> Table:
    return Table("t", "T", "S", tuple(Column(str(n)) for n in range(columns)), rows)


def shown(part: Part) -> Part:
    return without_small_cells(Artefact("a", "A", (part,)), 5).parts[0]


def texts(part: Part) -> list[list[str]]:
    hidden = shown(part)
    assert isinstance(hidden, Table)
    return [[cell.text for cell in row.cells] for row in hidden.rows]


def test_counts_from_one_to_four_are_hidden_and_others_are_not() -> None:
    rows = [Row(str(n), (count(n),)) for n in (0, 1, 4, 5, 60)]

    assert texts(table(*rows)) == [["0"], ["< 5"], ["< 5"], ["5"], ["60"]]


def test_a_hidden_count_keeps_no_figure_for_machines() -> None:
    part = shown(table(Row("a", (count_percent(3, 30),)), Row("b", (count_percent(2, 30),))))

    assert isinstance(part, Table)
    assert [row.cells[0].value for row in part.rows] == ["hidden", "hidden"]


def test_one_hidden_count_takes_the_smallest_other_one_with_it() -> None:
    # 3 would be 37 - 25 - 9.
    rows = [Row("All", (count(37),)), *(Row(str(n), (count(n),), 1) for n in (25, 9, 3))]

    assert texts(table(*rows)) == [["37"], ["25"], ["*"], ["< 5"]]


def test_lines_under_different_headings_do_not_hide_one_another() -> None:
    rows = [
        Row("Sex"),
        *(Row(str(n), (count(n),), 1) for n in (30, 7)),
        Row("Depth"),
        *(Row(str(n), (count(n),), 1) for n in (34, 3)),
    ]

    assert texts(table(*rows)) == [[], ["30"], ["7"], [], ["*"], ["< 5"]]


def test_estimates_of_a_hidden_number_of_rows_are_hidden() -> None:
    rows = [
        Row("few", (count(3), number(12.5), Cell("–"))),
        Row("many", (count(30), number(8.5), Cell("–"))),
        Row("more", (count(40), number(9.5), Cell("–"))),
    ]

    assert texts(table(*rows, columns=3)) == [
        ["< 5", "*", "–"],
        ["*", "*", "–"],
        ["40", "9.5", "–"],
    ]


def test_a_table_that_hides_nothing_stays_as_it_is() -> None:
    part = table(Row("a", (count(12),)))

    assert shown(part) is part


def test_a_drawing_of_small_counts_gives_way_to_its_table() -> None:
    small = Figure("f", "F", "<svg/>", table(Row("a", (count(2),)), Row("b", (count(3),))))
    large = Figure("f", "F", "<svg/>", table(Row("a", (count(20),))))

    assert isinstance(shown(small), Table)
    assert shown(large) is large


@pytest.mark.parametrize(("at_risk", "stays"), [(30, True), (4, False)])
def test_a_curve_of_enough_rows_stays_and_one_of_a_handful_does_not(
    at_risk: int, stays: bool
) -> None:
    steps = Steps("OS", (10, 20), (0.9, 0.5), (None, None), (None, None), (at_risk, 1))
    figure = Figure("f", "F", "<svg/>", table(Row("20", (count(1),))), steps=(steps,))

    assert isinstance(shown(figure), Figure) is stays


def test_what_tells_of_one_patient_is_not_shown_at_all() -> None:
    artefact = Artefact("a", "A", (table(Row("a", (count(12),))),), of_one_patient=True)

    hidden = without_small_cells(artefact, 5)

    assert hidden.parts == ()
    assert hidden.reason
