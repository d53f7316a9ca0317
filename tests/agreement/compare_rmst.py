"""Restricted mean survival time."""

from collections.abc import Iterator

import numpy as np

from analytics.estimators import rmst, rmst_difference
from tests.agreement.comparing import Comparison, scattered, stored

SURVMEAN = "`print(fit, rmean)`"


def comparisons() -> Iterator[Comparison]:
    """Every figure of rmst.R."""
    yield from _difference()
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


def _difference() -> Iterator[Comparison]:
    """Of two data sets with the same horizons; R gives what it is made of."""
    first, second = (stored("rmst")[case] for case in ("small_cohort", "cohort"))
    assert first["tau"] == second["tau"]
    found = [
        rmst_difference(*(rmst(rows["days"], rows["event"], tau) for rows in (first, second)))
        for tau in first["tau"]
    ]
    estimate = np.subtract(first["estimate"], second["estimate"])
    std_err = np.hypot(first["std_err"], second["std_err"])
    for ours, answer in (
        ([one.estimate for one in found], estimate),
        ([one.std_err for one in found], std_err),
    ):
        yield Comparison(
            "Restricted mean: difference, std. error",
            f"from {SURVMEAN}",
            "two groups",
            ours,
            answer,
        )
