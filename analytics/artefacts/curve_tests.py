"""Tests between the curves of groups: log-rank, and for lesions the clustered score test."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Members
from analytics.estimators import clustered_logrank, logrank


@dataclass(frozen=True)
class GroupTests:
    """P values between groups; NaN where nothing can be compared, None where not asked for.

    Attributes:
        logrank: log-rank test, which takes rows as independent.
        clustered: score test clustered by patient, of lesions only.
        trend: log-rank test for trend over ordered groups.
    """

    logrank: float
    clustered: float | None = None
    trend: float | None = None

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
        return "; ".join(parts) + "."


def tests_between(rows: Analysed, code: str, inside: Members) -> GroupTests:
    """Tests between the categories of a covariate among the rows ``inside``.

    Three or more categories that have an order are tested for trend too, with scores 0, 1, 2, …
    """
    levels = rows.levels(code, inside)
    inside = inside & rows.known([code])
    if len(levels) < 2:
        return GroupTests(math.nan, None if rows.patients is None else math.nan)
    days, event = rows.table.days[inside], rows.table.event[inside]
    group = rows.frame.loc[inside, code].astype(str).to_numpy()
    clustered = None
    if rows.patients is not None:
        clustered = clustered_logrank(days, event, group, rows.patients[inside]).p_value
    found = logrank(days, event, group)
    of_trend = None
    if rows.is_ordered(code) and len(levels) > 2:
        scores = {level.code: float(place) for place, level in enumerate(levels)}
        of_trend = logrank(days, event, group, scores=scores).p_value
    return GroupTests(found.p_value, clustered, of_trend)
