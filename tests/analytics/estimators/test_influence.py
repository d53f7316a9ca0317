"""Robust variances: what is counted step by step is the definition, cluster by cluster and day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators.groups import groups
from analytics.estimators.influence import cluster_variances, rows_on

ROW = st.tuples(
    st.integers(0, 12),  # day of exit
    st.integers(1, 6),  # days under observation
    st.sampled_from([0, 1, 2]),  # cause
    st.sampled_from([0.0, 1.0, 1.0, 2.0, 0.5]),  # weight
    st.integers(0, 4),  # cluster
)


def by_definition(days, entry, cause, weights, cluster, event_days):
    """The formulas at the head of the module, with a loop over rows and days."""
    n_risk = [weights[(entry < day) & (days >= day)].sum() for day in event_days]
    n_event = [[weights[(days == day) & (cause == k)].sum() for k in (1, 2)] for day in event_days]
    of_log, of_incidence = np.zeros(len(event_days)), np.zeros((len(event_days), 2))
    for one in np.unique(cluster):
        log, incidence = np.zeros(len(event_days)), np.zeros((len(event_days), 2))
        for row in np.flatnonzero(cluster == one):
            survival, u, f = 1.0, 0.0, np.zeros(2)
            for place, day in enumerate(event_days):
                y, d = n_risk[place], np.array(n_event[place])
                at_risk = entry[row] < day <= days[row]
                own = np.array([days[row] == day and cause[row] == k for k in (1, 2)], dtype=float)
                hazard = at_risk * (own - d / y) / y
                f = f + survival * (u * d / y + hazard)
                left = y - d.sum() > 1e-12 * y
                u = u - hazard.sum() * y / (y - d.sum()) if left else u
                survival *= 1 - d.sum() / y if left else 0.0
                log[place] += weights[row] * (u if survival else 0.0)
                incidence[place] += weights[row] * f
        of_log += log**2
        of_incidence += incidence**2
    return np.array(n_risk), np.array(n_event), of_log, of_incidence


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12))
def test_variances_are_those_of_the_definition_with_late_entry_weights_and_two_causes(rows):
    days, watched, cause, weights, cluster = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    entry = days - watched
    event_days = np.unique(days[(cause > 0) & (weights > 0)])
    if not event_days.size:
        return
    n_risk, n_event, of_log, of_incidence = by_definition(
        days, entry, cause, weights, cluster, event_days
    )
    placed = rows_on(event_days, days, cause, groups("cluster", cluster, days.size), entry, weights)
    found = cluster_variances(placed, n_risk, n_event)
    np.testing.assert_allclose(found[0], of_log, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found[1], of_incidence, rtol=1e-9, atol=1e-12)


def test_influences_of_a_single_cluster_cancel_to_nothing_at_all():
    # All rows together are the data themselves: doubling every weight changes no estimate.
    days, cause = np.array([3, 5, 5, 8, 9, 11]), np.array([1, 1, 0, 1, 0, 0])
    placed = rows_on(np.array([3, 5, 8]), days, cause, groups("cluster", [7] * 6, 6))
    found = cluster_variances(placed, np.array([6.0, 5, 3]), np.array([[1.0], [1], [1]]))
    assert not found[0].any()
    assert not found[1].any()


def test_with_one_row_a_cluster_the_variance_is_greenwoods():
    days, cause = np.array([3, 5, 5, 8, 9, 11]), np.array([1, 1, 0, 1, 0, 0])
    placed = rows_on(np.array([3, 5, 8]), days, cause, groups("cluster", range(6), 6))
    found = cluster_variances(placed, np.array([6.0, 5, 3]), np.array([[1.0], [1], [1]]))
    greenwood = [1 / 30, 1 / 30 + 1 / 20, 1 / 30 + 1 / 20 + 1 / 6]
    assert found[0] == pytest.approx(greenwood, rel=1e-12)
