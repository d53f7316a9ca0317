"""Restricted mean survival time."""

from collections.abc import Iterator

from analytics.estimators import rmst
from tests.agreement.comparing import Comparison, scattered, stored

SURVMEAN = "`print(fit, rmean)`"


def comparisons() -> Iterator[Comparison]:
    """Every figure of rmst.R."""
    for case, answer in stored("rmst").items():
        if "formula" in answer:
            days, event = 30 * scattered(20_000, 41, 389), scattered(20_000, 10, 577) < 4
        else:
            days, event = answer["days"], answer["event"]
        found = [rmst(days, event, tau) for tau in answer["tau"]]
        for name in ("estimate", "std_err"):
            yield Comparison(
                "Restricted mean: estimate, std. error",
                SURVMEAN,
                case,
                [getattr(mean, name) for mean in found],
                answer[name],
            )
