"""Tests between the curves of groups: log-rank, and for lesions the clustered score test.

Where other events compete, Gray's test compares the cumulative incidences; the log-rank test then
compares the hazards among those who had neither (Gray RJ, Ann Stat 1988;16:1141-1154).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Members
from analytics.estimators import (
    ClusteredLogRank,
    LogRank,
    clustered_logrank,
    gray_test,
    logrank,
)

LEAST_EXPECTED = 5
"""Expected events below which a chi-square test is a rough guide (Cochran WG, Biometrics
1954;10:417-451)."""


def rough_words(names: Sequence[str] = ()) -> str:
    """That P values of log-rank tests are rough; of which variables, where several are tested."""
    said = _(
        "Fewer than %(least)d events are expected in a group: P of the log-rank test is rough, "
        "and can be far too small"
    ) % {"least": LEAST_EXPECTED}
    return f"{said} ({', '.join(names)})." if names else f"{said}."


@dataclass(frozen=True)
class GroupTests:
    """P values between groups; NaN where nothing can be compared, None where not asked for.

    Attributes:
        logrank: log-rank test, which takes rows as independent.
        clustered: score test clustered by patient, of lesions only.
        trend: log-rank test for trend over ordered groups.
        gray: Gray's test of the event, where competing events were seen; it takes rows as
            independent.
        least_expected: events that the log-rank test expects in the group that has the fewest.
    """

    logrank: float
    clustered: float | None = None
    trend: float | None = None
    gray: float | None = None
    least_expected: float | None = None

    @property
    def is_rough(self) -> bool:
        """True where the chi-square distribution is a poor guide, for a group is too small."""
        return self.least_expected is not None and self.least_expected < LEAST_EXPECTED

    def said(self) -> str:
        """The tests in one line, each with its name."""
        log_rank = words.p_equation(self.logrank)
        if self.clustered is None:
            parts = [_("Log-rank %(p)s") % {"p": log_rank}]
        else:
            parts = [
                _("Score test clustered by patient %(p)s")
                % {"p": words.p_equation(self.clustered)},
                _("log-rank, ignoring clustering, %(p)s") % {"p": log_rank},
            ]
        if self.trend is not None:
            parts.append(_("log-rank for trend %(p)s") % {"p": words.p_equation(self.trend)})
        if self.gray is not None:
            gray = (
                _("Gray's test of cumulative incidence %(p)s")
                if self.clustered is None
                else _("Gray's test of cumulative incidence, ignoring clustering, %(p)s")
            )
            parts.append(gray % {"p": words.p_equation(self.gray)})
        return "; ".join(parts) + "."


@dataclass(frozen=True)
class FittedTests:
    """The tests themselves, with statistics and degrees of freedom; None where not asked for."""

    logrank: LogRank
    clustered: ClusteredLogRank | None
    trend: LogRank | None


def fitted_tests(rows: Analysed, code: str, inside: Members) -> FittedTests:
    """Tests between the categories of a covariate among the rows ``inside``, all of them known.

    Three or more categories that have an order are tested for trend too, with scores 0, 1, 2, …
    """
    days, event = rows.table.days[inside], rows.table.event[inside]
    group = rows.frame.loc[inside, code].astype(str).to_numpy()
    clustered = trend = None
    if rows.patients is not None:
        clustered = clustered_logrank(days, event, group, rows.patients[inside])
    levels = rows.levels(code, inside)
    if rows.is_ordered(code) and len(levels) > 2:
        scores = {level.code: float(place) for place, level in enumerate(levels)}
        trend = logrank(days, event, group, scores=scores)
    return FittedTests(logrank(days, event, group), clustered, trend)


def tests_between(rows: Analysed, code: str, inside: Members) -> GroupTests:
    """P values of the tests of :func:`fitted_tests`, and of Gray's, for what is printed."""
    inside = inside & rows.known([code])
    if len(rows.levels(code, inside)) < 2:
        return GroupTests(math.nan, None if rows.patients is None else math.nan)
    found = fitted_tests(rows, code, inside)
    plain = found.logrank
    return GroupTests(
        plain.p_value,
        found.clustered.p_value if found.clustered else None,
        found.trend.p_value if found.trend else None,
        _gray_p(rows, rows.frame.loc[inside, code].astype(str).to_numpy(), inside),
        float(plain.expected.min()) if math.isfinite(plain.p_value) else None,
    )


def _gray_p(rows: Analysed, group: NDArray[np.object_], inside: Members) -> float | None:
    """P of Gray's test of the event; None where nothing competed."""
    competing = rows.table.competing[inside]
    if not competing.any():
        return None
    cause = np.where(competing, 2, rows.table.event[inside].astype(np.int64))
    return float(gray_test(rows.table.days[inside], cause, group).p_value[0])
