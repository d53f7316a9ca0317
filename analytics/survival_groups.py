"""Curves of a chosen part of a study, and of its groups side by side, for commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analytics.artefacts.analysed import Analysed, analysed
from analytics.artefacts.curve_tests import fitted_tests
from analytics.artefacts.grouping import in_categories
from analytics.cohort import Cohort
from analytics.covariates import Covariate
from analytics.curves import SurvivalResult, results_of
from analytics.observed import Observed
from registry.models import Study


@dataclass(frozen=True)
class GroupCurve:
    """The curve of one category."""

    code: str
    label: str
    result: SurvivalResult


@dataclass(frozen=True)
class GroupTest:
    """Chi square with its degrees of freedom and P; NaN where there is nothing to compare."""

    chisq: float
    df: int
    p_value: float


@dataclass(frozen=True)
class Grouped:
    """Curves of the categories that have rows, and the tests between them.

    Attributes:
        not_known: rows of whom the covariate is missing; they are in no group and no test.
        tests: "plain" log-rank; "clustered" by patient, of lesions; "trend" over three or more
            categories that have an order.
    """

    covariate: Covariate
    groups: tuple[GroupCurve, ...]
    not_known: int
    tests: Mapping[str, GroupTest]


def group_curves(
    study: Study,
    cohort: Cohort,
    endpoint_code: str,
    group_by: str,
    *,
    at_months: Sequence[float],
    conf_type: str,
) -> Grouped:
    """A curve for each category of a covariate.

    Raises:
        LookupError: the protocol has no such endpoint.
        ValueError: a time that is negative or not finite, or an unknown ``conf_type``.
        CovariateError: there is no such covariate, it is a number, or it does not fit the endpoint.
    """
    covariate = in_categories(cohort, group_by)
    rows = analysed(cohort, endpoint_code, [group_by])
    levels = rows.levels(group_by)
    results = results_of(
        study,
        cohort.protocol_version,
        # Who is left out of the whole belongs to no group.
        [
            Observed.of_table(replace(rows.table, rows=rows.table.rows[one.members], excluded=()))
            for one in levels
        ],
        at_months=at_months,
        conf_type=conf_type,
    )
    groups = [
        GroupCurve(level.code, level.label, result)
        for level, result in zip(levels, results, strict=True)
    ]
    known = rows.known([group_by])
    tests = _tests(rows, group_by) if known.any() else {}
    return Grouped(covariate, tuple(groups), int((~known).sum()), tests)


def _tests(rows: Analysed, group_by: str) -> dict[str, GroupTest]:
    found = fitted_tests(rows, group_by, rows.known([group_by]))
    named = {"plain": found.logrank, "clustered": found.clustered, "trend": found.trend}
    return {
        name: GroupTest(test.statistic, test.df, test.p_value)
        for name, test in named.items()
        if test is not None
    }
