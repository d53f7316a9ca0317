"""RECIST 1.1 from diameters: cases by hand, borders, and properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.models.choices import Response
from registry.recist import (
    growth_by_20_percent,
    nadir_cm,
    response_of_lesion,
    response_of_sum,
    sum_cm,
)

diameters = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(30), places=2)


@pytest.mark.parametrize(
    ("baseline", "earlier", "current", "response"),
    [
        ("5.0", [], "0", Response.CR),
        ("5.0", [], "3.5", Response.PR),  # exactly 30 % less
        ("5.0", [], "3.51", Response.SD),
        ("5.0", [], "5.0", Response.SD),
        ("5.0", [], "5.99", Response.SD),
        ("5.0", [], "6.0", Response.PD),  # exactly 20 % more
        ("2.5", [], "3.0", Response.PD),  # 20 % and 5 mm at once
        ("2.4", [], "2.89", Response.SD),  # 20.4 %, but 4.9 mm
        ("2.4", [], "2.90", Response.PD),
        ("1.0", [], "1.4", Response.SD),  # 40 %, but 4 mm
        ("10.0", [], "10.6", Response.SD),  # 6 mm, but 6 %
        ("6.0", ["3.0"], "3.5", Response.PR),  # 17 % over the nadir
        ("6.0", ["3.0"], "3.6", Response.PD),  # 40 % below baseline, yet 20 % over the nadir
        ("6.0", ["3.0", "4.0"], "3.6", Response.PD),
        ("6.0", ["7.0"], "6.9", Response.SD),  # the nadir is the baseline
        ("6.0", ["0"], "0", Response.CR),
        ("6.0", ["0"], "0.4", Response.PD),  # there again
        ("6.0", [None], "4.0", Response.PR),
    ],
)
def test_the_response_is_the_one_by_hand(baseline, earlier, current, response):
    before = [diameter if diameter is None else Decimal(diameter) for diameter in earlier]
    assert response_of_lesion(Decimal(baseline), Decimal(current), before).response is response


def test_the_changes_are_given_in_per_cent_and_cut_off_not_rounded():
    answer = response_of_lesion(Decimal("6.00"), Decimal("5.00"), [Decimal("4.17")])
    # -1 / 6 = -16.67 %, 0.83 / 4.17 = 19.90 %
    assert (answer.from_baseline_percent, answer.from_nadir_percent) == (
        Decimal("-16.6"),
        Decimal("19.9"),
    )
    assert answer.why == "-16.6 % since baseline, +19.9 % (+8.3 mm) since nadir"


def test_tens_of_millimetres_keep_their_zero():
    assert response_of_lesion(5, 6).why == "+20.0 % since baseline, +20.0 % (+10 mm) since nadir"


@pytest.mark.parametrize(
    ("baseline", "current", "why"),
    [
        (None, 3, "Cannot be said: no diameter before treatment."),
        (0, 3, "Cannot be said: there was nothing to measure before treatment."),
        (3, None, "Cannot be said: not measured."),
    ],
)
def test_without_a_measurement_the_response_is_not_evaluable(baseline, current, why):
    answer = response_of_lesion(baseline, current, [2])
    assert (answer.response, answer.why) == (Response.NE, why)
    assert answer.from_baseline_percent is None


def test_floats_are_taken_as_they_are_written():
    # 0.7 * 3.0 is 2.0999999999999996 in binary floating point.
    assert response_of_lesion(3.0, 2.1).response is Response.PR
    assert response_of_lesion(3.5, 4.2).response is Response.PD


@given(diameters, diameters)
def test_progression_needs_both_20_percent_and_5_mm(baseline, current):
    answer = response_of_lesion(baseline, current).response
    grown = 5 * current >= 6 * baseline and 10 * (current - baseline) >= 5
    assert (answer is Response.PD) == grown


@given(diameters, st.lists(diameters, max_size=4), diameters, diameters)
def test_a_smaller_diameter_never_has_a_worse_response(baseline, earlier, one, other):
    order = [Response.CR, Response.PR, Response.SD, Response.PD]
    small, large = sorted((one, other))
    answers = [response_of_lesion(baseline, now, earlier).response for now in (small, large)]
    assert order.index(answers[0]) <= order.index(answers[1])


@given(diameters, diameters, diameters, st.permutations([Decimal(2), Decimal(3), Decimal(4)]))
def test_the_order_of_earlier_visits_does_not_matter(baseline, current, first, others):
    earlier = [first, *others]
    assert response_of_lesion(baseline, current, earlier) == response_of_lesion(
        baseline, current, sorted(earlier)
    )


def test_the_nadir_is_the_smallest_measured_diameter():
    assert nadir_cm(5, [4, None, Decimal("3.5"), 6]) == Decimal("3.5")
    assert nadir_cm(5, []) == 5
    assert nadir_cm(None, [None]) is None


def test_a_sum_is_the_sum_of_all_or_nothing():
    assert sum_cm([Decimal("1.1"), Decimal("2.2")]) == Decimal("3.3")
    assert sum_cm([Decimal("1.1"), None]) is None
    assert sum_cm([]) is None


def test_the_response_of_a_sum_is_that_of_the_added_diameters():
    # 10 cm before; 7 cm now is 30 % less, though one lesion has grown by 50 %.
    assert response_of_sum([6, 4], [1, 6]).response is Response.PR
    assert response_of_sum([6, 4], [0, 0]).response is Response.CR
    # A lesion that is there again among others is no progression by itself.
    assert response_of_sum([6, 4], [0.4, 4], earlier_sums_cm=[4]).response is Response.PR
    assert response_of_sum([6, 4], [2, 4], earlier_sums_cm=[4]).response is Response.PD


def test_a_sum_with_a_lesion_that_was_not_measured_is_not_evaluable():
    answer = response_of_sum([3, 2], [1, None])
    assert (answer.response, answer.why) == (
        Response.NE,
        "Cannot be said: not all lesions were measured.",
    )
    assert response_of_sum([3, None], [1, 1]).response is Response.NE
    assert response_of_sum([3, 2], [None, None]).response is Response.NE
    assert response_of_sum([], []).response is Response.NE


def test_a_sum_that_is_progression_without_the_missing_lesion_is_progression():
    # 5 cm in three lesions before, 8 cm in two of them now.
    assert response_of_sum([2, 2, 1], [4, 4, None]).response is Response.PD


def test_sums_of_different_lesions_are_refused():
    with pytest.raises(ValueError, match="2 diameters before treatment, 1 now"):
        response_of_sum([3, 2], [3])


@pytest.mark.parametrize("diameter", [-1, Decimal("-0.1"), float("nan"), float("inf")])
def test_a_diameter_that_cannot_be_is_refused(diameter):
    for arguments in [(diameter, 3), (3, diameter)]:
        with pytest.raises(ValueError, match="must be 0 cm or more"):
            response_of_lesion(*arguments)
    with pytest.raises(ValueError, match="must be 0 cm or more"):
        growth_by_20_percent(3, diameter)


@pytest.mark.parametrize(
    ("reference", "current", "has_grown", "percent"),
    [
        ("2.0", "2.4", True, "20.0"),  # 4 mm: no progression by RECIST 1.1
        ("2.0", "2.39", False, "19.5"),
        ("3.0", "2.0", False, "-33.3"),
        ("10", "12", True, "20.0"),
    ],
)
def test_the_plain_rule_asks_for_20_percent_only(reference, current, has_grown, percent):
    answer = growth_by_20_percent(Decimal(reference), Decimal(current))
    assert (answer.has_grown, answer.percent) == (has_grown, Decimal(percent))


def test_the_plain_rule_explains_itself():
    assert growth_by_20_percent(Decimal("2.0"), Decimal("2.4")).why == "+20.0 % against 2.0 cm"
    assert growth_by_20_percent(0, Decimal("0.3")).has_grown is True
    assert growth_by_20_percent(0, 0).has_grown is False


@pytest.mark.parametrize(
    ("reference", "current", "why"),
    [
        (None, 3, "Cannot be said: no earlier diameter."),
        (3, None, "Cannot be said: not measured."),
    ],
)
def test_the_plain_rule_without_a_measurement_cannot_be_said(reference, current, why):
    answer = growth_by_20_percent(reference, current)
    assert (answer.has_grown, answer.why) == (None, why)
