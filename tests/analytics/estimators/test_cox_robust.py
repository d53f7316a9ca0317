"""Robust errors beside the package's own, on rows of every kind.

The stored answers of R hold both in `test_cox.py`; here all ways of following rows are crossed.
"""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import cox


@pytest.mark.parametrize(
    ("strata", "entry", "weights", "ties"),
    list(itertools.product([1, 4], [False, True], [False, True], ["efron", "breslow"])),
)
def test_errors_and_score_test_over_clusters_are_those_of_the_package(strata, entry, weights, ties):
    from survival import _survival as package

    random = np.random.default_rng(strata + 10 * entry + 20 * weights)
    n = 240
    days = random.integers(1, 40, n)
    event = random.random(n) < 0.6
    x = random.normal(size=(n, 3)) * [1.0, 30.0, 0.01]
    start = np.floor(random.random(n) * days) if entry else None
    weight = random.uniform(0.2, 3, n) if weights else None
    stratum = random.integers(0, strata, n)
    cluster = random.integers(0, 70, n)
    theirs = package.coxph_fit(
        days.astype(float),
        event.astype(float),
        x,
        entry=start,
        strata=stratum,
        weights=weight,
        method=ties,
        cluster=cluster,
        eps=1e-14,
        iter_max=20,
    )
    ours = cox(
        days,
        event,
        pd.DataFrame(x, columns=["a", "b", "c"]),
        entry=start,
        strata=stratum,
        weights=weight,
        ties=ties,
        cluster=cluster,
    )

    np.testing.assert_allclose(ours.covariance, theirs.var, rtol=1e-9, atol=0)
    assert ours.robust_score is not None
    assert ours.robust_score.statistic == pytest.approx(theirs.rscore, rel=1e-9)


def test_a_stratum_without_events_and_rows_that_leave_before_the_first_add_nothing():
    days = np.array([3, 5, 8, 9, 12, 4, 6, 7, 1, 2, 10, 11])
    event = np.array([1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1])
    age = np.array([61, 54, 48, 70, 66, 59, 51, 49, 80, 30, 57, 44])
    stratum = np.array([0, 0, 0, 0, 0, 1, 1, 1, 0, 2, 2, 2])
    cluster = np.array([0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7])
    tells = (stratum != 1) & ~np.isin(days, [1, 2])

    whole = cox(days, event, pd.DataFrame({"age": age}), strata=stratum, cluster=cluster)
    part = cox(
        days[tells],
        event[tells],
        pd.DataFrame({"age": age[tells]}),
        strata=stratum[tells],
        cluster=cluster[tells],
    )
    assert whole.terms[0].robust_se == pytest.approx(part.terms[0].robust_se, rel=1e-12)
