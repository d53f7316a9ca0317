"""Plans by month, and the months that are shown; every value by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from registry.models import Centre
from registry.selectors.accrual_months import (
    CentreMonths,
    Month,
    Plan,
    months_passed,
    months_shown,
    planned_by,
)

D = dt.date


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (D(2024, 1, 1), D(2024, 1, 1), "0"),
        (D(2024, 1, 1), D(2023, 12, 1), "0"),
        (D(2024, 1, 1), D(2024, 7, 1), "6"),
        (D(2024, 1, 15), D(2024, 2, 14), "30/31"),
        (D(2024, 1, 31), D(2024, 2, 29), "1"),
        (D(2024, 2, 1), D(2024, 2, 15), "14/29"),
        (D(2023, 11, 20), D(2024, 2, 20), "3"),
    ],
)
def test_months_pass_by_the_calendar_and_the_last_by_its_days(
    start: dt.date, end: dt.date, months: str
) -> None:
    over, _, under = months.partition("/")
    assert months_passed(start, end) == Decimal(over) / Decimal(under or 1)


def test_a_plan_grows_by_the_month_up_to_its_target() -> None:
    plan = Plan(target=5, per_month=Decimal("1.5"), activated_on=D(2024, 1, 1))

    days = (D(2023, 12, 1), D(2024, 2, 1), D(2024, 4, 1), D(2024, 5, 1))
    assert [plan.by(day) for day in days] == [0, Decimal("1.5"), Decimal("4.5"), 5]


@pytest.mark.parametrize(
    "plan",
    [
        Plan(),
        Plan(target=5),
        Plan(target=5, per_month=Decimal(1)),
        Plan(target=5, activated_on=D(2024, 1, 1)),
    ],
)
def test_without_rate_or_activation_nothing_was_planned_by_a_day(plan: Plan) -> None:
    assert plan.by(D(2024, 7, 1)) is None


def test_plans_add_up_where_they_are_known() -> None:
    one = Plan(per_month=Decimal(1), activated_on=D(2024, 1, 1))

    assert planned_by([one, Plan(target=9), one], D(2024, 3, 1)) == 4
    assert planned_by([Plan(target=9)], D(2024, 3, 1)) is None


def test_months_begin_with_the_first_enrolment_or_plan_and_end_today() -> None:
    early = CentreMonths(Centre(), Plan(activated_on=D(2010, 1, 1)), {Month(2024, 2): 1})
    planned = CentreMonths(Centre(), Plan(per_month=Decimal(1), activated_on=D(2023, 12, 9)))

    assert months_shown([early], D(2024, 3, 5)) == [Month(2024, 2), Month(2024, 3)]
    assert months_shown([early, planned], D(2024, 1, 5)) == [
        Month(2023, 12),
        Month(2024, 1),
        Month(2024, 2),
    ]
    assert months_shown([], D(2024, 1, 5)) == [Month(2024, 1)]


def test_unknown_months_count_among_all_but_in_no_month() -> None:
    row = CentreMonths(Centre(), by_month={Month(2024, 1): 2, Month(2024, 3): 1}, unknown=4)

    assert row.enrolled == 7
    assert row.in_months(Month(2024, 1), Month(2024, 2)) == 2
