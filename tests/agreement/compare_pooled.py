"""Pooled shares of published series."""

from collections.abc import Iterator

from analytics.estimators.pooled import pooled_share
from tests.agreement.comparing import Comparison, stored

LM = "`lm`, `uniroot`"


def comparisons() -> Iterator[Comparison]:
    """Every figure of pooled.R."""
    for case, answer in stored("pooled").items():
        found = pooled_share(answer["events"], answer["totals"], level=answer["level"])
        limits = (found.share, found.lower, found.upper)
        yield Comparison("Pooled share, limits", LM, case, limits, answer["pooled"])
        spread = (found.tau_squared, found.i_squared)
        expected = (answer["tau_squared"], answer["i_squared"])
        yield Comparison("Pooled share: τ², I²", LM, case, spread, expected)
