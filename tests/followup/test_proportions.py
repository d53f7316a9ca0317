"""Wilson's interval against published and hand-calculated limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.proportions import proportion


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # Newcombe RG. Two-sided confidence intervals for the single proportion. Stat Med 1998; 17:
        # 857–872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # By hand, with z² = 3.8415: centre (0.8 + 0.19207) / 1.38415 = 0.71674, half width
        # 1.95996 · √(0.016 + 0.0096036) / 1.38415 = 0.22658.
        (8, 10, 0.49016, 0.94332),
        # By hand: all of 10 leave 10 / (10 + 3.8415) = 0.72247.
        (10, 10, 0.72247, 1.0),
    ],
)
def test_the_limits_are_those_of_the_literature(count, total, low, high) -> None:
    found = proportion(count, total)

    assert found is not None
    assert found.share == pytest.approx(count / total)
    digits = 4 if total in (263, 148, 20, 29) else 5
    assert (round(found.low, digits), round(found.high, digits)) == (low, high)


def test_of_nothing_there_is_no_share() -> None:
    assert proportion(0, 0) is None


@pytest.mark.parametrize(("count", "total"), [(3, 2), (-1, 2), (1, 0)])
def test_what_is_no_part_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        proportion(count, total)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_limits_enclose_the_share_within_nought_and_one(of: tuple[int, int]) -> None:
    found = proportion(*of)

    assert found is not None
    assert 0 <= found.low <= found.share <= found.high <= 1
