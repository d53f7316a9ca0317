"""Enrolments by month: this year and the one before by month, earlier years in a row each."""

import datetime as dt
from decimal import Decimal

from followup.figures.accrual import Size, Tick, accrual_figure, round_step
from followup.selectors.month_table import MonthRow, month_table
from registry.models import Centre
from registry.selectors.accrual_months import CentreMonths, Month, Plan

TODAY = dt.date(2024, 2, 10)


def a_centre() -> CentreMonths:
    """Two patients in 2021, one in 2022, one in January 2023, one in February 2024."""
    months = [Month(2021, 6), Month(2022, 12), Month(2023, 1), Month(2024, 2)]
    return CentreMonths(
        Centre(code="A"),
        Plan(target=4, per_month=Decimal("0.1"), activated_on=dt.date(2021, 6, 1)),
        dict(zip(months, (2, 1, 1, 1), strict=True)),
        unknown=3,
    )


def test_the_latest_months_stand_alone_and_earlier_years_together() -> None:
    table = month_table([a_centre()], TODAY)

    assert len(table.rows) == 16
    assert table.rows[0] == MonthRow(2024, Month(2024, 2), (1,), 5, Decimal("3.3"))
    assert table.rows[13] == MonthRow(2023, Month(2023, 1), (1,), 4, Decimal("2.0"))
    assert table.rows[14] == MonthRow(2022, None, (1,), 3, Decimal("1.9"))
    assert table.rows[15] == MonthRow(2021, None, (2,), 2, Decimal("0.7"))


def test_what_is_known_to_the_year_only_stands_in_a_row_of_its_own() -> None:
    table = month_table([a_centre()], TODAY)

    assert table.unknown == MonthRow(None, None, (3,))
    assert table.sums.counts == (8,)


def test_a_year_of_which_one_month_is_shown_is_named_as_a_year() -> None:
    row = CentreMonths(Centre(), by_month={Month(2022, 12): 1})

    assert month_table([row], TODAY).rows[-1] == MonthRow(2022, None, (1,), 1, None)


def test_the_figure_steps_up_at_the_end_of_a_month_and_the_plan_rises_from_nought() -> None:
    months = [Month(2023, 12), Month(2024, 1)]

    figure = accrual_figure(
        months,
        {months[0]: 1, months[1]: 3},
        {months[0]: 2.0, months[1]: 4.0},
        Size(width=117.2, height=53, type=10),
    )

    # From x 22.2 (8 + one figure of 6.2 + 8) to 101.2, and from y 29 up to 10 for 4 patients.
    assert figure.enrolled == "22.2,29 61.7,29 61.7,24.2 101.2,24.2 101.2,14.8"
    assert figure.planned == "22.2,29 61.7,19.5 101.2,10"
    assert figure.counts[-1] == Tick("10", "4")
    assert figure.years == [Tick("61.7", "2024")]


def test_over_months_that_are_left_out_the_line_goes_straight() -> None:
    months = [Month(2023, 11), Month(2023, 12), Month(2024, 1)]

    figure = accrual_figure(
        months, {months[1]: 2, months[2]: 4}, {}, Size(width=117.2, height=53, type=10)
    )

    # Two thirds of the way from x 22.2 to 101.2 are at 74.9; then a step of one month.
    assert figure.enrolled == "22.2,29 74.9,19.5 101.2,19.5 101.2,10"


def test_without_a_plan_no_plan_is_drawn() -> None:
    month = Month(2024, 5)

    figure = accrual_figure([month], {month: 0}, {})

    assert figure.planned == ""
    assert [tick.words for tick in figure.years] == ["2024-05"]


def test_ticks_of_the_axis_are_round() -> None:
    assert [round_step(least) for least in (0.2, 1, 1.2, 2.1, 6, 11, 40, 60)] == [
        1, 1, 2, 5, 10, 20, 50, 100,
    ]  # fmt: skip
